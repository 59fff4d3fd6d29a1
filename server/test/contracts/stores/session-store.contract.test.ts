import { describe, expect, test } from 'vitest';
import type { SessionRecord } from '../../../src/engine/auth/session-store.port.js';
import { STORE_DRIVERS } from './drivers.js';
import { newId } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

const GRACE_MS = 400;
const PHONE = { address: '2001:db8::7', userAgent: 'Phone "7"' };

function newSession(stores: Stores, changes: Partial<SessionRecord> = {}): SessionRecord {
  const userId = changes.userId ?? newId();
  const now = stores.now();
  return {
    id: newId(userId.slice(-2)),
    userId,
    nickname: 'Zoë "Z"',
    salt: 'c2FsdA',
    generation: 1,
    createdAt: now,
    rotatedAt: now,
    seenAt: null,
    expiresAt: now + 60_000,
    endedAt: null,
    lastUsedAt: now,
    address: '192.0.2.7',
    userAgent: 'Firefox',
    ...changes,
  };
}

async function createSession(stores: Stores, changes: Partial<SessionRecord> = {}) {
  const session = newSession(stores, changes);
  await stores.sessions.create(session);
  return session;
}

describe.each(STORE_DRIVERS)('SessionStore on $name', (driver) => {
  const open = useStores(driver);

  function rotate(stores: Stores, sessionId: string, generation: number, lifeMs = 60_000) {
    const expiresAt = stores.now() + lifeMs;
    const client = PHONE;
    return stores.sessions.rotate({ sessionId, generation, expiresAt, graceMs: GRACE_MS, client });
  }

  const noteUse = (stores: Stores, sessionId: string, generation: number, everyMs = 60_000) =>
    stores.sessions.noteUse({ sessionId, generation, client: PHONE, everyMs });

  test('[SESSION-1] a session is kept until it is over', async () => {
    const stores = await open();
    const session = await createSession(stores, { expiresAt: stores.now() + 400 });
    expect(await stores.sessions.find(session.id)).toEqual(session);
    await stores.pass(450);
    expect(await stores.sessions.find(session.id)).toBeNull();
    expect(await stores.sessions.listIds(session.userId)).not.toContain(session.id);
  });

  test('[SESSION-2] an unknown session is null, an ended one says so', async () => {
    const stores = await open();
    expect(await stores.sessions.find(newId())).toBeNull();
    const session = await createSession(stores, { seenAt: stores.now() });
    expect(await stores.sessions.find(session.id)).toEqual(session);
    await stores.sessions.end(session.id, session.userId);
    const ended = await stores.sessions.find(session.id);
    const forgotten = { nickname: '', address: '', userAgent: '' };
    expect(ended).toEqual({ ...session, ...forgotten, endedAt: expect.any(Number) });
  });

  test('[SESSION-3] the current generation gives the next one, and moves the end', async () => {
    const stores = await open();
    const session = await createSession(stores, { expiresAt: stores.now() + 1_000 });
    const outcome = await rotate(stores, session.id, 1, 90_000);
    expect(outcome).toMatchObject({
      kind: 'rotated',
      session: { id: session.id, userId: session.userId, salt: session.salt, generation: 2 },
    });
    const found = await stores.sessions.find(session.id);
    expect(found).toMatchObject({ generation: 2, seenAt: null });
    expect(found?.expiresAt).toBeGreaterThan(stores.now() + 60_000);
    await stores.pass(1_100);
    expect(await stores.sessions.find(session.id)).not.toBeNull();
  });

  test('[SESSION-3] of many who rotate at once all get the same successor', async () => {
    const stores = await open();
    const session = await createSession(stores);
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => rotate(stores, session.id, 1)));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ kind: 'rotated', session: { generation: 2 } });
    }
  });

  test('[SESSION-3] the one before works until its successor was seen, and for the grace', async () => {
    const stores = await open();
    const { id } = await createSession(stores);
    await rotate(stores, id, 1);
    await stores.pass(GRACE_MS + 50);
    expect(await rotate(stores, id, 1)).toMatchObject({ session: { generation: 2 } });
    await noteUse(stores, id, 2);
    expect(await rotate(stores, id, 1)).toMatchObject({
      kind: 'rotated',
      session: { generation: 2 },
    });
    await stores.pass(GRACE_MS + 50);
    expect(await rotate(stores, id, 1)).toMatchObject({ kind: 'reused', session: { id } });
    expect(await rotate(stores, id, 2)).toEqual({ kind: 'ended' });
  });

  test('[SESSION-3] an older generation ends the session', async () => {
    const stores = await open();
    const { id, userId } = await createSession(stores, { generation: 3 });
    expect(await rotate(stores, id, 1)).toMatchObject({ kind: 'reused', session: { id, userId } });
    expect((await stores.sessions.find(id))?.endedAt).not.toBeNull();
    expect(await rotate(stores, id, 3)).toEqual({ kind: 'ended' });
  });

  test('[SESSION-3] a generation above the stored one is taken over', async () => {
    const stores = await open();
    const { id } = await createSession(stores, { generation: 2 });
    expect(await rotate(stores, id, 7)).toMatchObject({
      kind: 'rotated',
      session: { generation: 8 },
    });
    expect(await rotate(stores, id, 7)).toMatchObject({ session: { generation: 8 } });
  });

  test('[SESSION-3] an unknown session is absent', async () => {
    const stores = await open();
    expect(await rotate(stores, newId(), 1)).toEqual({ kind: 'absent' });
  });

  test('[SESSION-4] the first time counts, and only for the current generation', async () => {
    const stores = await open();
    const { id } = await createSession(stores, { generation: 4 });
    await noteUse(stores, id, 3);
    expect((await stores.sessions.find(id))?.seenAt).toBeNull();
    await noteUse(stores, id, 4);
    const first = (await stores.sessions.find(id))?.seenAt;
    expect(first).toEqual(expect.any(Number));
    await stores.pass(20);
    await noteUse(stores, id, 4);
    expect((await stores.sessions.find(id))?.seenAt).toBe(first);
    await noteUse(stores, newId(), 1);
  });

  test('[SESSION-3] who gets a token has used the session, also who gets the same one again', async () => {
    const stores = await open();
    const { id, createdAt } = await createSession(stores);
    for (const generation of [1, 1, 2]) {
      await stores.pass(20);
      const outcome = await rotate(stores, id, generation);
      expect(outcome).toMatchObject({ kind: 'rotated', session: PHONE });
      const found = await stores.sessions.find(id);
      expect(outcome).toEqual({ kind: 'rotated', session: found });
      expect(found?.lastUsedAt).toBeGreaterThan(createdAt);
    }
  });

  test('[SESSION-4] when and from where it is used is noted, but not each time', async () => {
    const stores = await open();
    const session = await createSession(stores, { generation: 4, seenAt: stores.now() });
    await noteUse(stores, session.id, 4);
    expect(await stores.sessions.find(session.id)).toEqual(session);
    await stores.pass(60);
    for (const generation of [4, 3]) await noteUse(stores, session.id, generation, 50);
    const used = await stores.sessions.find(session.id);
    expect(used).toEqual({ ...session, ...PHONE, lastUsedAt: expect.any(Number) });
    expect(used?.lastUsedAt).toBeGreaterThan(session.lastUsedAt);
  });

  test('[SESSION-4] the use of a session that is over is not noted', async () => {
    const stores = await open();
    const { id, userId } = await createSession(stores);
    await stores.sessions.end(id, userId);
    const ended = await stores.sessions.find(id);
    await stores.pass(20);
    await noteUse(stores, id, 1, 0);
    expect(await stores.sessions.find(id)).toEqual(ended);
  });

  test('[SESSION-5] ending is for good, however often', async () => {
    const stores = await open();
    const session = await createSession(stores);
    await stores.sessions.end(session.id, session.userId);
    const endedAt = (await stores.sessions.find(session.id))?.endedAt;
    await stores.pass(20);
    await stores.sessions.end(session.id, session.userId);
    await noteUse(stores, session.id, 1);
    await stores.sessions.restore(session);
    expect(await stores.sessions.find(session.id)).toMatchObject({ endedAt });
    expect(await rotate(stores, session.id, 1)).toEqual({ kind: 'ended' });
  });

  test('[SESSION-5] a session that ends while it is not here is not restored afterwards', async () => {
    const stores = await open();
    const session = newSession(stores);
    await stores.sessions.end(session.id, session.userId);
    await stores.sessions.restore(session);
    expect((await stores.sessions.find(session.id))?.endedAt).toEqual(expect.any(Number));
    expect(await rotate(stores, session.id, 1)).toEqual({ kind: 'ended' });
  });

  test('[SESSION-6] the sessions of a user are listed, and of no other', async () => {
    const stores = await open();
    const first = await createSession(stores);
    const { userId } = first;
    const second = await createSession(stores, { userId });
    const third = newSession(stores, { userId });
    await stores.sessions.restore(third);
    await createSession(stores);
    const ids = await stores.sessions.listIds(userId);
    expect(ids.sort()).toEqual([first.id, second.id, third.id].sort());
    expect(await stores.sessions.listIds(newId())).toEqual([]);
  });

  test('[SESSION-7] a session comes back as it was, never over one that is here', async () => {
    const stores = await open();
    const session = newSession(stores, { generation: 5, seenAt: stores.now() });
    await stores.sessions.restore(session);
    expect(await stores.sessions.find(session.id)).toEqual(session);
    await rotate(stores, session.id, 5);
    await stores.sessions.restore(session);
    expect(await stores.sessions.find(session.id)).toMatchObject({ generation: 6 });
  });

  test('[SESSION-7] an ended session comes back as ended', async () => {
    const stores = await open();
    const session = newSession(stores, { endedAt: stores.now() });
    await stores.sessions.restore(session);
    expect(await stores.sessions.find(session.id)).toEqual(session);
    expect(await rotate(stores, session.id, 1)).toEqual({ kind: 'ended' });
  });
});
