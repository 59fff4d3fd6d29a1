import type { SystemEntry, SystemLevel } from '@pinroom/client';
import { addressOfRoom } from '../address.js';
import { LevelMark, type MarkLevel } from '../level-mark.js';
import { timeText } from '../words.js';
import { payloadParts } from './log-entries.js';
import { levelText, logTypeText } from './log-words.js';

const MARKS: { readonly [L in SystemLevel]: MarkLevel } = {
  info: 'info',
  warn: 'warn',
  error: 'bad',
};

interface LogRowProps {
  readonly entry: SystemEntry;
  readonly nodeName: string;
}

export function LogRow({ entry, nodeName }: LogRowProps) {
  const { at, id, level, payload, type } = entry;
  return (
    <li class="log-row" data-entry={id} data-level={level} data-type={type}>
      <LevelMark level={MARKS[level]} />
      <div>
        <p class="log-line">
          <span class={level === 'info' ? 'unseen' : 'log-level'}>{levelText(level)}</span>
          <strong>{logTypeText(type)}</strong>
          <time class="quiet" dateTime={new Date(at).toISOString()} title={id}>
            {timeText(at)}
          </time>
          <bdi class="quiet" title={entry.nodeId}>
            {nodeName}
          </bdi>
        </p>
        <ul class="log-payload" dir="ltr">
          {payloadParts(payload).map(({ name, value }) => (
            <li key={name}>
              <code>{name}</code>{' '}
              {name === 'roomId' ? <a href={addressOfRoom(value)}>{value}</a> : <bdi>{value}</bdi>}
            </li>
          ))}
        </ul>
      </div>
    </li>
  );
}
