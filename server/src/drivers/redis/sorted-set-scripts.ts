import { defineScript } from './scripts.js';

/** Members of a sorted set by time whose time has not come yet. */
export const livingMembers = defineScript({
  name: 'living-members',
  keys: (key: string) => [key],
  args: () => [],
  reply: (raw) => raw as string[],
});
