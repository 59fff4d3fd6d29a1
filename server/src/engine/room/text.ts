import { AppError } from '../runtime/app-error.js';
import { withoutInvisible } from './invisible.js';
import { looksOf } from './look-alikes.js';
import type { JoinRequest } from './member-store.port.js';

/** One line as it is kept: composed (NFC), trimmed, with single spaces. */
export function normaliseLine(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** A nickname as it is kept; `bad_request` when nothing visible is left of it. */
export function normaliseNickname(nickname: string): string {
  const line = normaliseLine(nickname);
  if (withoutInvisible(line).trim() === '') {
    throw new AppError('bad_request', 'The nickname has nothing that could be seen.');
  }
  return line;
}

/**
 * A nickname as a reader would compare it: compatibility forms (NFKC), case and invisible
 * characters make no difference.
 */
export function foldNickname(nickname: string): string {
  return withoutInvisible(nickname.normalize('NFKC'))
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** A nickname with the forms in which a room compares it. */
export function nicknameForms(
  nickname: string,
): Pick<JoinRequest, 'nickname' | 'foldedNickname' | 'looks'> {
  return { nickname, foldedNickname: foldNickname(nickname), looks: looksOf(nickname) };
}
