import type { NodeStatus } from '@pinroom/client/contract';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';
import type { NodeDirectory } from './node-directory.port.js';
import type { NodeLife } from './node-life.js';
import { ALL_TAGS } from './random.js';
import { RecentMap } from './recent-map.js';
import { type Loop, runLoop } from './run-loop.js';
import type { SystemNotes } from './system-log.js';

const SAY_MS = 2_000;
/** With the lease it makes up the time after which a node that died is told of. */
const LOOK_MS = 2_500;
/** Within it nodes are taken to be stopped together. */
const TOGETHER_MS = 200;
const LEAVE_MS = 1_500;
/** Lives of which it is remembered here that they were told of. */
const TOLD = 1_000;

export interface NodeWatchParts {
  readonly nodes: NodeDirectory;
  readonly life: Pick<NodeLife, 'id' | 'tags' | 'mayJudge' | 'isRecovering'>;
  readonly log: SystemNotes;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How this node is now. */
  readonly status: () => Promise<NodeStatus>;
}

/** Says how this node is, and tells of those that do not any more. */
export class NodeWatch {
  readonly #parts: NodeWatchParts;
  readonly #told = new RecentMap<true>(TOLD);
  #loops: Loop[] = [];
  /** The life that was said to be up; null: none was. */
  #lifeUp: string | null = null;

  constructor(parts: NodeWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, logger } = this.#parts;
    this.#loops = [
      runLoop({ name: 'node-status', everyMs: SAY_MS, maxPauseMs: SAY_MS, clock, logger }, () =>
        this.#say(),
      ),
      runLoop({ name: 'node-watch', everyMs: LOOK_MS, clock, logger }, () => this.#look()),
    ];
  }

  /**
   * Says that this node stops, and answers whether others go on, that do not stop at the same time.
   * Where that is not to be found out soon, nobody does.
   */
  async leave(): Promise<boolean> {
    const found = new AbortController();
    const late = this.#parts.clock.sleep(LEAVE_MS, found.signal).then(() => false);
    const others = this.#findOthers().catch(() => false);
    return Promise.race([others, late]).finally(() => found.abort());
  }

  async #findOthers(): Promise<boolean> {
    await this.#say();
    if (!(await this.#doOthersGoOn())) return false;
    // Those that are told to stop in the same moment have said so by then.
    await this.#parts.clock.sleep(TOGETHER_MS);
    return this.#doOthersGoOn();
  }

  async #doOthersGoOn(): Promise<boolean> {
    const living = await this.#parts.nodes.listLiving();
    return living.some(({ draining, life }) => !draining && life !== this.#parts.life.id);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    if (this.#lifeUp === null) return;
    this.#lifeUp = null;
    const status = await this.#parts.status();
    this.#noteDown(status.life, status, 'stopped');
  }

  async #say(): Promise<void> {
    const { log, nodes, status } = this.#parts;
    const now = await status();
    const { host, life, pid, version } = now;
    if (life !== this.#lifeUp) {
      const reason = this.#lifeUp === null ? 'started' : 'back';
      log.note('node-up', { life, version, host, pid, reason }, `node-up:${life}`);
    }
    this.#lifeUp = life;
    await nodes.say(now);
  }

  /** One node looks at a time; where two do, the log takes what they say once. */
  async #look(): Promise<void> {
    const { life, nodes } = this.#parts;
    if (!life.mayJudge || life.isRecovering) return;
    if (!life.tags.includes(ALL_TAGS[0] ?? '')) return;
    for (const fallen of await nodes.listFallen()) {
      if (this.#told.peek(fallen.life)) continue;
      this.#told.set(fallen.life, true);
      this.#noteDown(fallen.life, fallen.status, 'silent');
    }
  }

  #noteDown(life: string, status: NodeStatus | null, reason: 'stopped' | 'silent'): void {
    const { id: nodeId = null, host = null, pid = null } = status ?? {};
    const payload = { nodeId, life, host, pid, reason };
    this.#parts.log.note('node-down', payload, `node-down:${life}`);
  }
}
