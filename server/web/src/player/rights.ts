import type { Member, Room } from '@pinroom/client';

/** Why one cannot answer; null: one can. */
export type NoAnswer = 'spectator' | 'host' | 'muted' | 'not-allowed' | null;

/** Whether this member may answer questions here. */
export function whyNoAnswer({ role, muted }: Member, { settings }: Room): NoAnswer {
  if (role !== 'player') return role;
  if (muted) return 'muted';
  return mayUse(settings.typesByRole.player, 'answer') ? null : 'not-allowed';
}

/** Whether this member may write to everybody. */
export function mayWrite({ role, muted }: Member, { settings }: Room): boolean {
  if (role === 'spectator' || muted) return false;
  if (role === 'player' && !settings.playersMaySend) return false;
  return mayUse(settings.typesByRole[role], 'text');
}

/** A role without a list may send every type. */
function mayUse(types: readonly string[] | undefined, type: string): boolean {
  return types === undefined || types.includes(type);
}
