import { useSignal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import { CountdownComposer } from './countdown-composer.js';
import type { HostRoom } from './host-room.js';
import { QuestionComposer } from './question-composer.js';
import { recall, remember } from './tab-memory.js';
import { Tabs } from './tabs.js';
import { TextComposer } from './text-composer.js';

const KINDS = ['question', 'text', 'countdown'] as const;
type Kind = (typeof KINDS)[number];
/** Whoever looks at the people and comes back goes on where they were. */
const KEPT_AS = 'composer';

/** What a host sends to everybody. */
export function Composer({ room }: { readonly room: HostRoom }) {
  const kind = useSignal<Kind>(KINDS.find((one) => one === recall(KEPT_AS)) ?? 'question');
  return (
    <section aria-labelledby="composer-title">
      <h2 id="composer-title" class="panel-title">
        {t('composer.title')}
      </h2>
      <Tabs
        label={t('composer.kind')}
        prefix="compose"
        selected={kind.value}
        onSelect={(wanted) => {
          kind.value = wanted;
          remember(KEPT_AS, wanted);
        }}
        tabs={[
          {
            id: 'question',
            name: t('composer.question'),
            icon: 'check',
            content: <QuestionComposer room={room} />,
          },
          {
            id: 'text',
            name: t('composer.text'),
            icon: 'chat',
            content: <TextComposer room={room} />,
          },
          {
            id: 'countdown',
            name: t('composer.countdown'),
            icon: 'clock',
            content: <CountdownComposer room={room} />,
          },
        ]}
      />
    </section>
  );
}
