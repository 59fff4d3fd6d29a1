import { useEffect } from 'preact/hooks';
import { isolate } from '../i18n/isolate.js';
import { t } from '../i18n/translate.js';
import { isReconnecting } from '../room/page-client.js';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';
import { PageFrame } from './page-frame.js';
import { ViewTitle } from './view-title.js';
import type { Goal, Visit } from './visit.js';
import { useWakeLock } from './wake-lock.js';

interface WaitingViewProps {
  readonly visit: Visit;
  readonly goal: Goal;
}

/** Before a door that a host opens. */
export function WaitingView({ visit, goal }: WaitingViewProps) {
  const isAway = isReconnecting.value;
  // Who sleeps loses the place in the line.
  useWakeLock(true);
  useEffect(() => {
    if (isAway) announce(t('connection.lost'));
  }, [isAway]);
  return (
    <PageFrame>
      <div class="still" data-state="waiting">
        <span class="still-icon">
          <Icon name="clock" />
        </span>
        <ViewTitle windowTitle={goal.title}>{t('waiting.title')}</ViewTitle>
        <p class="whole-text">
          {t('waiting.text', { title: isolate(goal.title || t('untitled')) })}
        </p>
        <p class="quiet waiting-hint">
          {isAway ? (
            t('connection.lost')
          ) : (
            <>
              <span class="spinner" aria-hidden="true" />
              {t('waiting.hint')}
            </>
          )}
        </p>
        <button type="button" class="button" onClick={() => visit.cancel()}>
          {t('cancel')}
        </button>
      </div>
    </PageFrame>
  );
}
