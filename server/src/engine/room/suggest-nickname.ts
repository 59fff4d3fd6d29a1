import { LIMITS } from '@pinroom/client/contract';
import { AppError } from '../runtime/app-error.js';
import type { People } from './people.port.js';
import { nicknameForms } from './text.js';

/** What is put behind a nickname that is taken: first the small numbers, then larger strides. */
const NUMBERS = [2, 3, 4, 5, 6, 7, 8, 9, 12, 17, 23, 31, 47, 64, 86, 119, 211, 373, 619, 997];

/** What is told of a nickname that is taken: with one that is like it and free, where one is found. */
export async function nicknameTaken(
  people: Pick<People, 'firstFree'>,
  { nickname, roomId }: { readonly nickname: string; readonly roomId: string },
): Promise<AppError> {
  const candidates = NUMBERS.map((number) => nicknameForms(numbered(nickname, number)));
  // A suggestion is a kindness: without it the answer is the same.
  const place = await people.firstFree(roomId, candidates).catch(() => null);
  const suggestion = place === null ? undefined : candidates[place]?.nickname;
  return new AppError('nickname_taken', undefined, { suggestion });
}

/** The number replaces one that stands there already. */
function numbered(nickname: string, number: number): string {
  const ending = ` ${number}`;
  const base = nickname.replace(/\s\d{1,3}$/u, '');
  return (
    [...base]
      .slice(0, LIMITS.nicknameLength - ending.length)
      .join('')
      .trimEnd() + ending
  );
}
