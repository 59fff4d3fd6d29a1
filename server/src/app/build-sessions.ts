import type { Config } from '../config/config.js';
import type { AccessTokens } from '../engine/auth/access-token.port.js';
import { EndedSessions } from '../engine/auth/ended-sessions.js';
import { OwnSessions } from '../engine/auth/own-sessions.js';
import { SessionLife } from '../engine/auth/session-life.js';
import { SessionWriter } from '../engine/auth/session-writer.js';
import { Sessions } from '../engine/auth/sessions.js';
import type { TokenSecrets } from '../engine/auth/token-secrets.js';
import type { Clock } from '../engine/runtime/clock.js';
import type { Logger } from '../engine/runtime/logger.js';
import type { Metrics } from '../engine/runtime/metrics.js';
import type { OwedWork } from '../engine/runtime/owed-work.js';
import type { Random } from '../engine/runtime/random.js';
import type { Archives, Stores } from './choose-drivers.js';

export interface SessionPartsOfNode {
  readonly config: Config;
  readonly stores: Stores;
  readonly archives: Archives;
  readonly tokens: AccessTokens;
  readonly secrets: TokenSecrets;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly owed: OwedWork;
  /** A session has ended: its sockets on this node have to be closed. */
  readonly onEnded: (sessionId: string) => void;
}

/** What a node has of sessions, wired; nothing runs before its parts are started. */
export function buildSessions(parts: SessionPartsOfNode) {
  const { clock, config, logger, metrics, owed, onEnded, random, secrets, tokens } = parts;
  const { endedSessions: list, sessions: store } = parts.stores;
  const archive = parts.archives.sessions;
  const sessionWriter = new SessionWriter(archive, clock, logger);
  const life = new SessionLife({ ...config, clock });
  const sessions = new Sessions({
    store,
    archive,
    writer: sessionWriter,
    tokens,
    secrets,
    clock,
    random,
    logger,
    metrics,
    life,
    owed,
    accessTtlMs: config.accessTtlMs,
  });
  return {
    sessions,
    sessionWriter,
    ownSessions: new OwnSessions({ store, archive, sessions, life, clock }),
    endedSessions: new EndedSessions({ list, store, archive, clock, logger, onEnded }),
  };
}
