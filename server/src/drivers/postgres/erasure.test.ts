import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { afterEach, expect, it, vi } from 'vitest';
import { CALL_DEADLINE_MS } from './call-deadline.js';
import { deleteRoom, eraseUser } from './erasure.js';
import type { Tables } from './tables.js';

afterEach(() => void vi.useRealTimers());

const BATCHES = 5;

/** A database that never runs out of rows, and where a few batches take all the time of a call. */
function endless() {
  let statements = 0;
  class Driver extends DummyDriver {
    override async acquireConnection() {
      const executeQuery = async () => {
        statements += 1;
        vi.advanceTimersByTime(CALL_DEADLINE_MS / BATCHES);
        return { rows: [], numAffectedRows: 1_000_000n };
      };
      return { ...(await super.acquireConnection()), executeQuery };
    }
  }
  const db = new Kysely<Tables>({
    dialect: {
      createDriver: () => new Driver(),
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (own) => new PostgresIntrospector(own),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return { db, statements: () => statements };
}

it.each([
  ['a room', deleteRoom],
  ['a user', eraseUser],
])('erasing %s ends once nobody waits for the call any more', async (_, erase) => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { db, statements } = endless();
  await expect(erase(db, 'some-id')).rejects.toThrow('the deadline of the call has passed');
  expect(statements()).toBe(BATCHES + 1);
});
