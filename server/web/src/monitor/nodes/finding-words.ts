import { isolate } from '../../i18n/isolate.js';
import { formatNumber, hasMessage, t } from '../../i18n/translate.js';
import type { Finding } from '../figures/findings.js';
import { durationText, timeText } from '../words.js';

/** What is wrong, as a sentence. */
export function findingText(finding: Finding, nodeName: (id: string) => string): string {
  const where = finding.everywhere
    ? t('finding.everywhere')
    : t('finding.nodes', {
        count: finding.nodeIds.length,
        names: finding.nodeIds.map((id) => isolate(nodeName(id))).join(', '),
      });
  switch (finding.kind) {
    case 'no-nodes':
      return t('finding.no-nodes');
    case 'backend-down':
      return t('finding.backend-down', { backend: backendName(finding.backend), where });
    case 'archive-lag':
      return t('finding.archive-lag', { time: durationText(finding.ms), where });
    case 'loop-delay':
      return t('finding.loop-delay', { time: durationText(finding.ms), where });
    case 'silent':
      return t('finding.silent', { time: durationText(finding.ms), where });
    case 'refused':
      return t('finding.refused', {
        code: isolate(finding.code),
        count: finding.count,
        shown: formatNumber(finding.count),
        where,
      });
    case 'gone':
      return t('finding.gone', { time: timeText(finding.lastAt), where });
    case 'draining':
      return t('finding.draining', { where });
  }
}

/** Backends are called by their names in every language; the embedded archive has none of its own. */
export function backendName(backend: string): string {
  const key = `backend.${backend}`;
  return hasMessage(key) ? t(key) : backend;
}
