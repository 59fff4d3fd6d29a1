import { isolate } from '../i18n/isolate.js';
import { t } from '../i18n/translate.js';
import { PageFrame } from './page-frame.js';
import { Trouble } from './trouble.js';
import { ViewTitle } from './view-title.js';
import type { Goal, Visit } from './visit.js';

interface JoiningViewProps {
  readonly visit: Visit;
  readonly goal: Goal;
}

/** On the way into a room: the first connection, or back after a reload. */
export function JoiningView({ visit, goal }: JoiningViewProps) {
  const title = isolate(goal.title || t('untitled'));
  return (
    <PageFrame>
      <div class="still" data-state="joining">
        <span class="spinner spinner-large" aria-hidden="true" />
        <ViewTitle windowTitle={goal.title}>
          <span class="whole-text">
            {goal.isReturn ? t('joining.back', { title }) : t('joining.title', { title })}
          </span>
        </ViewTitle>
        <Trouble visit={visit} />
        <button type="button" class="button" onClick={() => visit.cancel()}>
          {t('cancel')}
        </button>
      </div>
    </PageFrame>
  );
}
