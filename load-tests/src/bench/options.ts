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
    repeat: Number(values.repeat ?? (values.quick ? 1 : 5)),
    seconds: Number(values.seconds ?? (values.quick ? 1 : 4)),
    only: values.only ?? null,
    peers: values.peers?.split(',') ?? null,
    rate: values.rate === undefined ? null : Number(values.rate),
  };
}
