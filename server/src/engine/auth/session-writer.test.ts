import { describe, expect, it } from 'vitest';
import { unavailable } from '../runtime/app-error.js';
import { systemClock } from '../runtime/clock.js';
import { type Logger, silentLogger } from '../runtime/logger.js';
import { RowsRefused } from '../runtime/rows-refused.js';
import type { SessionRecord } from './session-store.port.js';
import { SessionWriter } from './session-writer.js';

function session(id: string): SessionRecord {
  return {
    id,
    userId: `user of ${id}`,
    nickname: 'Zoë',
    salt: 'salt',
    generation: 1,
    createdAt: 1,
    rotatedAt: 1,
    seenAt: null,
    expiresAt: 2,
    endedAt: null,
    lastUsedAt: 1_000,
    address: '192.0.2.7',
    userAgent: 'Firefox',
  };
}

/** A writer over an archive that answers each batch with what `judge` says of it. */
function writerOver(judge: (ids: readonly string[]) => Error | null) {
  const written: string[] = [];
  const errors: unknown[] = [];
  const logger: Logger = { ...silentLogger, error: (fields) => void errors.push(fields) };
  const archive = {
    saveSessions: async (sessions: readonly SessionRecord[]) => {
      const ids = sessions.map(({ id }) => id);
      const fault = judge(ids);
      if (fault) throw fault;
      written.push(...ids);
    },
  };
  return { writer: new SessionWriter(archive, systemClock, logger), written, errors };
}

describe('the session writer', () => {
  it('leaves out a session that the archive refuses for good, with a line in the log', async () => {
    const { writer, written, errors } = writerOver((ids) =>
      ids.includes('s37') ? new RowsRefused(new Error('22P05')) : null,
    );
    for (let n = 0; n < 100; n++) writer.enqueue(session(`s${n}`));
    await writer.stop();
    expect(new Set(written).size).toBe(99);
    expect(written).not.toContain('s37');
    expect(errors).toMatchObject([{ sessionId: 's37', userId: 'user of s37' }]);
  });

  it('keeps what an archive that is away could not take', async () => {
    let isAway = true;
    const { writer, written, errors } = writerOver(() => (isAway ? unavailable('it') : null));
    writer.enqueue(session('s1'));
    await expect(writer.flush()).rejects.toMatchObject({ code: 'unavailable' });
    isAway = false;
    await writer.stop();
    expect(written).toEqual(['s1']);
    expect(errors).toEqual([]);
  });
});
