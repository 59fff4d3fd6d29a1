import { t } from '../../i18n/translate.js';
import { shortId } from '../words.js';

const USER = 'user:';

export function channelText(channel: string): string {
  if (channel === 'room' || channel === 'host' || channel === 'log') return t(`channel.${channel}`);
  if (channel.startsWith(USER)) return t('channel.user', { id: shortId(channel) });
  return channel;
}
