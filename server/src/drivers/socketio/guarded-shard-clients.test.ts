import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuardedPublisher, GuardedSubscriber } from './guarded-shard-clients.js';

/** A subscriber connection whose replies the test gives. */
class ScriptedClient extends EventEmitter {
  readonly sent: string[] = [];
  reply: () => Promise<unknown> = async () => 1;

  ssubscribe(channel: string): Promise<unknown> {
    this.sent.push(`+${channel}`);
    return this.reply();
  }

  sunsubscribe(channel: string): Promise<unknown> {
    this.sent.push(`-${channel}`);
    return this.reply();
  }

  lines(): string[] {
    return ['all'];
  }

  reopen(): void {
    this.emit('interrupted');
  }

  spublish(channel: string): Promise<unknown> {
    this.sent.push(`!${channel}`);
    return this.reply();
  }
}

describe('the clients that the adapter gets', () => {
  const rejections: unknown[] = [];
  const noteRejection = (fault: unknown) => rejections.push(fault);
  let client: ScriptedClient;
  let guarded: GuardedSubscriber;

  beforeEach(() => {
    process.on('unhandledRejection', noteRejection);
    client = new ScriptedClient();
    guarded = new GuardedSubscriber(client);
  });
  afterEach(() => {
    process.off('unhandledRejection', noteRejection);
    vi.useRealTimers();
  });

  it('[BUS-1] a call that nobody awaits and that fails ends nothing', async () => {
    client.reply = () => Promise.reject(new Error('Redis is away'));
    void guarded.ssubscribe('a');
    guarded.sunsubscribe('a');
    await expect(new GuardedPublisher(client).spublish('a', 'text')).resolves.toBeUndefined();
    await new Promise(setImmediate);
    expect(rejections).toEqual([]);
  });

  it('[BUS-2] a reply serves all who wait, and those of the next second', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    void guarded.ssubscribe('a');
    await Promise.all([guarded.confirmed('a'), guarded.confirmed('a')]);
    vi.advanceTimersByTime(999);
    await guarded.confirmed('a');
    expect(client.sent).toEqual(['+a']);
    vi.advanceTimersByTime(1);
    await guarded.confirmed('a');
    expect(client.sent).toEqual(['+a', '+a']);
  });

  it('[BUS-2] an unsubscription, a failure or a lost connection makes it ask anew', async () => {
    await guarded.confirmed('a');
    guarded.sunsubscribe('a');
    await guarded.confirmed('a');
    expect(client.sent).toEqual(['+a', '-a', '+a']);
    client.reopen();
    await guarded.confirmed('a');
    client.reply = () => Promise.reject(new Error('no'));
    await expect(guarded.confirmed('b')).rejects.toThrow('no');
    client.reply = async () => 1;
    await guarded.confirmed('b');
    expect(client.sent.slice(3)).toEqual(['+a', '+b', '+b']);
  });

  it('[BUS-1] closing lets go of the client', () => {
    guarded.on('smessageBuffer', () => {});
    guarded.close();
    expect(client.listenerCount('smessageBuffer') + client.listenerCount('interrupted')).toBe(0);
  });
});
