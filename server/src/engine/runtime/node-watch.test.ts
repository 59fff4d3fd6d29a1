import type { NodeStatus } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { HandWoundClock } from '../../../test/support/hand-wound-clock.js';
import { silentLogger } from './logger.js';
import type { FallenLife, NodeDirectory } from './node-directory.port.js';
import { NodeWatch } from './node-watch.js';

function open() {
  const clock = new HandWoundClock();
  const life = { id: 'life-1', tags: ['00', '01'], mayJudge: true, isRecovering: false };
  const said: string[] = [];
  const told: { type: string; once: string | undefined; [name: string]: unknown }[] = [];
  const fallen: FallenLife[] = [];
  const living: Pick<NodeStatus, 'draining' | 'life'>[] = [];
  const status = () =>
    ({ id: 'node-1', life: life.id, host: 'one', pid: 7, version: '1' }) as NodeStatus;
  const directory: NodeDirectory = {
    say: async ({ life: speaker }) => void said.push(speaker),
    listLiving: async () => living as NodeStatus[],
    listFallen: async () => fallen,
  };
  const watch = new NodeWatch({
    nodes: directory,
    life,
    log: { note: (type, payload, once) => void told.push({ type, once, ...payload }) },
    clock,
    logger: silentLogger,
    status: async () => status(),
  });
  return { clock, directory, life, said, told, fallen, living, status, watch };
}

describe('the watch over nodes', () => {
  it('says that the node is up, how it is every two seconds, and that it stops', async () => {
    const { clock, said, told, watch } = open();
    watch.start();
    await clock.wind(4_500);
    expect(said).toEqual(['life-1', 'life-1', 'life-1']);
    await watch.stop();
    await watch.stop();
    expect(told).toMatchObject([
      { type: 'node-up', once: 'node-up:life-1', reason: 'started', host: 'one', pid: 7 },
      { type: 'node-down', once: 'node-down:life-1', nodeId: 'node-1', reason: 'stopped' },
    ]);
  });

  it('says that a node is back under another life, when its lease had run out', async () => {
    const { clock, life, told, watch } = open();
    watch.start();
    await clock.wind(0);
    life.id = 'life-2';
    await clock.wind(2_000);
    await watch.stop();
    expect(told.map(({ type, life: which, reason }) => [type, which, reason])).toEqual([
      ['node-up', 'life-1', 'started'],
      ['node-up', 'life-2', 'back'],
      ['node-down', 'life-2', 'stopped'],
    ]);
  });

  it('says at once that the node is about to stop, and knows who goes on', async () => {
    const { clock, living, said, watch } = open();
    const leave = async () => {
      const leaving = watch.leave();
      await clock.wind(200);
      return leaving;
    };
    living.push({ life: 'life-1', draining: false });
    expect(await leave()).toBe(false);
    expect(said).toEqual(['life-1']);
    const other = { life: 'life-2', draining: false };
    living.push(other);
    expect(await leave()).toBe(true);
    const leaving = watch.leave();
    await clock.wind(100);
    other.draining = true;
    await clock.wind(100);
    expect(await leaving).toBe(false);
  });

  it('takes nobody to go on where that is not to be found out', async () => {
    const { clock, directory, watch } = open();
    directory.listLiving = () => new Promise(() => {});
    const leaving = watch.leave();
    await clock.wind(1_500);
    expect(await leaving).toBe(false);
  });

  it('tells of nodes that have died, once each, known or not', async () => {
    const { clock, fallen, status, told, watch } = open();
    watch.start();
    await clock.wind(0);
    fallen.push({ life: 'dead', at: 1, status: { ...status(), id: 'node-2', life: 'dead' } });
    fallen.push({ life: 'never spoke', at: 1, status: null });
    await clock.wind(10_000);
    expect(told.slice(1)).toMatchObject([
      { type: 'node-down', once: 'node-down:dead', nodeId: 'node-2', reason: 'silent' },
      { type: 'node-down', once: 'node-down:never spoke', nodeId: null, host: null },
    ]);
    await watch.stop();
  });

  it.each([
    ['others look after the first tag', { tags: ['01'] }],
    ['the store has not worked for a whole lease', { mayJudge: false }],
    ['an outage has just ended', { isRecovering: true }],
  ])('judges nobody while %s', async (_, changes) => {
    const { clock, fallen, life, told, watch } = open();
    Object.assign(life, changes);
    fallen.push({ life: 'dead', at: 1, status: null });
    watch.start();
    await clock.wind(10_000);
    expect(told.map(({ type }) => type)).toEqual(['node-up']);
    await watch.stop();
  });
});
