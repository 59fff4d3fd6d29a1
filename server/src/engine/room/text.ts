import { AppError } from '../runtime/app-error.js';
import { looksOf } from './look-alikes.js';
import type { JoinRequest } from './member-store.port.js';

/** Characters that take no place on a screen: they must not make two texts that look alike differ. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

/** One line as it is kept: composed (NFC), trimmed, with single spaces. */
export function normaliseLine(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** A nickname as it is kept; `bad_request` when nothing visible is left of it. */
export function normaliseNickname(nickname: string): string {
  const line = normaliseLine(nickname);
  if (line.replace(INVISIBLE, '').trim() === '') {
    throw new AppError('bad_request', 'The nickname has nothing that could be seen.');
  }
  return line;
}

/**
 * A nickname as a reader would compare it: compatibility forms (NFKC), case and invisible
 * characters make no difference.
 */
export function foldNickname(nickname: string): string {
  return nickname
    .normalize('NFKC')
    .replace(INVISIBLE, '')
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
