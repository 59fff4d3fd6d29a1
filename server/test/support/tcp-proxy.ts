import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterFile } from './after-file.js';

export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * `hold`: keeps connections open and lets nothing through, what was said meanwhile arrives when they
 * pass again; `cut`: ends and refuses them.
 */
export type ProxyMode = 'pass' | 'hold' | 'cut';

/** Connections to a Redis on which somebody has subscribed, or all the others. */
export type ProxyPart = 'all' | 'subscribers' | 'commands';

/** Stands before a server and fails as networks do. */
export interface TcpProxy {
  readonly port: number;
  /** Connections through it now. */
  readonly open: number;
  set(mode: ProxyMode): void;
  /** The connections that are open now stay open and carry nothing more; new ones are as `set` says. */
  silenceOpen(part?: ProxyPart): void;
  /** The connections that are open now break; new ones are as `set` says. */
  cutOpen(part?: ProxyPart): void;
  /** So long every answer is under way; 0 as at first: no longer than it takes. */
  delayReplies(ms: number): void;
  /** Every nth answer (0: none) is swallowed, and its connection breaks: the question was heard. */
  dropReplies(every: number, part?: ProxyPart): void;
  /** Answers that were swallowed so far. */
  readonly dropped: number;
}

/** Closed when the test file is over. A function is asked at each connection; null refuses it. */
export async function openProxy(
  target: ProxyTarget | (() => ProxyTarget | null),
): Promise<TcpProxy> {
  const proxy = new FaultyLine(typeof target === 'function' ? target : () => target);
  await proxy.listen();
  afterFile(() => proxy.close());
  return proxy;
}

/** Several as one: each thing happens to all of them. The port is that of the first. */
export function together(proxies: readonly TcpProxy[]): TcpProxy {
  const sum = (figure: (proxy: TcpProxy) => number) =>
    proxies.reduce((total, proxy) => total + figure(proxy), 0);
  const all = (change: (proxy: TcpProxy) => void) => {
    for (const proxy of proxies) change(proxy);
  };
  return {
    get port() {
      return proxies[0]?.port ?? 0;
    },
    get open() {
      return sum(({ open }) => open);
    },
    get dropped() {
      return sum(({ dropped }) => dropped);
    },
    set: (mode) => all((proxy) => proxy.set(mode)),
    silenceOpen: (part) => all((proxy) => proxy.silenceOpen(part)),
    cutOpen: (part) => all((proxy) => proxy.cutOpen(part)),
    delayReplies: (ms) => all((proxy) => proxy.delayReplies(ms)),
    dropReplies: (every, part) => all((proxy) => proxy.dropReplies(every, part)),
  };
}

class FaultyLine implements TcpProxy {
  readonly #pairs = new Set<Pair>();
  readonly #server = createServer((client) => this.#accept(client));
  readonly #target: () => ProxyTarget | null;
  #mode: ProxyMode = 'pass';
  #delayMs = 0;
  #drop = { every: 0, part: 'all' as ProxyPart };
  #replies = 0;
  dropped = 0;

  constructor(target: () => ProxyTarget | null) {
    this.#target = target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get open(): number {
    return this.#pairs.size;
  }

  async listen(): Promise<void> {
    await new Promise<void>((listening) => {
      this.#server.listen(0, '127.0.0.1', listening);
    });
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) pair.destroy();
    await new Promise((closed) => {
      this.#server.close(closed);
    });
  }

  set(mode: ProxyMode): void {
    this.#mode = mode;
    for (const pair of [...this.#pairs]) {
      if (mode === 'cut') pair.destroy();
      else pair.hold(mode === 'hold');
    }
  }

  silenceOpen(part: ProxyPart = 'all'): void {
    for (const pair of this.#pairs) if (pair.belongsTo(part)) pair.silence();
  }

  cutOpen(part: ProxyPart = 'all'): void {
    for (const pair of [...this.#pairs]) if (pair.belongsTo(part)) pair.destroy();
  }

  delayReplies(ms: number): void {
    this.#delayMs = ms;
  }

  dropReplies(every: number, part: ProxyPart = 'all'): void {
    this.#drop = { every, part };
    this.#replies = 0;
  }

  #accept(client: Socket): void {
    client.on('error', () => client.destroy());
    const target = this.#mode === 'cut' ? null : this.#target();
    if (!target) {
      client.destroy();
      return;
    }
    const pair = new Pair(client, connect(target.port, target.host), {
      delayMs: () => this.#delayMs,
      isDropped: (candidate) => this.#isDropped(candidate),
      onClose: () => this.#pairs.delete(pair),
    });
    this.#pairs.add(pair);
    pair.hold(this.#mode === 'hold');
  }

  #isDropped(pair: Pair): boolean {
    const { every, part } = this.#drop;
    if (every === 0 || !pair.belongsTo(part)) return false;
    if (++this.#replies % every !== 0) return false;
    this.dropped++;
    return true;
  }
}

interface PairRules {
  readonly delayMs: () => number;
  readonly isDropped: (pair: Pair) => boolean;
  readonly onClose: () => void;
}

/** One connection through the proxy. */
class Pair {
  readonly #near: Socket;
  readonly #far: Socket;
  #isSubscriber = false;
  #isHeld = false;
  #isSilent = false;

  constructor(near: Socket, far: Socket, { delayMs, isDropped, onClose }: PairRules) {
    this.#near = near;
    this.#far = far;
    near.on('data', (data) => {
      this.#isSubscriber ||= /subscribe\r\n/i.test(data.toString('latin1'));
      this.#pass(data, near, far);
    });
    far.on('data', (data) => {
      if (isDropped(this)) this.destroy();
      else if (delayMs() > 0) setTimeout(() => near.write(data), delayMs());
      else this.#pass(data, far, near);
    });
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        onClose();
        this.destroy();
      });
    }
  }

  /** Reads no faster than the other side does, as a line with nothing in between. */
  #pass(data: Buffer, from: Socket, to: Socket): void {
    if (to.write(data)) return;
    from.pause();
    to.once('drain', () => {
      if (!this.#isHeld) from.resume();
    });
  }

  belongsTo(part: ProxyPart): boolean {
    return part === 'all' || (part === 'subscribers') === this.#isSubscriber;
  }

  hold(isHeld: boolean): void {
    if (this.#isSilent) return;
    this.#isHeld = isHeld;
    for (const socket of [this.#near, this.#far]) {
      if (isHeld) socket.pause();
      else socket.resume();
    }
  }

  silence(): void {
    this.hold(true);
    this.#isSilent = true;
  }

  destroy(): void {
    this.#near.destroy();
    this.#far.destroy();
  }
}
