import { once } from 'node:events';

/** Null: there is none, the drivers are embedded. */
export interface Backends {
  readonly redisPid: number | null;
  readonly postgresPid: number | null;
  readonly redisUrl: string | null;
}

/** For what cannot do without. */
export function redisUrlOf({ redisUrl }: Backends): string {
  if (redisUrl === null) throw new Error('Embedded drivers have no Redis to look at.');
  return redisUrl;
}

export interface BenchNode {
  readonly url: string;
  readonly pid: number;
}

/** The servers that a benchmark runs against, as its runner has started them. */
export interface BenchHouse extends Backends {
  readonly nodes: readonly BenchNode[];
  /** A node that archives nothing, with a Redis and a PostgreSQL of its own; absent: nobody needs it. */
  readonly withoutArchive?: Backends & { readonly nodes: readonly BenchNode[] };
  /** A module with which a process collects its garbage when it is told to; absent: none needs to. */
  readonly collector?: string;
  readonly operatorToken: string;
  /** Has the runner do what cannot be done over the protocol; see `infra/bench-wishes.mjs`. */
  wish(wish: Wish): Promise<unknown>;
  print(line: string): void;
}

export type Wish =
  | { readonly wish: 'addNode'; readonly redisUrl: string }
  | { readonly wish: 'endNode'; readonly url: string }
  | { readonly wish: 'fillArchive'; readonly roomId: string; readonly rows: number }
  | { readonly wish: 'collectGarbage'; readonly pids: readonly number[] }
  | { readonly wish: 'fillPins'; readonly length: number; readonly count: number }
  /** Answers when it began, in milliseconds since 1970. */
  | {
      readonly wish: 'fillStreams';
      readonly roomIds: readonly string[];
      readonly entries: number;
      /** Absent: as fast as it goes. */
      readonly perSecond?: number;
    };

let wishes = 0;

interface Reply {
  readonly number: number;
  readonly fault: string | null;
  readonly answer?: unknown;
}

/** Asks the process that started this one. */
export async function askRunner(wish: Wish): Promise<unknown> {
  const number = ++wishes;
  process.send?.({ ...wish, number });
  for (;;) {
    const [reply] = (await once(process, 'message')) as [Reply];
    if (reply.number !== number) continue;
    if (reply.fault !== null) throw new Error(reply.fault);
    return reply.answer;
  }
}

/** One more node, which reaches Redis at `redisUrl`; it has to be ended before the way there is. */
export async function addNode(house: BenchHouse, redisUrl: string): Promise<BenchNode> {
  return (await house.wish({ wish: 'addNode', redisUrl })) as BenchNode;
}

/** A figure of a node's own, as `/metrics` tells it; of one with labels the sum. */
export async function figureOf(house: BenchHouse, url: string, name: string): Promise<number> {
  const headers = { authorization: `Bearer ${house.operatorToken}` };
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  const lines = text.split('\n').filter((line) => /^[ {]/.test(line.slice(name.length)));
  const values = lines
    .filter((line) => line.startsWith(name))
    .map((line) => line.split(' ').at(-1));
  if (values.length === 0 && !text.includes(`# TYPE ${name} `)) {
    throw new Error(`The node has no ${name}.`);
  }
  return values.reduce((sum, value) => sum + Number(value), 0);
}

/** The same of all nodes together. */
export async function sumOf(house: BenchHouse, name: string): Promise<number> {
  const counts = await Promise.all(house.nodes.map(({ url }) => figureOf(house, url, name)));
  return counts.reduce((sum, count) => sum + count, 0);
}
