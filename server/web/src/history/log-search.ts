import type { Entry } from '@pinroom/client';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { language } from '../i18n/translate.js';
import type { Chunk } from './chunk.js';
import { textsOf } from './entry-texts.js';
import { fold } from './fold.js';

const NONE: readonly string[] = [];

/** Search and filter within what is loaded of a channel. */
export class LogSearch {
  readonly #chunks: ReadonlySignal<readonly Chunk[]>;
  readonly #query = signal('');
  readonly #types = signal<ReadonlySet<string>>(new Set());
  readonly #current = signal<string | null>(null);
  #known = new WeakMap<Chunk, readonly string[]>();
  #knownFor = '';

  readonly query: ReadonlySignal<string> = this.#query;
  /** The types to show; none chosen: all. */
  readonly types: ReadonlySignal<ReadonlySet<string>> = this.#types;
  /** What is looked for, as `fold` has it; empty: nothing. */
  readonly needle = computed(() => fold(this.#query.value).trim());
  /** Ids of the entries with hits, by chunk. */
  readonly hitsByChunk: ReadonlySignal<ReadonlyMap<Chunk, readonly string[]>>;
  /** Ids of the entries with hits, ascending. */
  readonly hits: ReadonlySignal<readonly string[]>;
  /** The hit that one has gone to. */
  readonly current: ReadonlySignal<string | null> = this.#current;

  constructor(chunks: ReadonlySignal<readonly Chunk[]>) {
    this.#chunks = chunks;
    this.hitsByChunk = computed(() => this.#find());
    this.hits = computed(() => [...this.hitsByChunk.value.values()].flat());
  }

  look(query: string): void {
    this.#query.value = query;
    this.#current.value = null;
  }

  /** Shows a type beside those that are shown, or no longer. */
  toggle(type: string): void {
    const types = new Set(this.#types.value);
    if (!types.delete(type)) types.add(type);
    this.#types.value = types;
    this.#current.value = null;
  }

  showAll(): void {
    this.#types.value = new Set();
  }

  /** Goes to the next (1) or previous (-1) hit, round the ends; the newest comes first. */
  step(by: 1 | -1): string | null {
    const hits = this.hits.value;
    const at = this.#current.value === null ? -1 : hits.indexOf(this.#current.value);
    const next = at < 0 ? hits.length - 1 : (at - by + hits.length) % hits.length;
    this.#current.value = hits[next] ?? null;
    return this.#current.value;
  }

  #find(): ReadonlyMap<Chunk, readonly string[]> {
    const needle = this.needle.value;
    const types = this.#types.value;
    const asked = JSON.stringify([needle, language.value, ...types]);
    // What was found in a chunk stays true: only the new ones are looked through.
    if (asked !== this.#knownFor) this.#known = new WeakMap();
    this.#knownFor = asked;
    return new Map(
      this.#chunks.value.map((chunk) => {
        const found = this.#known.get(chunk) ?? hitsIn(chunk, needle, types);
        this.#known.set(chunk, found);
        return [chunk, found];
      }),
    );
  }
}

function hitsIn(chunk: Chunk, needle: string, types: ReadonlySet<string>): readonly string[] {
  if (needle === '') return NONE;
  const found = chunk.entries.filter((entry) => isShown(entry, types) && fits(entry, needle));
  return found.map(({ id }) => id);
}

export function isShown({ type }: Entry, types: ReadonlySet<string>): boolean {
  return types.size === 0 || types.has(type);
}

/** Folding costs more than searching: it is done once for each language. */
const folded = new WeakMap<Entry, { readonly language: string; readonly text: string }>();

function fits(entry: Entry, needle: string): boolean {
  let known = folded.get(entry);
  if (known?.language !== language.value) {
    // A line break between them: a hit does not reach from one text into the next.
    const text = textsOf(entry).map(fold).join('\n');
    known = { language: language.value, text };
    folded.set(entry, known);
  }
  return known.text.includes(needle);
}
