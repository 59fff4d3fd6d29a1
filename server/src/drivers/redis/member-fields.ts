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

/** Between the member and the folded nickname; no nickname contains it. */
const END = '\u001f';

export interface KeptMember extends Omit<Member, 'online'> {
  /** Place in the order of joining. */
  readonly joinSeq: number;
}

/**
 * Reads a value of the members hash, `<role><muted>:<joinSeq>:<joinedAt>:<nickname as JSON>U+001F…`; null:
 * none, or of somebody who has left, whose role is a capital. By hand: a join reads a hundred of them.
 */
export function parseMember(userId: string, value: string | null | undefined): KeptMember | null {
  const role = ROLES[value?.[0] ?? ''];
  if (!value || !role) return null;
  const seqEnd = value.indexOf(':', 3);
  const dateEnd = value.indexOf(':', seqEnd + 1);
  const end = value.indexOf(END, dateEnd);
  if (seqEnd < 0 || dateEnd < 0 || end < 0) return null;
  const json = value.slice(dateEnd + 1, end);
  return {
    userId,
    nickname: json.includes('\\') ? (JSON.parse(json) as string) : json.slice(1, -1),
    role,
    joinedAt: Number(value.slice(seqEnd + 1, dateEnd)),
    muted: value[1] === '1',
    joinSeq: Number(value.slice(3, seqEnd)),
  };
}

/** The member as people see it. */
export function toMember(kept: KeptMember, online: boolean): Member {
  const { userId, nickname, role, joinedAt, muted } = kept;
  return { userId, nickname, role, joinedAt, online, muted };
}
