import { describe, expect, it } from 'vitest';
import { createMemoryStores } from '../../drivers/memory/memory-stores.js';
import { TokenSecrets } from '../auth/token-secrets.js';
import { systemClock } from '../runtime/clock.js';
import { noMetrics } from '../runtime/metrics.js';
import { Passcodes, passcodeChange } from './passcodes.js';

const ROOM_ID = '01890000-0000-7000-8000-0000000000aa';
const SEEKER = { sessionId: 's', network: 'n' };
const OLD = 'a secret of this test, long enough';
const NEW = 'another secret of this test, long enough';

function passcodes(secrets: TokenSecrets, perSession = 3) {
  const stores = createMemoryStores({
    clock: systemClock,
    channelKeep: 10,
    backlogEntries: 100,
    pinBudget: { perSession, perNetwork: 100, windowMs: 60_000 },
  });
  return new Passcodes({
    tries: stores.passcodes,
    secrets,
    watch: { note() {} },
    metrics: noMetrics,
  });
}

function roomWith(passcode: string, secrets: TokenSecrets) {
  return {
    id: ROOM_ID,
    passcodeHash: passcodeChange(ROOM_ID, { passcode }, secrets).passcodeHash ?? null,
  };
}

describe('a passcode', () => {
  const secrets = new TokenSecrets([OLD]);

  it('is kept as something that tells nothing of it, and is each room’s own', () => {
    const { passcodeHash = '' } = passcodeChange(ROOM_ID, { passcode: 'open sesame' }, secrets);
    expect(passcodeHash).toMatch(/^[\w-]{43}$/);
    const other = passcodeChange(`${ROOM_ID}b`, { passcode: 'open sesame' }, secrets);
    expect(other.passcodeHash).not.toBe(passcodeHash);
    expect(passcodeChange(ROOM_ID, { passcode: null }, secrets)).toEqual({ passcodeHash: null });
    expect(passcodeChange(ROOM_ID, {}, secrets)).toEqual({});
    expect(() => passcodeChange(ROOM_ID, { passcode: ' \u00a0' }, secrets)).toThrow(/spaces/);
  });

  it('is right however it was composed and spaced, and wrong in another case', async () => {
    const room = roomWith('Café  au lait', secrets);
    const checker = passcodes(secrets);
    const shown = async (passcode: string) => (await checker.check(room, passcode, SEEKER)).hash;
    expect(await shown(' Cafe\u0301 au lait')).toBe(room.passcodeHash);
    expect(await shown('café au lait')).toBeNull();
  });

  it('goes on to be right when the secret is replaced, until the old one is retired', async () => {
    const room = roomWith('1234', secrets);
    const during = passcodes(new TokenSecrets([NEW, OLD]));
    expect((await during.check(room, '1234', SEEKER)).hash).toBe(room.passcodeHash);
    const after = passcodes(new TokenSecrets([NEW]));
    expect((await after.check(room, '1234', SEEKER)).hash).toBeNull();
  });

  it('may be missing as often as one likes, and wrong so often; then the right one is refused, too', async () => {
    const room = roomWith('1234', secrets);
    const checker = passcodes(secrets);
    const told = async (passcode?: string) => {
      const { hash, refusal } = await checker.check(room, passcode, SEEKER);
      return hash === null ? (refusal?.code ?? 'passcode_required') : 'right';
    };
    for (let n = 0; n < 5; n++)
      expect(await told(n % 2 ? undefined : ' ')).toBe('passcode_required');
    for (const wrong of ['1', '2', '3']) expect(await told(wrong)).toBe('passcode_required');
    expect([await told('4'), await told('1234')]).toEqual(['rate_limited', 'rate_limited']);
    const open = { id: ROOM_ID, passcodeHash: null };
    expect((await checker.check(open, 'whatever', SEEKER)).hash).toBeNull();
  });
});
