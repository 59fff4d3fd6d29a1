import type { OperatorRoomView } from '@pinroom/client';
import { formatNumber, t } from '../../i18n/translate.js';
import { CopyId } from '../copy-id.js';
import { ScrollRegion } from '../scroll-region.js';
import { timeText } from '../words.js';
import { Pager } from './pager.js';
import type { RoomStore } from './room-store.js';

const COLUMNS = ['name', 'role', 'here', 'voice', 'joined', 'id'] as const;

interface MemberTableProps {
  readonly store: RoomStore;
  readonly view: OperatorRoomView;
}

export function MemberTable({ store, view }: MemberTableProps) {
  const { members, memberCount, nextCursor } = view;
  return (
    <section aria-labelledby="members" class="part">
      <h2 id="members">
        {t('room.members', { count: memberCount, shown: formatNumber(memberCount) })}
      </h2>
      {members.length === 0 ? (
        <p class="empty">{t('room.no-members')}</p>
      ) : (
        <ScrollRegion label={t('table.members')}>
          <table class="table">
            <caption class="unseen">{t('table.members')}</caption>
            <thead>
              <tr>
                {COLUMNS.map((name) => (
                  <th key={name} scope="col">
                    {t(`member.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {members.map((member) => (
                <tr key={member.userId} data-member={member.userId}>
                  <th scope="row" class="member-name">
                    <bdi>{member.nickname}</bdi>
                  </th>
                  <td>{t(`role.${member.role}`)}</td>
                  <td>{t(member.online ? 'online' : 'away')}</td>
                  <td>{t(member.muted ? 'muted' : 'member.may-speak')}</td>
                  <td class="figure">{timeText(member.joinedAt)}</td>
                  <td>
                    <CopyId id={member.userId} name={member.nickname} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      <Pager
        label={t('room.member-pages')}
        pages={store.pages}
        hasNext={nextCursor !== null}
        onNext={() => void store.next()}
        onBack={() => void store.back()}
      />
    </section>
  );
}
