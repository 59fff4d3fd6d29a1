import type { OperatorRoomView } from '@pinroom/client';
import type { ComponentChildren } from 'preact';
import { formatNumber, t } from '../../i18n/translate.js';
import { pinGroups } from '../../ui/pin-text.js';
import { CopyId } from '../copy-id.js';
import { durationText, timeText } from '../words.js';
import { roomStateText, titleText } from './room-words.js';

interface RoomFactsProps {
  readonly view: OperatorRoomView;
  readonly now: number;
}

export function RoomFacts({ view, now }: RoomFactsProps) {
  const { room, hostState, memberCount } = view;
  return (
    <section aria-labelledby="facts" class="part">
      <h2 id="facts">{t('room.facts')}</h2>
      <dl class="facts card">
        {room.pin ? (
          <Fact name={t('room.pin')}>
            <bdi class="pin" dir="ltr">
              {pinGroups(room.pin).join(' ')}
            </bdi>
          </Fact>
        ) : null}
        <Fact name={t('room.state')}>
          {room.closedAt === null
            ? roomStateText(room)
            : t('room.closed-at', { time: timeText(room.closedAt) })}
        </Fact>
        <Fact name={t('room.host-state')}>{t(`host-state.${hostState}`)}</Fact>
        <Fact name={t('room.people')}>
          {t('room.online-of', {
            online: formatNumber(room.online),
            members: formatNumber(memberCount),
          })}
        </Fact>
        <Fact name={t('room.capacity')}>{formatNumber(room.capacity)}</Fact>
        <Fact name={t('room.backlog')}>{formatNumber(room.backlog)}</Fact>
        <Fact name={t('room.created')}>{timeText(room.createdAt)}</Fact>
        <Fact name={t('room.active')}>
          {t('ago', { time: durationText(Math.max(0, now - room.activeAt)) })}
        </Fact>
        <Fact name={t('room.expires')}>{timeText(room.expiresAt)}</Fact>
        <Fact name={t('room.id')}>
          <CopyId id={room.id} name={titleText(room.title)} />
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt class="fact-name">{name}</dt>
      <dd class="fact-value">{children}</dd>
    </div>
  );
}
