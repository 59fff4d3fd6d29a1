import { useSignal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import { CountdownComposer } from './countdown-composer.js';
import type { HostRoom } from './host-room.js';
import { QuestionComposer } from './question-composer.js';
import { Tabs } from './tabs.js';
import { TextComposer } from './text-composer.js';

type Kind = 'question' | 'text' | 'countdown';

/** What a host sends to everybody. */
export function Composer({ room }: { readonly room: HostRoom }) {
  const kind = useSignal<Kind>('question');
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
