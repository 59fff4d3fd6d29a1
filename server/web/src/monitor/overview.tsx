import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import { lastRoom } from './address.js';
import { Charts } from './charts/charts.js';
import { LogView } from './log/log-view.js';
import type { Monitor } from './monitor.js';
import { NodeTable } from './nodes/node-table.js';
import { RefusedTable } from './nodes/refused-table.js';
import { Status } from './nodes/status.js';
import { Tiles } from './nodes/tiles.js';
import { RoomList } from './rooms/room-list.js';

const SECTIONS = ['charts', 'nodes', 'refused', 'rooms', 'log'] as const;

/** All that an operator sees at once, the most pressing first. */
export function Overview({ monitor }: { readonly monitor: Monitor }) {
  useEffect(() => comeBack(), []);
  return (
    <main id="content" class="overview" tabIndex={-1}>
      <h1 class="unseen">{t('monitor')}</h1>
      <Status monitor={monitor} />
      <Tiles monitor={monitor} />
      <nav aria-label={t('sections')} class="section-links">
        {SECTIONS.map((name) => (
          <a key={name} class="button" href={`#${name}`}>
            {t(`section.${name}`)}
          </a>
        ))}
      </nav>
      <Charts monitor={monitor} />
      <NodeTable monitor={monitor} />
      <RefusedTable monitor={monitor} />
      <RoomList monitor={monitor} />
      <LogView monitor={monitor} />
    </main>
  );
}

/** Whoever comes back from a room finds the list where it was left; a link to a section leads there. */
function comeBack(): void {
  const room = lastRoom();
  const link = room && document.querySelector<HTMLElement>(`[data-room="${room}"] a`);
  const place = document.getElementById(room ? 'rooms' : location.hash.slice(1));
  const target = link || place;
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: link ? 'center' : 'start' });
}
