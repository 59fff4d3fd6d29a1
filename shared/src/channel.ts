import type { Role } from './model.js';

/** Channels are `room`, `host`, `log` and `user:<userId>`. */
const USER_PREFIX = 'user:';

/** The user of a `user:<userId>` channel, else null. */
export function channelUser(channel: string): string | null {
  return channel.startsWith(USER_PREFIX) ? channel.slice(USER_PREFIX.length) : null;
}

export function userChannel(userId: string): string {
  return USER_PREFIX + userId;
}

/** Whether a member may read a channel. */
export function mayRead(channel: string, role: Role, userId: string): boolean {
  if (channel === 'room') return true;
  if (channel === 'host' || channel === 'log') return role === 'host';
  return channelUser(channel) === userId;
}

/** The channels that a member follows from the moment of joining. */
export function followedChannels(role: Role, userId: string): string[] {
  const own = userChannel(userId);
  return role === 'host' ? ['room', 'host', 'log', own] : ['room', own];
}
