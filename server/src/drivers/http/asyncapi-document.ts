import { COMMAND_SCHEMAS, type CommandName, type Schema } from '@pinroom/client/contract';
import { ANSWER_SCHEMAS, NAMED_SCHEMAS, wireError } from './answer-schemas.js';
import { EVENT_SCHEMAS } from './event-schemas.js';
import { SchemaReferences } from './schema-references.js';

const CHANNEL = { $ref: '#/channels/socket' };

type Parts = { [name: string]: object };

/** The AsyncAPI 3.0 document of what goes over Socket.IO: every command with its ack, every event. */
export function asyncApiDocument(version: string): object {
  const references = new SchemaReferences(NAMED_SCHEMAS);
  const messages: Parts = {};
  const operations: Parts = {};
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
    channels: { socket: { address: '/', messages: channelMessages(messages) } },
    operations,
    components: { messages, schemas: references.definitions() },
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
        properties: { ok: { const: false }, error: references.quote(wireError) },
        required: ['ok', 'error'],
      },
    ],
  };
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
