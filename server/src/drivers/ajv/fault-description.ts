import { COMMAND_SCHEMAS, PARAMETER_SCHEMAS } from '@pinroom/client/contract';
import type { ErrorObject } from 'ajv/dist/2020.js';

/** A field's name comes from outside: it is cut to this many characters before it goes into a message. */
const NAME_LENGTH = 40;

const TYPES: { readonly [type: string]: string } = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

const send = COMMAND_SCHEMAS['room:send'].properties;

/** What the protocol's patterns mean; the regular expressions themselves would help nobody. */
const PATTERNS: ReadonlyMap<string, string> = new Map([
  [PARAMETER_SCHEMAS.id.pattern, 'must be an id (a UUID in lower case)'],
  [PARAMETER_SCHEMAS.pin.pattern, 'must be a PIN: digits alone, the first one not 0'],
  [PARAMETER_SCHEMAS.entryId.pattern, 'must be an entry id like 1700000000000-0'],
  [PARAMETER_SCHEMAS.readChannel.pattern, 'must be `room`, `host`, `log` or `user:<userId>`'],
  [PARAMETER_SCHEMAS.cursor.pattern, 'must be one line of text without control characters'],
  [send.channel.pattern, 'must be `room`, `host` or `user:<userId>`'],
  [send.type.pattern, 'may hold letters, digits and _ . : / - only'],
]);

/** The first fault in plain words, with the field's name and never with its value. */
export function describeFault(errors: readonly ErrorObject[]): string {
  const alternative = errors.find((error) => error.keyword === 'anyOf');
  if (alternative) return describeAlternatives(alternative, errors);
  const names = errors.find((error) => error.keyword === 'propertyNames');
  if (names) return `${fieldOf(names)} has a key that ${patternWords(errors[0])}.`;
  const [first] = errors;
  return first ? describe(first) : 'The request does not fit its schema.';
}

/** Of several alternatives the one whose type fits tells most; if none fits, their types are listed. */
function describeAlternatives(anyOf: ErrorObject, errors: readonly ErrorObject[]): string {
  const branches = errors.filter((error) => error !== anyOf);
  const closer = branches.find(
    (error) => error.keyword !== 'type' || error.instancePath !== anyOf.instancePath,
  );
  if (closer) return describe(closer);
  const types = branches.map((error) => typeWords(error.params.type));
  return `${fieldOf(anyOf)} must be ${[...new Set(types)].join(' or ')}.`;
}

function describe(error: ErrorObject): string {
  if (error.keyword === 'required') {
    return `${fieldOf(error, error.params.missingProperty)} is missing.`;
  }
  if (error.keyword === 'additionalProperties') {
    return `${fieldOf(error, error.params.additionalProperty)} is not a known field.`;
  }
  return `${fieldOf(error)} ${wordsOf(error)}.`;
}

function wordsOf(error: ErrorObject): string {
  const { keyword, params } = error;
  const limit = Number(params.limit);
  switch (keyword) {
    case 'type':
      return `must be ${typeWords(params.type)}`;
    case 'enum':
      return `must be one of ${allowedValues(params.allowedValues)}`;
    case 'pattern':
      return patternWords(error);
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'minLength':
      return `must have at least ${counted(limit, 'character')}`;
    case 'maxLength':
      return `must have at most ${counted(limit, 'character')}`;
    case 'minItems':
      return `must hold at least ${counted(limit, 'item')}`;
    case 'maxItems':
      return `must hold at most ${counted(limit, 'item')}`;
    case 'minProperties':
      return `must have at least ${counted(limit, 'field')}`;
    case 'maxProperties':
      return `must have at most ${counted(limit, 'field')}`;
    default:
      return 'does not fit its schema';
  }
}

function patternWords(error: ErrorObject | undefined): string {
  return PATTERNS.get(String(error?.params.pattern)) ?? 'has a form that is not allowed';
}

function typeWords(type: unknown): string {
  return TYPES[String(type)] ?? 'of another type';
}

function allowedValues(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => `\`${value}\``).join(', ') : 'its values';
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

/** `/settings/typesByRole/host/3` → `settings.typesByRole.host[3]`, in back quotes. */
function fieldOf(error: ErrorObject, below?: unknown): string {
  const segments = error.instancePath
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (below !== undefined) segments.push(String(below));
  if (segments.length === 0) return 'The request';
  let path = '';
  for (const segment of segments) {
    if (/^\d{1,6}$/.test(segment) && path !== '') path += `[${segment}]`;
    else path += (path === '' ? '' : '.') + cut(segment);
  }
  return `\`${path}\``;
}

/** Printable and short. */
function cut(name: string): string {
  const printable = name.replace(/[^\x20-\x7e]|`/g, '?');
  return printable.length > NAME_LENGTH ? `${printable.slice(0, NAME_LENGTH)}…` : printable;
}
