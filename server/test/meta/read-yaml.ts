/** What a file of YAML says. */
export type Yaml = string | null | Yaml[] | { [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
}

/**
 * The documents of a file in as much of YAML as `infra/` uses: maps, lists, scalars of one line, lists in
 * brackets, an anchor on a map and its aliases. Scalars stay text. Whatever else is there throws, so that nothing
 * is read wrongly without a word.
 */
export function readYaml(text: string): Yaml[] {
  return text.split(/^---$/m).map((part) => new Reader(part).document());
}

class Reader {
  readonly #lines: Line[];
  readonly #anchors = new Map<string, Yaml>();
  #at = 0;

  constructor(text: string) {
    this.#lines = text
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
      .map((line) => ({ indent: line.search(/\S/), text: line.trim() }));
  }

  document(): Yaml {
    const value = this.#block(0);
    const rest = this.#lines[this.#at];
    if (rest) throw new Error(`cannot read: ${rest.text}`);
    return value;
  }

  #block(indent: number): Yaml {
    return this.#lines[this.#at]?.text.startsWith('- ') ? this.#list(indent) : this.#map(indent);
  }

  #list(indent: number): Yaml[] {
    const items: Yaml[] = [];
    for (let line = this.#here(indent); line?.text.startsWith('- '); line = this.#here(indent)) {
      const text = line.text.slice(2);
      if (isEntry(text)) {
        // The item is a map, which begins behind the dash.
        this.#lines[this.#at] = { indent: indent + 2, text };
        items.push(this.#map(indent + 2));
      } else {
        this.#at += 1;
        items.push(this.#scalar(text));
      }
    }
    return items;
  }

  #map(indent: number): Yaml {
    const map: { [key: string]: Yaml } = {};
    for (let line = this.#here(indent); line; line = this.#here(indent)) {
      const [, key, rest = ''] = ENTRY.exec(line.text) ?? [];
      if (key === undefined || Object.hasOwn(map, key))
        throw new Error(`cannot read: ${line.text}`);
      this.#at += 1;
      map[key] = this.#value(rest, indent);
    }
    return map;
  }

  #value(text: string, indent: number): Yaml {
    const [, anchor] = /^&(\w+)$/.exec(text) ?? [];
    if (text !== '' && anchor === undefined) return this.#scalar(text);
    const next = this.#lines[this.#at];
    const value = next && next.indent > indent ? this.#block(next.indent) : null;
    if (anchor !== undefined) this.#anchors.set(anchor, value);
    return value;
  }

  #scalar(text: string): Yaml {
    const quoted = /^'((?:[^']|'')*)'$/.exec(text)?.[1];
    if (quoted !== undefined) return quoted.replaceAll("''", "'");
    const listed = /^\[(.*)\]$/.exec(text)?.[1];
    if (listed !== undefined) {
      return [...listed.matchAll(/'[^']*'|[^,\s][^,]*/g)].map(([item]) =>
        this.#scalar(item.trim()),
      );
    }
    const alias = /^\*(\w+)$/.exec(text)?.[1];
    if (alias !== undefined) {
      const value = this.#anchors.get(alias);
      if (value === undefined) throw new Error(`no anchor: ${text}`);
      return value;
    }
    if (/^["'{[&*!|>%@`]|: | #/.test(text)) throw new Error(`cannot read: ${text}`);
    return text;
  }

  /** The line that is next, if it stands here; one that stands deeper belongs to nothing. */
  #here(indent: number): Line | undefined {
    const line = this.#lines[this.#at];
    if (line && line.indent > indent) throw new Error(`cannot read: ${line.text}`);
    return line?.indent === indent ? line : undefined;
  }
}

const ENTRY = /^([\w./-]+):(?: (.*))?$/;

function isEntry(text: string): boolean {
  return ENTRY.test(text);
}
