import type { Config } from '../config/config.js';

const IN_MEMORY =
  'rooms are in memory: a crash loses the last second, and no other node can take over; ' +
  'REDIS_URL and DATABASE_URL change that';

const ALONE =
  'keys are configured as nodes share them, and REDIS_URL is not: this node serves rooms of its own, which no ' +
  'other node knows';

const UNLIMITED =
  'PINROOM_RATE_LIMITS is off: anyone may guess PINs and flood rooms; never do this in public';

const NO_OPERATORS =
  'PINROOM_OPERATOR_TOKEN is not set: there is no /monitor, no /metrics and no /api/ops';

/** What may be configured so and most likely should not be, for the operator. */
export function configWarnings(config: Config, isProduction: boolean): readonly string[] {
  const { jwtPrivateKey, operatorToken, rates, redisUrls, tokenSecret, unknownVariables } = config;
  const hasKeys = jwtPrivateKey !== null && tokenSecret !== null;
  return [
    ...unknownVariables.map((name) => `${name} is not a variable of Pinroom: is it misspelt?`),
    ...(redisUrls === null && isProduction ? [IN_MEMORY] : []),
    ...(redisUrls === null && hasKeys ? [ALONE] : []),
    ...(redisUrls !== null && operatorToken === null ? [NO_OPERATORS] : []),
    ...(Number.isFinite(rates.commandsPerSocket) ? [] : [UNLIMITED]),
  ];
}
