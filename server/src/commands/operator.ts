import { OperatorClient, type PinroomError } from '@pinroom/client';
import { EnvironmentReader } from '../config/environment-reader.js';
import { ConfigError } from '../config/load-config.js';
import { type Around, type Call, type OptionText, UsageError } from './command.js';

const TOKEN = 'PINROOM_OPERATOR_TOKEN';
/** What says where a node is. */
const WHERE = '--url (or HOST and PORT, where it is not given)';

/** Options of what is asked of a node that runs. */
export const OPERATOR_OPTIONS: { readonly [name: string]: OptionText } = {
  url: {
    type: 'string',
    value: '<address>',
    meaning: 'Where any node is; the one on this machine unless told.',
  },
  json: { type: 'boolean', meaning: 'Answers in JSON, one object a line, for programs.' },
};

export const OPERATOR_DETAILS = `It asks a node that runs, over HTTP, as an operator: PINROOM_OPERATOR_TOKEN has to be in the
environment, with the value that the nodes have.`;

/** The client that this command line and environment ask for. */
export function operatorOf(call: Call, { environment }: Around): OperatorClient {
  const given = call.text('url');
  if (given !== undefined && !(URL.canParse(given) && /^https?:$/.test(new URL(given).protocol))) {
    throw new UsageError('--url must be an http:// or https:// address');
  }
  const env = new EnvironmentReader(environment);
  const url = given ?? ownAddress(env);
  const token = env.optional(TOKEN);
  if (token === null) env.fault(TOKEN, 'is not set: it has to be the one that the nodes have');
  if (token === null || env.faults.length > 0) throw new ConfigError(env.faults);
  return new OperatorClient({ url, token });
}

/** For people: what a node, or the way to it, refuses an operator with. */
export function whatIsWrong({ code, message }: PinroomError): string {
  switch (code) {
    case 'unauthenticated':
      return `the node has another ${TOKEN}.`;
    case 'not_found':
      return `the node has no ${TOKEN}, or this is no Pinroom: look at ${WHERE}.`;
    case 'offline':
    case 'timeout':
      return `no node answers: look at ${WHERE}, and whether one runs.`;
    default:
      return `${message} (${code})`;
  }
}

/** Where a node of this machine is that has the same environment. */
function ownAddress(env: EnvironmentReader): string {
  const host = env.text('HOST');
  const port = env.number('PORT', 1, 65_535);
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
  if (!URL.canParse(url)) env.fault('HOST', 'must be a name or an address');
  return url;
}
