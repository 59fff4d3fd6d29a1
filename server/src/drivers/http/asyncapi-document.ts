import {
  COMMAND_SCHEMAS,
  type CommandName,
  type ErrorCode,
  type Schema,
} from '@pinroom/client/contract';
import { ANSWER_SCHEMAS, NAMED_SCHEMAS, wireError } from './answer-schemas.js';
import { COMMAND_FAULTS, FAULTS_OF_ALL_COMMANDS, HANDSHAKE_FAULTS } from './command-faults.js';
import { EVENT_SCHEMAS } from './event-schemas.js';
import { SchemaReferences } from './schema-references.js';

const CHANNEL = { $ref: '#/channels/socket' };

const SERVERS = {
  node: {
    host: '{host}',
    pathname: '/socket.io/',
    protocol: 'wss',
    description: 'Any node, or the balancer before them; ws where there is no TLS.',
    variables: { host: { default: 'pinroom.example' } },
  },
};

/** Engine.IO 4 over WebSocket from the start. */
const BINDINGS = {
  ws: {
    method: 'GET',
    query: {
      type: 'object',
      properties: { EIO: { const: '4' }, transport: { const: 'websocket' } },
      required: ['EIO', 'transport'],
    },
    bindingVersion: '0.1.0',
  },
};

const HANDSHAKE = {
  name: 'connect',
  summary:
    'The first packet: who one is. Without a token the cookie counts, where a page sends it.',
  payload: {
    type: 'object',
    properties: {
      token: { type: 'string', description: 'An access token.' },
      refreshToken: { type: 'string', description: 'Counts where there is no `token`.' },
    },
  },
};

type Parts = { [name: string]: object };

/** The AsyncAPI 3.0 document of what goes over Socket.IO: every command with its ack, every event. */
export function asyncApiDocument(version: string): object {
  const references = new SchemaReferences(NAMED_SCHEMAS);
  const messages: Parts = {};
  const operations: Parts = {};
  addHandshake(references, messages, operations);
  for (const [name, schema] of Object.entries(COMMAND_SCHEMAS)) {
    addCommand(name as CommandName, schema, references, messages, operations);
  }
  for (const [name, schema] of Object.entries(EVENT_SCHEMAS)) {
    messages[keyOf(name)] = { name, payload: references.quote(schema) };
    operations[`send.${keyOf(name)}`] = {
      action: 'send',
      channel: CHANNEL,
      messages: [inChannel(keyOf(name))],
    };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Pinroom',
      version,
      description:
        'Socket.IO, path /socket.io/, namespace /, WebSocket only. Handshake `auth: {token}` with ' +
        'an access token, `auth: {refreshToken}`, or the cookie. HTTP is in /openapi.json.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels: {
      socket: { address: '/', messages: channelMessages(messages), bindings: BINDINGS },
    },
    operations,
    components: { messages, schemas: references.definitions() },
  };
}

function addHandshake(references: SchemaReferences, messages: Parts, operations: Parts): void {
  messages.connect = HANDSHAKE;
  messages.connect_error = {
    name: 'connect_error',
    summary: 'The handshake is refused.',
    payload: {
      type: 'object',
      properties: {
        message: { type: 'string' },
        data: errorOf(HANDSHAKE_FAULTS, references),
      },
      required: ['message', 'data'],
    },
  };
  operations['receive.connect'] = {
    action: 'receive',
    channel: CHANNEL,
    messages: [inChannel('connect')],
    reply: {
      channel: CHANNEL,
      messages: [inChannel(keyOf('session:ready')), inChannel('connect_error')],
    },
  };
}

function addCommand(
  name: CommandName,
  schema: Schema,
  references: SchemaReferences,
  messages: Parts,
  operations: Parts,
): void {
  const command = `command.${keyOf(name)}`;
  const ack = `ack.${keyOf(name)}`;
  messages[command] = { name, payload: references.quote(schema) };
  messages[ack] = { name: `${name} (ack)`, payload: ackSchema(name, references) };
  operations[`receive.${keyOf(name)}`] = {
    action: 'receive',
    channel: CHANNEL,
    messages: [inChannel(command)],
    reply: { channel: CHANNEL, messages: [inChannel(ack)] },
  };
}

function ackSchema(name: CommandName, references: SchemaReferences): object {
  return {
    oneOf: [
      {
        type: 'object',
        properties: { ok: { const: true }, data: references.quote(ANSWER_SCHEMAS[name]) },
        required: ['ok', 'data'],
      },
      {
        type: 'object',
        properties: {
          ok: { const: false },
          error: errorOf([...FAULTS_OF_ALL_COMMANDS, ...COMMAND_FAULTS[name]], references),
        },
        required: ['ok', 'error'],
      },
    ],
  };
}

/** An error with one of these codes. */
function errorOf(codes: readonly ErrorCode[], references: SchemaReferences): object {
  return { allOf: [references.quote(wireError), { properties: { code: { enum: codes } } }] };
}

function channelMessages(messages: Parts): Parts {
  return Object.fromEntries(
    Object.keys(messages).map((key) => [key, { $ref: `#/components/messages/${key}` }]),
  );
}

function inChannel(key: string): { $ref: string } {
  return { $ref: `#/channels/socket/messages/${key}` };
}

/** AsyncAPI allows no colon in keys. */
function keyOf(name: string): string {
  return name.replace(':', '.');
}
