import { formatNumber, t } from '../../i18n/translate.js';
import { CopyId } from '../copy-id.js';
import type { NodeFigures } from '../figures/sample.js';
import { LevelMark } from '../level-mark.js';
import type { Monitor } from '../monitor.js';
import { ScrollRegion } from '../scroll-region.js';
import { durationText, orUnknown, rateText, timeText } from '../words.js';
import { backendName } from './finding-words.js';

const COLUMNS = [
  'node',
  'state',
  'backends',
  'sockets',
  'rooms',
  'entries',
  'lag',
  'delay',
  'tags',
  'uptime',
  'version',
  'pid',
] as const;

/** The nodes that live, the oldest first. */
export function NodeTable({ monitor }: { readonly monitor: Monitor }) {
  const nodes = [...(monitor.newest.value?.nodes.values() ?? [])];
  return (
    <section aria-labelledby="nodes" class="part">
      <h2 id="nodes" tabIndex={-1}>
        {t('section.nodes')}
      </h2>
      {nodes.length === 0 ? (
        <p class="empty">{t(monitor.newest.value ? 'finding.no-nodes' : 'loading')}</p>
      ) : (
        <ScrollRegion label={t('table.nodes')}>
          <table class="table">
            <caption class="unseen">{t('table.nodes')}</caption>
            <thead>
              <tr>
                {COLUMNS.map((name) => (
                  <th key={name} scope="col">
                    {t(`node.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {nodes.map((figures) => (
                <NodeRow key={figures.status.id} figures={figures} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  );
}

function NodeRow({ figures }: { readonly figures: NodeFigures }) {
  const { status, entriesPerSecond } = figures;
  return (
    <tr data-node={status.id}>
      <th scope="row">
        <bdi class="node-host">{status.host}</bdi>
        <CopyId id={status.id} name={status.host} />
      </th>
      <td>
        <span class="with-mark">
          <LevelMark level={status.draining ? 'warn' : 'good'} />
          {t(status.draining ? 'node.draining' : 'node.serving')}
        </span>
      </td>
      <td>
        <ul class="plain-list">
          {Object.entries(status.backends).map(([backend, state]) => (
            <li key={backend} class="with-mark">
              <LevelMark level={state === 'up' ? 'good' : 'bad'} />
              {backendName(backend)}: {t(state === 'up' ? 'backend-up' : 'backend-down')}
            </li>
          ))}
        </ul>
      </td>
      <td class="figure">{formatNumber(status.sockets)}</td>
      <td class="figure">{formatNumber(status.rooms)}</td>
      <td class="figure">{orUnknown(entriesPerSecond, rateText)}</td>
      <td class="figure">{durationText(status.archiveLagMs)}</td>
      <td class="figure">{durationText(status.loopDelayMs)}</td>
      <td class="figure">{formatNumber(status.tags)}</td>
      <td class="figure" title={timeText(status.startedAt)}>
        {durationText(status.uptimeSeconds * 1_000)}
      </td>
      <td>
        <bdi>{status.version}</bdi>
      </td>
      <td class="figure">{formatNumber(status.pid, { useGrouping: false })}</td>
    </tr>
  );
}
