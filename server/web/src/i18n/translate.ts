import { signal } from '@preact/signals';
import { IntlMessageFormat } from 'intl-messageformat';
import type commonMessages from '../messages/en/common.json';
import type historyMessages from '../messages/en/history.json';
import type hostMessages from '../messages/en/host.json';
import type monitorMessages from '../messages/en/monitor.json';
import type playerMessages from '../messages/en/player.json';
import { openStorage } from '../ui/page-storage.js';
import { chooseLanguage, LANGUAGES, type Language } from './languages.js';

interface PageMessages {
  player: typeof playerMessages;
  host: typeof hostMessages;
  monitor: typeof monitorMessages;
  history: typeof historyMessages;
}

export type PageName = keyof PageMessages;
export type MessageKey =
  | keyof typeof commonMessages
  | { [P in PageName]: keyof PageMessages[P] }[PageName];
export type MessageValues = { readonly [name: string]: string | number };

/** The language in use; whoever reads it is rendered again when it changes. */
export const language = signal<Language>('en');

const KEPT_AS = 'pinroom:language';
const storage = openStorage('localStorage');
const files = import.meta.glob<{ default: { [key: string]: string } }>('../messages/*/*.json');
let messages: { [key: string]: string } = {};
let compiled = new Map<string, IntlMessageFormat>();
/** Making one costs as much as using it a hundred times, and a list has hundreds of lines. */
let numbers = new Map<string, Intl.NumberFormat>();
let moments = new Map<string, Intl.DateTimeFormat>();
let wishes = 0;

/** What the user chose, or what the browser asks for. */
export function preferredLanguage(): Language {
  return chooseLanguage([storage.getItem(KEPT_AS), ...navigator.languages]);
}

/** Loads the messages of a page and turns the document to their direction. Rejects without a network. */
export async function speak(wanted: Language, page: PageName): Promise<void> {
  const wish = ++wishes;
  const parts = await Promise.all([load(wanted, 'common'), load(wanted, page)]);
  // Another one was wanted meanwhile.
  if (wish !== wishes) return;
  messages = Object.assign({}, ...parts);
  compiled = new Map();
  numbers = new Map();
  moments = new Map();
  document.documentElement.lang = wanted;
  document.documentElement.dir = LANGUAGES[wanted].direction;
  language.value = wanted;
}

/** Remembers the choice for this browser. */
export function keepLanguage(wanted: Language): void {
  storage.setItem(KEPT_AS, wanted);
}

/** A message in the language in use, in ICU's format: https://unicode-org.github.io/icu/userguide/format_parse/messages */
export function t(key: MessageKey, values: MessageValues = {}): string {
  const tag = language.value;
  let format = compiled.get(key);
  if (!format) {
    format = new IntlMessageFormat(messages[key] ?? key, tag, undefined, { ignoreTag: true });
    compiled.set(key, format);
  }
  return String(format.format(values));
}

/** Whether the language in use has this message: for keys that are put together. */
export function hasMessage(key: string): key is MessageKey {
  return Object.hasOwn(messages, key);
}

export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  const tag = language.value;
  const key = JSON.stringify(options);
  let format = numbers.get(key);
  if (!format) {
    format = new Intl.NumberFormat(tag, options);
    numbers.set(key, format);
  }
  return format.format(value);
}

const TIME = { timeStyle: 'medium' } as const;
const DAY_AND_TIME = { dateStyle: 'medium', ...TIME } as const;

/** A moment as people read it: the time, and the day unless it is today. */
export function formatTime(at: number): string {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return formatMoment(at, isToday ? TIME : DAY_AND_TIME);
}

export function formatMoment(at: number, options: Intl.DateTimeFormatOptions): string {
  const tag = language.value;
  const key = JSON.stringify(options);
  let format = moments.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(tag, options);
    moments.set(key, format);
  }
  return format.format(at);
}

async function load(wanted: Language, part: string): Promise<{ [key: string]: string }> {
  const file = files[`../messages/${wanted}/${part}.json`];
  if (!file) throw new Error(`No messages for ${part} in ${wanted}.`);
  return (await file()).default;
}
