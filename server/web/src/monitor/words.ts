import { formatNumber, formatTime, t } from '../i18n/translate.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type TimeUnit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day';

/** A number as it stands in a tile or a table: whole, or with one digit where it is small. */
export function countText(value: number): string {
  return formatNumber(value, { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 });
}

/** A number for the narrow place beside a chart. */
export function compactText(value: number): string {
  return formatNumber(value, { notation: 'compact', maximumFractionDigits: 2 });
}

export function rateText(perSecond: number): string {
  return t('per-second', { value: countText(perSecond) });
}

/** 250 ms, 4.2 s, 3 min 20 s, 5 h 10 min, 12 d 4 h. */
export function durationText(ms: number): string {
  if (ms < SECOND) return unit(Math.round(ms), 'millisecond');
  if (ms < MINUTE) return unit(ms / SECOND, 'second', ms < 10 * SECOND ? 1 : 0);
  if (ms < HOUR) return pair(ms, MINUTE, 'minute', SECOND, 'second');
  if (ms < DAY) return pair(ms, HOUR, 'hour', MINUTE, 'minute');
  return pair(ms, DAY, 'day', HOUR, 'hour');
}

/** Where nothing is known. */
export const UNKNOWN = '–';

export function orUnknown(
  value: number | null | undefined,
  text: (value: number) => string,
): string {
  return value === null || value === undefined ? UNKNOWN : text(value);
}

/** The day as well, unless it is today. */
export const timeText = formatTime;

/** The end of an id: it tells ids of the same time apart. */
export function shortId(id: string): string {
  return id.slice(-8);
}

function pair(ms: number, big: number, bigUnit: TimeUnit, small: number, smallUnit: TimeUnit) {
  const bigs = Math.floor(ms / big);
  const smalls = Math.floor((ms % big) / small);
  return smalls === 0 ? unit(bigs, bigUnit) : `${unit(bigs, bigUnit)} ${unit(smalls, smallUnit)}`;
}

function unit(value: number, name: TimeUnit, digits = 0): string {
  return formatNumber(value, {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  });
}
