import type { LocalBroadcaster } from '../../engine/fanout/local-broadcaster.port.js';
import { roomTopic } from '../../engine/fanout/topic.port.js';
import type { Logger } from '../../engine/runtime/logger.js';
import type { UwsBacklog } from './uws-backlog.js';
import type { UwsApp } from './uws-native.js';

/** Socket.IO's name of a room's topic on uWebSockets.js: namespace, separator, room. */
const TOPIC_PREFIX = '/\x1f';

/** One native publish to all sockets of a room; none of them is visited in JavaScript. */
export class UwsBroadcaster implements LocalBroadcaster {
  readonly #app: Pick<UwsApp, 'publish'>;
  readonly #backlog: Pick<UwsBacklog, 'published'>;
  readonly #logger: Logger;

  constructor(
    app: Pick<UwsApp, 'publish'>,
    backlog: Pick<UwsBacklog, 'published'>,
    logger: Logger,
  ) {
    this.#app = app;
    this.#backlog = backlog;
    this.#logger = logger;
  }

  broadcast(roomId: string, clientFrame: Uint8Array): void {
    try {
      this.#app.publish(TOPIC_PREFIX + roomTopic(roomId), clientFrame, false);
      this.#backlog.published(roomId, clientFrame.byteLength);
    } catch (fault) {
      this.#logger.error({ err: fault, roomId }, 'a broadcast failed');
    }
  }
}
