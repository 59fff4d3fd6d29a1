const WIDTH = 130;
const TIME = 1_795_418_492_529;
/** How long what has an end goes on. */
const LIVES: ReadonlyMap<string, number> = new Map([
  ['accessTokenExpiresAt', 600_000],
  ['expiresAt', 14_400_000],
]);

/**
 * What went over a wire, for people to read: the same run gives the same text. What is another one each
 * time (ids, times, tokens) is replaced by something that looks like it, the same by the same.
 */
export class Transcript {
  readonly #lines: string[] = [];
  /** What stands for an id. */
  readonly #ids = new Map<string, string>();

  /** A word on what comes next. */
  note(text: string): void {
    if (this.#lines.length > 0) this.#lines.push('');
    this.#lines.push(`# ${text}`);
  }

  /** What the client sends. */
  sent(text: string): void {
    this.#lines.push(folded('> ', this.#withoutChance(text)));
  }

  /** What comes from the server. */
  came(text: string): void {
    this.#lines.push(folded('< ', this.#withoutChance(text)));
  }

  text(): string {
    return this.#lines.join('\n');
  }

  #withoutChance(text: string): string {
    return text
      .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJhbGciOi…')
      .replace(/("refreshToken":)"[^"]+"/g, '$1"k3Vt0mQ…"')
      .replace(/("hostKey":)"[^"]+"/g, '$1"Zq81xRw…"')
      .replace(/("sid":)"[^"]+"/g, '$1"g1ZBfP5irgZ0hmp7AAAB"')
      .replace(/("pin":|by-pin\/)("?)\d+/g, '$1$2976668')
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => this.#standsFor(id))
      .replace(/"\d{13}-(\d+)"/g, `"${TIME}-$1"`)
      .replace(/"(\w+)":\d{13}/g, (_, name: string) => {
        return `"${name}":${TIME + (LIVES.get(name) ?? 0)}`;
      });
  }

  #standsFor(id: string): string {
    const known =
      this.#ids.get(id) ?? `01a20748-0e3c-74ca-a517-${`${this.#ids.size + 1}`.padStart(12, '0')}`;
    this.#ids.set(id, known);
    return known;
  }
}

/** A line; where it is too long its JSON goes over several. */
function folded(mark: string, text: string): string {
  const start = text.search(/[[{]/);
  const line = mark + text;
  if (line.length <= WIDTH || start < 0) return line;
  return mark + text.slice(0, start) + foldedValue(JSON.parse(text.slice(start)), '    ');
}

function foldedValue(value: unknown, indent: string): string {
  const flat = JSON.stringify(value);
  if (flat.length + indent.length <= WIDTH || typeof value !== 'object' || value === null) {
    return flat;
  }
  const deeper = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => foldedValue(item, deeper))
    : Object.entries(value).map(
        ([name, item]) => `${JSON.stringify(name)}:${foldedValue(item, deeper)}`,
      );
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`;
}
