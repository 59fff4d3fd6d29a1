import { SYSTEM_EVENT_TYPES, type SystemEventType, type SystemLevel } from '@pinroom/client';
import { useId } from 'preact/hooks';
import { t } from '../../i18n/translate.js';
import type { LogStore } from './log-store.js';
import { logTypeText } from './log-words.js';

const LEVELS = ['info', 'warn', 'error'] as const satisfies readonly SystemLevel[];

export function LogFilters({ log }: { readonly log: LogStore }) {
  const [typeId, levelId, textId] = [useId(), useId(), useId()];
  return (
    <search>
      <form class="row filter-row" onSubmit={(event) => event.preventDefault()}>
        <div class="field">
          <label class="field-label" for={typeId}>
            {t('log.type')}
          </label>
          <select
            id={typeId}
            value={log.type.value ?? ''}
            onChange={(event) => {
              const wanted = event.currentTarget.value;
              log.choose(wanted === '' ? null : (wanted as SystemEventType));
            }}
          >
            <option value="">{t('log.every-type')}</option>
            {SYSTEM_EVENT_TYPES.map((type) => (
              <option key={type} value={type}>
                {logTypeText(type)}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label class="field-label" for={levelId}>
            {t('log.level')}
          </label>
          <select
            id={levelId}
            value={log.level.value}
            onChange={(event) => {
              log.level.value = event.currentTarget.value as SystemLevel;
            }}
          >
            {LEVELS.map((level) => (
              <option key={level} value={level}>
                {t(`log.from.${level}`)}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label class="field-label" for={textId}>
            {t('log.text')}
          </label>
          <input
            id={textId}
            type="search"
            autocomplete="off"
            value={log.text.value}
            onInput={(event) => {
              log.text.value = event.currentTarget.value;
            }}
          />
        </div>
      </form>
    </search>
  );
}
