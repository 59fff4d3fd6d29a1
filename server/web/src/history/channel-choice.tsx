import { t } from '../i18n/translate.js';
import { tabPlaceFor } from '../ui/tab-keys.js';
import type { ChannelView, HistoryStore } from './history-store.js';
import { isWide } from './wide.js';

export const PANEL_ID = 'channel';

/** Tabs, or a select where they have no place. */
export function ChannelChoice({ store }: { readonly store: HistoryStore }) {
  const channels = store.channels.value;
  const chosen = store.chosen.value;
  if (isWide.value) return <Tabs store={store} channels={channels} chosen={chosen} />;
  return (
    <label class="channel-select">
      <span class="unseen">{t('channels')}</span>
      <select
        value={chosen?.name}
        onChange={(event) => store.choose(event.currentTarget.value)}
        data-channels
      >
        {channels.map(({ name, kind }) => (
          <option key={name} value={name}>
            {t(`channel.${kind}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TabsProps {
  readonly store: HistoryStore;
  readonly channels: readonly ChannelView[];
  readonly chosen: ChannelView | null;
}

function Tabs({ store, channels, chosen }: TabsProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (!chosen) return;
    const place = tabPlaceFor(event.key, channels.indexOf(chosen), channels.length);
    const next = place === null ? undefined : channels[place];
    if (!next) return;
    event.preventDefault();
    store.choose(next.name);
    document.getElementById(tabIdOf(next))?.focus();
  };
  return (
    <div role="tablist" aria-label={t('channels')} class="tabs" onKeyDown={onKeyDown}>
      {channels.map((view) => (
        <button
          key={view.name}
          id={tabIdOf(view)}
          type="button"
          role="tab"
          class="tab"
          aria-selected={view === chosen}
          aria-controls={PANEL_ID}
          tabIndex={view === chosen ? 0 : -1}
          data-channel={view.kind}
          onClick={() => store.choose(view.name)}
        >
          {t(`channel.${view.kind}`)}
        </button>
      ))}
    </div>
  );
}

/** What the panel of a channel is called by and is: it belongs to a tab where there are tabs. */
export function panelProps(view: ChannelView) {
  return isWide.value
    ? ({ role: 'tabpanel', 'aria-labelledby': tabIdOf(view) } as const)
    : ({ role: 'region', 'aria-label': t(`channel.${view.kind}`) } as const);
}

function tabIdOf({ kind }: ChannelView): string {
  return `tab-${kind}`;
}
