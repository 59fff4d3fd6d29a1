import type { Entry } from '@pinroom/client';
import { isolate } from '../i18n/isolate.js';
import { hasMessage, t } from '../i18n/translate.js';
import { type Body, readBody } from './entry-body.js';
import type { LogLine } from './log-lines.js';

/** Who said it: null is the server or an application, an empty nickname somebody who was erased. */
export function authorOf({ from }: Entry): string | null {
  return from && (from.nickname || t('erased'));
}

export function logText({ key, values }: LogLine): string {
  const { name = '', before = '', title = '' } = values;
  return t(key, {
    ...values,
    name: isolate(name || t('somebody')),
    before: isolate(before || t('somebody')),
    title: isolate(title || t('untitled')),
  });
}

/** What a type is called; those of applications have no other name than their own. */
export function typeText(type: string): string {
  const key = `type.${type}`;
  return hasMessage(key) ? t(key) : type;
}

/** Whether the type has to stand beside the entry, as nothing else tells what it is. */
export function namesItsType(entry: Entry, body: Body): boolean {
  return body.kind === 'other' || (body.kind === 'text' && entry.type !== 'text');
}

/** What of an entry can be searched: all that its people have written, and all that is said of it. */
export function textsOf(entry: Entry): readonly string[] {
  const body = readBody(entry);
  const type = namesItsType(entry, body) ? [typeText(entry.type)] : [];
  return [authorOf(entry) ?? '', ...type, ...textsOfBody(body)];
}

function textsOfBody(body: Body): readonly string[] {
  switch (body.kind) {
    case 'text':
      return [body.text];
    case 'question':
      return [body.question.text, ...body.question.options];
    case 'result':
      return (body.result.scores ?? []).map(({ nickname }) => nickname);
    case 'countdown':
      return [body.countdown.text ?? ''];
    case 'log':
      return body.lines.map(logText);
    case 'other':
      return [body.json];
    default:
      return [];
  }
}
