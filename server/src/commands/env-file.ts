import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

/**
 * Variables in an environment file, as shells, systemd and Docker Compose read it: one `NAME=value` a
 * line. Whatever is not set here stays as it is, byte for byte.
 */

interface Found {
  readonly indent: string;
  readonly value: string;
  /** Where the value is in the text. */
  readonly from: number;
  readonly to: number;
  /** Where its line ends. */
  readonly end: number;
}

/** The value of a variable, or null where the file does not set it. Throws where that is not plain. */
export function readVariable(text: string, name: string): string | null {
  const found = find(text, name);
  return found && unquote(found.value, name);
}

/**
 * The text with the variable set, quoted as it is now; a new one comes behind `neighbour` and is
 * quoted as that is. An empty value takes away what the variable says, not its line.
 */
export function setVariable(text: string, name: string, value: string, neighbour: string): string {
  const found = find(text, name);
  const like = found?.value || find(text, neighbour)?.value || '';
  const written = /^['"]/.test(like) ? `'${value}'` : value;
  if (written !== value && value.includes("'")) {
    throw new Error(`${name} cannot be written: its value has a single quote in it`);
  }
  if (found) return text.slice(0, found.from) + written + text.slice(found.to);
  const beside = find(text, neighbour);
  const { indent, end } = beside ?? { indent: '', end: text.length };
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  return `${text.slice(0, end)}${lineEnd}${indent}${name}=${written}${text.slice(end)}`;
}

/**
 * Writes the file anew in one step, for its owner alone: whoever reads it meanwhile, and a crash, see
 * the old text or the new one. The draft beside it also keeps a second run out.
 */
export function replaceFile(file: string, text: string): void {
  // A link stays one: what it points to is replaced.
  const target = realpathSync(file);
  const { uid, gid } = statSync(target);
  const draft = `${target}.draft`;
  let descriptor: number;
  try {
    descriptor = openSync(draft, 'wx', 0o600);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
    throw new Error(`another run is at it, or one broke off: then delete ${draft}`);
  }
  try {
    // Root writes for whom the file belongs to; nobody else could write in another's name.
    if (process.getuid?.() === 0) fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, 0o600);
    writeSync(descriptor, text);
    fsyncSync(descriptor);
    renameSync(draft, target);
  } catch (fault) {
    rmSync(draft, { force: true });
    throw fault;
  } finally {
    closeSync(descriptor);
  }
}

function find(text: string, name: string): Found | null {
  const pattern = new RegExp(`^([ \\t]*(?:export[ \\t]+)?)${name}=([^\\r\\n]*?)[ \\t]*\\r?$`, 'gm');
  const [match, second] = text.matchAll(pattern);
  if (second) throw new Error(`${name} is in it twice`);
  if (!match) return null;
  const [line, indent = '', value = ''] = match;
  const from = match.index + indent.length + name.length + 1;
  const end = match.index + line.replace(/\r$/, '').length;
  return { indent, value, from, to: from + value.length, end };
}

function unquote(written: string, name: string): string {
  const [, quote, inside = ''] = /^(['"])(.*)\1$/.exec(written) ?? [];
  if (quote === "'" && !inside.includes("'")) return inside;
  if (quote === '"') return inside.replace(/\\(["\\$`])/g, '$1');
  if (quote === undefined && !/[\s'`\\$#]|^"/.test(written)) return written;
  throw new Error(`${name} cannot be read: put its value in single quotes`);
}
