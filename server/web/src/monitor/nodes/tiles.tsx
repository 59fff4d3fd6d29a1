import type { ComponentChildren } from 'preact';
import { formatNumber, t } from '../../i18n/translate.js';
import { refusedRates, together } from '../figures/chart-lines.js';
import type { FindingKind, FindingLevel } from '../figures/findings.js';
import type { Sample } from '../figures/sample.js';
import { LevelMark } from '../level-mark.js';
import type { Monitor } from '../monitor.js';
import { durationText, orUnknown, rateText, UNKNOWN } from '../words.js';
import { backendName } from './finding-words.js';

/** The figures that matter most, over all nodes. */
export function Tiles({ monitor }: { readonly monitor: Monitor }) {
  const sample = monitor.newest.value;
  const worst = (...kinds: FindingKind[]) => worstOf(monitor, kinds);
  const shown = (read: (sample: Sample) => string) => (sample ? read(sample) : UNKNOWN);
  return (
    <dl class="tiles" data-stale={monitor.isStale.value}>
      <Tile name="nodes" level={worst('no-nodes', 'silent', 'gone', 'draining', 'loop-delay')}>
        {shown(({ nodes }) => formatNumber(nodes.size))}
      </Tile>
      <Tile name="sockets">
        {shown((s) => orUnknown(together('sockets', s), (n) => formatNumber(n)))}
      </Tile>
      <Tile name="rooms">
        {shown((s) => orUnknown(together('rooms', s), (n) => formatNumber(n)))}
      </Tile>
      <Tile name="entries">{shown((s) => orUnknown(together('entries', s), rateText))}</Tile>
      <Tile name="lag" level={worst('archive-lag')}>
        {shown((s) => orUnknown(together('lag', s), durationText))}
      </Tile>
      <Tile name="refused" level={worst('refused')}>
        {shown((s) => rateText([...refusedRates(s).values()].reduce((sum, rate) => sum + rate, 0)))}
      </Tile>
      <Tile name="backends" level={worst('backend-down')}>
        {sample ? <Backends monitor={monitor} sample={sample} /> : UNKNOWN}
      </Tile>
    </dl>
  );
}

interface TileProps {
  readonly name: 'nodes' | 'sockets' | 'rooms' | 'entries' | 'lag' | 'refused' | 'backends';
  readonly level?: FindingLevel | null;
  readonly children: ComponentChildren;
}

function Tile({ name, level = null, children }: TileProps) {
  return (
    <div class="tile" data-tile={name} data-level={level ?? undefined}>
      <dt>
        {t(`tile.${name}`)}
        {level ? (
          <>
            {' '}
            <LevelMark level={level} />
            <span class="unseen">{t(`level.${level}`)}</span>
          </>
        ) : null}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function Backends({ monitor, sample }: { readonly monitor: Monitor; readonly sample: Sample }) {
  const down = new Map<string, string[]>();
  for (const [id, { status }] of sample.nodes) {
    for (const [backend, state] of Object.entries(status.backends)) {
      const ids = down.get(backend) ?? [];
      down.set(backend, state === 'down' ? [...ids, id] : ids);
    }
  }
  if (down.size === 0) return <>{UNKNOWN}</>;
  return (
    <ul class="backends">
      {[...down].map(([backend, ids]) => (
        <li key={backend} data-backend={backend} data-up={ids.length === 0}>
          <LevelMark level={ids.length === 0 ? 'good' : 'bad'} />
          <span>
            {backendName(backend)}: {t(ids.length === 0 ? 'backend-up' : 'backend-down')}
            {ids.length === 0 ? null : (
              <small>
                {ids.length === sample.nodes.size
                  ? t('finding.everywhere')
                  : ids.map((id) => monitor.nodeName(id)).join(', ')}
              </small>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function worstOf(monitor: Monitor, kinds: readonly FindingKind[]): FindingLevel | null {
  return monitor.findings.value.find(({ kind }) => kinds.includes(kind))?.level ?? null;
}
