import type { Member, Role } from '@pinroom/client/contract';

const ROLES: { readonly [letter: string]: Role } = { h: 'host', p: 'player', s: 'spectator' };

export const ROLE_LETTERS: { readonly [R in Role]: string } = {
  host: 'h',
  player: 'p',
  spectator: 's',
};

/** Looks of a nickname as scripts take them. */
export function joinLooks(looks: readonly string[]): string {
  return looks.join('\u001f');
}

/** `<role><muted>:<joinSeq>:<joinedAt>:<nickname as JSON>` and, behind U+001F, the folded nickname. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the separator that no nickname contains.
const MEMBER = /^([hps])([01]):(\d+):(\d+):([^\u001f]*)\u001f/;

export interface KeptMember extends Omit<Member, 'online'> {
  /** Place in the order of joining. */
  readonly joinSeq: number;
}

/** Reads a value of the members hash; null: none, or of somebody who has left. */
export function parseMember(userId: string, value: string | null | undefined): KeptMember | null {
  const match = MEMBER.exec(value ?? '');
  if (!match) return null;
  const [, letter = '', muted, joinSeq, joinedAt, nickname = ''] = match;
  return {
    userId,
    nickname: JSON.parse(nickname) as string,
    role: ROLES[letter] ?? 'spectator',
    joinedAt: Number(joinedAt),
    muted: muted === '1',
    joinSeq: Number(joinSeq),
  };
}

/** The member as people see it. */
export function toMember({ joinSeq: _, ...member }: KeptMember, online: boolean): Member {
  const { userId, nickname, role, joinedAt, muted } = member;
  return { userId, nickname, role, joinedAt, online, muted };
}
