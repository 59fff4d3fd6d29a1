import type { SpawnOptions } from 'node:child_process';

/** How this Node's npm is started with these arguments; the options are for `spawn` and its like. */
export function npmCommand(args: readonly string[]): {
  readonly command: string;
  readonly args: string[];
  readonly options: Pick<SpawnOptions, 'shell'> & { readonly env: NodeJS.ProcessEnv };
};
