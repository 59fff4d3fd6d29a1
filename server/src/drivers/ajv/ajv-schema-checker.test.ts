import { BODY_SCHEMAS, COMMAND_SCHEMAS, type Schema } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../engine/runtime/app-error.js';
import { AjvSchemaChecker } from './ajv-schema-checker.js';

const checker = new AjvSchemaChecker();
const roomId = '0197a1b2-0000-7000-8000-0000000000ff';

function faultOf(schema: Schema, value: unknown): string {
  try {
    checker.check(schema, value);
  } catch (fault) {
    if (fault instanceof AppError && fault.code === 'bad_request') return fault.message;
    throw fault;
  }
  return 'no fault';
}

describe('schema checker', () => {
  it('[CHECK-1] hands back the very value that fits', () => {
    const payload = { roomId, type: 'chat', payload: { deep: [1, null] } };
    const before = structuredClone(payload);
    expect(checker.check(COMMAND_SCHEMAS['room:send'], payload)).toBe(payload);
    expect(payload).toEqual(before);
  });

  it('[CHECK-1] compiles every schema of the protocol in strict mode', () => {
    const all = [...Object.values(COMMAND_SCHEMAS), ...Object.values(BODY_SCHEMAS)];
    expect(() => checker.warm(all)).not.toThrow();
  });

  it.each<[string, Schema, unknown, string]>([
    ['a number below', BODY_SCHEMAS.createRoom, { capacity: 0 }, '`capacity` must be at least 1.'],
    [
      'a fraction',
      BODY_SCHEMAS.createRoom,
      { capacity: 1.5 },
      '`capacity` must be a whole number.',
    ],
    ['a missing field', COMMAND_SCHEMAS['room:leave'], {}, '`roomId` is missing.'],
    ['no object', COMMAND_SCHEMAS['room:leave'], [], 'The request must be an object.'],
    ['nothing', COMMAND_SCHEMAS['room:leave'], undefined, 'The request must be an object.'],
    [
      'an id that is none',
      COMMAND_SCHEMAS['room:leave'],
      { roomId: 'x' },
      '`roomId` must be an id (a UUID in lower case).',
    ],
    [
      'a text too long',
      BODY_SCHEMAS.createSession,
      { nickname: 'x'.repeat(41) },
      '`nickname` must have at most 40 characters.',
    ],
    [
      'an empty text',
      BODY_SCHEMAS.createSession,
      { nickname: '' },
      '`nickname` must have at least 1 character.',
    ],
    [
      'a nested list item',
      BODY_SCHEMAS.createRoom,
      { settings: { typesByRole: { host: ['ok', 7] } } },
      '`settings.typesByRole.host[1]` must be text.',
    ],
    [
      'a value off the list',
      BODY_SCHEMAS.createRoom,
      { settings: { onHostGone: 'explode' } },
      '`settings.onHostGone` must be one of `keep`, `transfer`, `close`.',
    ],
    [
      'none of two types',
      BODY_SCHEMAS.createRoom,
      { settings: { passcode: 7 } },
      '`settings.passcode` must be text or null.',
    ],
    [
      'the right one of two types with another fault',
      BODY_SCHEMAS.createRoom,
      { settings: { passcode: '' } },
      '`settings.passcode` must have at least 1 character.',
    ],
    [
      'a key that is no channel',
      COMMAND_SCHEMAS['room:join'],
      { since: { lobby: '1-0' } },
      '`since` has a key that must be `room`, `host`, `log` or `user:<userId>`.',
    ],
  ])('[CHECK-1] names the field and the fault: %s', (_, schema, value, message) => {
    expect(faultOf(schema, value)).toBe(message);
  });

  it('[CHECK-1] never quotes the value', () => {
    const secret = 'correct horse battery staple\n';
    for (const schema of Object.values(BODY_SCHEMAS)) {
      for (const field of Object.keys(schema.properties)) {
        expect(faultOf(schema, { [field]: secret })).not.toContain('horse');
      }
    }
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '[CHECK-1] refuses the own key %s like any unknown field',
    (name) => {
      const withName = (json: string) => JSON.parse(json.replace('NAME', name)) as unknown;
      expect(faultOf(BODY_SCHEMAS.createRoom, withName('{"NAME": {"title": "x"}}'))).toBe(
        `\`${name}\` is not a known field.`,
      );
      const nested = withName('{"settings": {"typesByRole": {"NAME": []}}}');
      expect(faultOf(BODY_SCHEMAS.createRoom, nested)).toBe(
        `\`settings.typesByRole.${name}\` is not a known field.`,
      );
      const since = withName('{"since": {"NAME": "1-0"}}');
      expect(faultOf(COMMAND_SCHEMAS['room:join'], since)).toMatch(/^`since` has a key/);
    },
  );

  it('[CHECK-1] takes no field from a prototype', () => {
    const inherited = Object.create({ roomId }) as unknown;
    expect(faultOf(COMMAND_SCHEMAS['room:leave'], inherited)).toBe('`roomId` is missing.');
  });

  it('[CHECK-1] cuts and cleans a field name that comes from outside', () => {
    const message = faultOf(BODY_SCHEMAS.closeRoom, { [`a\n\`<b>${'x'.repeat(500)}`]: 1 });
    expect(message).toMatch(/^`a\?\?<b>x+…` is not a known field\.$/);
    expect(message.length).toBeLessThan(80);
  });

  it('[CHECK-1] leaves any JSON value in a payload alone', () => {
    const value = JSON.parse('{"type": "a", "payload": {"__proto__": {"x": 1}}}') as unknown;
    expect(faultOf(BODY_SCHEMAS.sendEntry, value)).toBe('no fault');
    expect(JSON.stringify(value)).toContain('__proto__');
  });
});
