import { OperatorClient, type PinroomError } from '@pinroom/client';
import type { Environment } from '../config/environment-reader.js';
import { VARIABLES } from '../config/variables.js';
import { type Around, type Call, CommandError, type OptionText, UsageError } from './command.js';

const TOKEN = 'PINROOM_OPERATOR_TOKEN';

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
  const url = call.text('url') ?? ownAddress(environment);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError('--url must be an http:// or https:// address');
  }
  const token = environment[TOKEN]?.trim();
  if (!token) {
    throw new CommandError(`${TOKEN} is not set: it has to be the one that the nodes have.`);
  }
  return new OperatorClient({ url, token });
}

/** For people: what a node, or the way to it, refuses an operator with. */
export function whatIsWrong({ code, message }: PinroomError): string {
  switch (code) {
    case 'unauthenticated':
      return `the node has another ${TOKEN}.`;
    case 'not_found':
      return `the node has no ${TOKEN}, or this is no Pinroom: look at --url.`;
    case 'offline':
    case 'timeout':
      return 'no node answers: look at --url, and whether one runs.';
    default:
      return `${message} (${code})`;
  }
}

/** Where a node of this machine is that has the same environment. */
function ownAddress(environment: Environment): string {
  const host = environment.HOST?.trim() || VARIABLES.HOST.fallback;
  const port = environment.PORT?.trim() || VARIABLES.PORT.fallback;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
