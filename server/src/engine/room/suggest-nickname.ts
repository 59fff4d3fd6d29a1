import { LIMITS } from '@pinroom/client/contract';
import type { People } from './people.port.js';
import { nicknameForms } from './text.js';

/** What is put behind a nickname that is taken: first the small numbers, then larger strides. */
const NUMBERS = [2, 3, 4, 5, 6, 7, 8, 9, 12, 17, 23, 31, 47, 64, 86, 119, 211, 373, 619, 997];

/** A nickname that is like the one that is taken, and free; undefined: none was found, or nobody answered. */
export async function suggestNickname(
  people: Pick<People, 'firstFree'>,
  roomId: string,
  nickname: string,
): Promise<string | undefined> {
  const candidates = NUMBERS.map((number) => nicknameForms(numbered(nickname, number)));
  // A suggestion is a kindness: without it the answer is the same.
  const place = await people.firstFree(roomId, candidates).catch(() => null);
  return place === null ? undefined : candidates[place]?.nickname;
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
