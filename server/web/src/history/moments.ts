import { formatMoment } from '../i18n/translate.js';

export function timeText(at: number): string {
  return formatMoment(at, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
}

export function dayText(at: number): string {
  return formatMoment(at, { dateStyle: 'full' });
}

export function dayOnlyText(at: number): string {
  return formatMoment(at, { dateStyle: 'medium' });
}

export function dateText(at: number): string {
  return formatMoment(at, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The day of a moment where the reader is, as `2026-05-03`. */
export function dayOf(at: number): string {
  const moment = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
