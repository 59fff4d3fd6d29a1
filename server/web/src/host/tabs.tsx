import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '../ui/icons.js';
import { tabPlaceFor } from '../ui/tab-keys.js';

interface Tab<Id extends string> {
  readonly id: Id;
  readonly name: string;
  readonly icon: IconName;
  /** How much waits there; nothing is shown for 0. */
  readonly badge?: number;
  readonly badgeText?: string;
  readonly content: ComponentChildren;
}

interface TabsProps<Id extends string> {
  readonly label: string;
  /** Of the ids in the document. */
  readonly prefix: string;
  readonly tabs: readonly Tab<Id>[];
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
}

/** Tabs as the ARIA practices have them: one stop for the keyboard, arrows go from tab to tab. */
export function Tabs<Id extends string>({
  label,
  prefix,
  tabs,
  selected,
  onSelect,
}: TabsProps<Id>) {
  const at = tabs.findIndex(({ id }) => id === selected);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = tabPlaceFor(event.key, at, tabs.length);
    const tab = next === null ? undefined : tabs[next];
    if (!tab) return;
    event.preventDefault();
    onSelect(tab.id);
    document.getElementById(`${prefix}-tab-${tab.id}`)?.focus();
  };
  return (
    <div class={`tabs tabs-${prefix}`}>
      <div role="tablist" class="tab-list" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map(({ id, name, icon, badge = 0, badgeText = '' }) => (
          <button
            key={id}
            type="button"
            role="tab"
            class="tab"
            id={`${prefix}-tab-${id}`}
            aria-selected={id === selected}
            aria-controls={`${prefix}-${id}`}
            tabIndex={id === selected ? 0 : -1}
            onClick={() => onSelect(id)}
          >
            <Icon name={icon} />
            <span>{name}</span>
            {badge > 0 ? (
              <>
                <span class="badge" aria-hidden="true">
                  {badge}
                </span>
                <span class="unseen">, {badgeText}</span>
              </>
            ) : null}
          </button>
        ))}
      </div>
      {tabs.map(({ id, content }) => (
        <div
          key={id}
          role="tabpanel"
          class="tab-panel"
          id={`${prefix}-${id}`}
          aria-labelledby={`${prefix}-tab-${id}`}
          tabIndex={id === selected ? 0 : -1}
          hidden={id !== selected}
        >
          {id === selected ? content : null}
        </div>
      ))}
    </div>
  );
}
