import { useEffect, useRef } from 'preact/hooks';
import { formatNumber, t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';
import { textsOf, typeText } from './entry-texts.js';
import { elementIdOf } from './entry-view.js';
import type { ChannelView } from './history-store.js';
import { dateText } from './moments.js';
import { isWide } from './wide.js';

/** As long as one types on, nothing is looked for. */
const PAUSE_MS = 200;

interface SearchPanelProps {
  readonly view: ChannelView;
  readonly id: string;
  readonly onClose: () => void;
}

/** Search and filter within what is loaded of a channel, and how to load the rest. */
export function SearchPanel({ view, id, onClose }: SearchPanelProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const { search } = view;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const look = () => {
    clearTimeout(timer.current);
    const query = field.current?.value ?? '';
    if (query === search.query.value) return;
    search.look(query);
    if (search.needle.value !== '') announce(t('hits', { count: search.hits.value.length }));
  };
  const onInput = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(look, PAUSE_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose();
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    look();
    step(view, event.shiftKey ? -1 : 1);
  };
  return (
    <search id={id} class="search-panel">
      <div class="search-row">
        <label class="search-field">
          <span class="unseen">{t('search-label')}</span>
          <Icon name="search" />
          <input
            ref={field}
            type="search"
            defaultValue={search.query.value}
            placeholder={t('search-label')}
            aria-describedby="search-hint"
            autocomplete="off"
            enterkeyhint="search"
            onInput={onInput}
            onKeyDown={onKeyDown}
          />
        </label>
        <Hits view={view} />
      </div>
      <p id="search-hint" class="search-hint quiet">
        {t('search-hint')}
      </p>
      <TypeFilter view={view} />
      <Loaded view={view} />
    </search>
  );
}

function Hits({ view }: { readonly view: ChannelView }) {
  const { search } = view;
  const hits = search.hits.value;
  const current = search.current.value;
  if (search.needle.value === '') return null;
  const at = current === null ? 0 : hits.length - hits.indexOf(current);
  const none = hits.length === 0;
  const goTo = () => {
    const id = search.current.value ?? search.step(1);
    if (id !== null) document.getElementById(elementIdOf(id))?.focus();
  };
  return (
    <div class="search-hits">
      <span class="search-count" data-hits={hits.length}>
        {at > 0
          ? t('hit-of', { at: formatNumber(at), count: hits.length })
          : t('hits', { count: hits.length })}
      </span>
      <HitButton label={t('hit-next')} icon="up" disabled={none} onClick={() => step(view, 1)} />
      <HitButton
        label={t('hit-previous')}
        icon="down"
        disabled={none}
        onClick={() => step(view, -1)}
      />
      <button type="button" class="button" disabled={none} onClick={goTo}>
        {t('hit-go')}
      </button>
    </div>
  );
}

interface HitButtonProps {
  readonly label: string;
  /** The newest is the first hit and stands at the bottom: the next one is above it. */
  readonly icon: 'up' | 'down';
  readonly disabled: boolean;
  readonly onClick: () => void;
}

function HitButton({ label, icon, disabled, onClick }: HitButtonProps) {
  return (
    <button
      type="button"
      class="button icon-button"
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
        <path d={icon === 'up' ? 'M5 15l7-7 7 7' : 'M5 9l7 7 7-7'} />
      </svg>
    </button>
  );
}

function step({ search, log }: ChannelView, by: 1 | -1): void {
  const id = search.step(by);
  if (id === null) return;
  const hits = search.hits.value;
  const entry = log.chunks.value.flatMap(({ entries }) => entries).find((one) => one.id === id);
  requestAnimationFrame(() => {
    const element = document.getElementById(elementIdOf(id));
    element?.scrollIntoView({ block: 'center', behavior: 'instant' });
    if (!entry || !element) return;
    const at = formatNumber(hits.length - hits.indexOf(id));
    const text = textsOf(entry).filter(Boolean).join(', ').slice(0, 200);
    announce(t('hit', { at, count: formatNumber(hits.length), text }));
  });
}

function TypeFilter({ view: { log, search } }: { readonly view: ChannelView }) {
  const types = log.types.value;
  const chosen = search.types.value;
  if (types.length < 2 && chosen.size === 0) return null;
  const names = chosen.size === 0 ? [t('show-all')] : [...chosen].map(typeText);
  return (
    <details class="type-filter" open={isWide.value}>
      <summary>
        {t('filter')}: <bdi>{names.join(', ')}</bdi>
      </summary>
      <fieldset class="type-chips">
        <legend class="unseen">{t('filter')}</legend>
        <button
          type="button"
          class="button chip"
          aria-pressed={chosen.size === 0}
          onClick={() => search.showAll()}
        >
          {t('show-all')}
        </button>
        {types.map(([type, count]) => (
          <button
            key={type}
            type="button"
            class="button chip"
            aria-pressed={chosen.has(type)}
            data-filter={type}
            onClick={() => search.toggle(type)}
          >
            <bdi>{typeText(type)}</bdi> <span class="chip-count">{formatNumber(count)}</span>
          </button>
        ))}
      </fieldset>
    </details>
  );
}

function Loaded({ view: { log } }: { readonly view: ChannelView }) {
  const oldest = log.chunks.value[0]?.entries[0];
  const count = log.count.value;
  if (!oldest) return null;
  if (log.isWhole.value) return <p class="loaded quiet">{t('loaded-whole', { count })}</p>;
  const loadAll = async () => {
    await log.all();
    if (log.isWhole.value) announce(t('loaded-whole', { count: log.count.value }));
  };
  return (
    <div class="loaded">
      <p class="quiet">
        {log.isBusy.value
          ? t('loading-all', { count })
          : t('loaded-part', { count, date: dateText(oldest.at) })}
      </p>
      {log.isBusy.value ? (
        <button type="button" class="button" onClick={() => log.stop()}>
          {t('stop')}
        </button>
      ) : (
        <button type="button" class="button" onClick={loadAll}>
          {t('load-all')}
        </button>
      )}
    </div>
  );
}
