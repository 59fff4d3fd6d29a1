import { language } from '../i18n/translate.js';

/** Making a formatter costs far more than using it, and a history has a moment in every line. */
const made = new Map<string, Intl.DateTimeFormat>();

function formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value}:${name}`;
  const known = made.get(key) ?? new Intl.DateTimeFormat(language.value, options);
  made.set(key, known);
  return known;
}

export function timeText(at: number): string {
  return formatter('time', { hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(at);
}

export function dayText(at: number): string {
  return formatter('day', { dateStyle: 'full' }).format(at);
}

export function dayOnlyText(at: number): string {
  return formatter('day-only', { dateStyle: 'medium' }).format(at);
}

export function dateText(at: number): string {
  return formatter('date', { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** The day of a moment where the reader is, as `2026-05-03`. */
export function dayOf(at: number): string {
  const moment = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
