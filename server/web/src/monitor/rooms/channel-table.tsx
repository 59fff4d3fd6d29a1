import type { OperatorRoomView } from '@pinroom/client';
import { t } from '../../i18n/translate.js';
import { ScrollRegion } from '../scroll-region.js';
import { UNKNOWN } from '../words.js';
import { channelText } from './channel-words.js';

const COLUMNS = ['channel', 'newest', 'archived', 'waiting'] as const;

export function ChannelTable({ channels }: Pick<OperatorRoomView, 'channels'>) {
  return (
    <section aria-labelledby="channels" class="part">
      <h2 id="channels">{t('room.channels')}</h2>
      {channels.length === 0 ? (
        <p class="empty">{t('room.no-channels')}</p>
      ) : (
        <ScrollRegion label={t('table.channels')}>
          <table class="table">
            <caption class="unseen">{t('table.channels')}</caption>
            <thead>
              <tr>
                {COLUMNS.map((name) => (
                  <th key={name} scope="col">
                    {t(`channel.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {channels.map(({ channel, lastId, archivedId }) => (
                <tr key={channel} data-channel={channel}>
                  <th scope="row">{channelText(channel)}</th>
                  <td>
                    <code>{lastId ?? UNKNOWN}</code>
                  </td>
                  <td>
                    <code>{archivedId ?? UNKNOWN}</code>
                  </td>
                  <td>{t(lastId === archivedId ? 'channel.all-archived' : 'channel.some-wait')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  );
}
