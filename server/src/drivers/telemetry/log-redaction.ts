/** Fields whose value never goes into a log, wherever they stand; compared in lower case. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'refreshtoken',
  'accesstoken',
  'hostkey',
  'passcode',
  'password',
  'secret',
  'apikey',
  'operatortoken',
  'salt',
]);

/** Where PostgreSQL quotes the row, the parameters or the statement that it did not like. */
const QUOTING_FIELDS: ReadonlySet<string> = new Set(['detail', 'where', 'internalQuery']);

/** All control characters but tab and line feed, separators of lines, turns of direction. */
const HIDDEN = /(?![\t\n])[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;
const REDACTED = '[redacted]';
/** Characters of one text in a log. */
const TEXT_LENGTH = 2_000;
const DEPTH = 8;
/** Fields of one object, items of one list. */
const WIDTH = 50;
/** Values in one line: a big graph (a socket, a request) must not stop the process. */
const VALUES = 500;

type Budget = { values: number };

/** A copy that may be logged: no secrets, texts and structures bounded, errors as plain objects. */
export function withoutSecrets(fields: { readonly [name: string]: unknown }): {
  [name: string]: unknown;
} {
  return copyFields(fields, DEPTH, { values: VALUES }, '');
}

/**
 * Cuts a long text, takes the password out of addresses in it, and escapes what JSON leaves as it is
 * and what could end a line, colour a terminal or turn the direction of the text.
 */
export function cutText(text: string): string {
  const cut =
    text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH)}… (${text.length} characters)` : text;
  const open = cut.includes('://') ? cut.replace(/:\/\/[^\s/@]+@/g, `://${REDACTED}@`) : cut;
  return open.replace(HIDDEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function copyValue(value: unknown, depth: number, budget: Budget, name: string): unknown {
  budget.values -= 1;
  if (typeof value === 'string') return cutText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth <= 0 || budget.values <= 0) return '[…]';
  if (value instanceof Error) return copyError(value, depth, budget);
  if (Array.isArray(value)) return copyList(value, depth, budget);
  if (value instanceof Set) return copyList([...value], depth, budget);
  if (value instanceof Map) return copyFields(Object.fromEntries(value), depth, budget, name);
  // What is made of a class (a connection, a request) holds more than anybody wants to log.
  if (!isPlain(value)) return `[${classOf(value)}]`;
  return copyFields(value, depth, budget, name);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function classOf(value: object): string {
  const made: unknown = read(value, 'constructor');
  return typeof made === 'function' ? made.name : 'object';
}

function copyList(items: readonly unknown[], depth: number, budget: Budget): unknown[] {
  const copy = items.slice(0, WIDTH).map((item) => copyValue(item, depth - 1, budget, ''));
  if (items.length > WIDTH) copy.push(`… (${items.length} items)`);
  return copy;
}

function copyError(error: Error, depth: number, budget: Budget): { [name: string]: unknown } {
  const copy = copyFields(error, depth, budget, '');
  copy.type = error.name;
  copy.message = cutText(error.message);
  if (error.stack !== undefined) copy.stack = cutText(error.stack);
  // Neither is enumerable where the language itself sets it.
  if (error.cause !== undefined) copy.cause = copyValue(error.cause, depth - 1, budget, '');
  if (error instanceof AggregateError) copy.errors = copyList(error.errors, depth - 1, budget);
  return copy;
}

function copyFields(
  source: object,
  depth: number,
  budget: Budget,
  name: string,
): { [name: string]: unknown } {
  const copy: { [name: string]: unknown } = {};
  let count = 0;
  for (const field of Object.keys(source)) {
    // Assigning it would change the copy's prototype.
    if (field === '__proto__') continue;
    count += 1;
    if (count > WIDTH || budget.values <= 0) {
      copy['…'] = 'more';
      break;
    }
    if (isSecret(field, name, source)) copy[field] = REDACTED;
    else copy[field] = copyValue(read(source, field), depth - 1, budget, field);
  }
  return copy;
}

/** A Redis error carries its command, and the arguments may be anything that we store. */
function isSecret(field: string, parent: string, source: object): boolean {
  if (field === 'args' && parent === 'command') return true;
  if (QUOTING_FIELDS.has(field) && 'severity' in source) return true;
  return SECRET_FIELDS.has(field.toLowerCase());
}

/** A getter that throws must not turn a log line into a fault. */
function read(source: object, field: string): unknown {
  try {
    return Reflect.get(source, field);
  } catch {
    return '[unreadable]';
  }
}
