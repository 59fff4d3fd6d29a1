import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import type { RoomStore } from '../room/room-store.js';
import { announce } from '../ui/announcer.js';

/** Who comes within this time is told of at once. */
const GATHER_MS = 3_000;

/** Tells those who hear the page who has come, while there is nothing more urgent to listen to. */
export function useJoinNews({ handle }: RoomStore, isWanted: boolean): void {
  useEffect(() => {
    if (!isWanted) return;
    const names = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const off = handle.on('presence', (change) => {
      for (const { nickname, userId } of change?.joined ?? []) {
        if (userId !== handle.self.userId) names.add(nickname);
      }
      if (names.size === 0) return;
      timer ??= setTimeout(() => {
        const [name = ''] = names;
        announce(
          names.size === 1
            ? t('news.joined', { name })
            : t('news.joined-many', { count: names.size }),
        );
        names.clear();
        timer = null;
      }, GATHER_MS);
    });
    return () => {
      off();
      if (timer) clearTimeout(timer);
    };
  }, [handle, isWanted]);
}
