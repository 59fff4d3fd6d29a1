import { parseArgs } from 'node:util';

/** What every part understands. */
export interface BenchOptions {
  /** Only to see that all is right. */
  readonly isQuick: boolean;
  readonly repeat: number;
  /** Of one window. */
  readonly seconds: number;
  /** Null: all. */
  readonly only: string | null;
  readonly peers: readonly string[] | null;
  /** Entries a second instead of a load's own. */
  readonly rate: number | null;
}

export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      repeat: { type: 'string' },
      seconds: { type: 'string' },
      only: { type: 'string' },
      peers: { type: 'string' },
      rate: { type: 'string' },
    },
  });
  return {
    isQuick: values.quick,
    repeat: above0('repeat', values.repeat ?? (values.quick ? '1' : '5')),
    seconds: above0('seconds', values.seconds ?? (values.quick ? '1' : '2.5')),
    only: values.only ?? null,
    peers: values.peers?.split(',') ?? null,
    rate: values.rate === undefined ? null : above0('rate', values.rate),
  };
}

function above0(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new Error(`--${name} wants a number above 0, not "${text}".`);
}

/** Those that `--only` has left, by name; throws where that is none of them. */
export function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  { only }: Pick<BenchOptions, 'only'>,
): readonly T[] {
  const left = only === null ? all : all.filter(({ name }) => name === only);
  if (left.length > 0) return left;
  throw new Error(`--only wants one of ${all.map(({ name }) => `"${name}"`).join(', ')}.`);
}
