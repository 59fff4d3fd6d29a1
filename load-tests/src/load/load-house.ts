/** A server that a run has started, with what it needs. */
export interface LoadHouse {
  readonly urls: readonly string[];
  /** For the report. */
  readonly description: string;
  /** Stops a node as a deployment does, and starts it again; resolves when it is ready. */
  restart(node: number): Promise<void>;
}

export interface HouseWish {
  /** 0: one node with the embedded drivers. */
  readonly nodes: number;
  readonly rateLimits: 'on' | 'off';
}

/** Compiles a TypeScript module with what it imports; `own` are modules that stay outside, by name. */
export type Bundle = (
  file: string,
  outfile: string,
  own: Readonly<Record<string, string>>,
) => Promise<void>;

/** What a run needs of the process that it is part of. */
export interface Surroundings {
  readonly bundle: Bundle;
  /** Ended by whoever gave it. */
  openHouse(wish: HouseWish): Promise<LoadHouse>;
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly hasColours: boolean;
  /** Of the terminal. */
  readonly columns: number;
  /** Somebody wants it to end, with a report of what there was. */
  readonly interrupt: AbortSignal;
}
