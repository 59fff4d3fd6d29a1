import { signal } from '@preact/signals';
import { faultText } from '../faults/fault-text.js';
import { announce } from '../ui/announcer.js';

export interface Notice {
  readonly id: number;
  readonly isBad: boolean;
  readonly text: string;
}

const SHOWN_MS = { good: 6_000, bad: 30_000 };
const MOST = 3;

/** What has happened, in words, until it was seen. */
export const notices = signal<readonly Notice[]>([]);
let lastId = 0;

/** Bad news stay longer, but not for ever: the audience may be looking. */
export function notice(text: string, { isBad = false } = {}): void {
  const id = ++lastId;
  const others = notices.value.filter((other) => other.text !== text);
  notices.value = [...others, { id, isBad, text }].slice(-MOST);
  announce(text, { urgent: isBad });
  setTimeout(() => dismiss(id), isBad ? SHOWN_MS.bad : SHOWN_MS.good);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((other) => other.id !== id);
}

/** Carries a command out and says so where it fails; whether it went well. */
export async function attempt(command: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await command();
    if (done !== undefined) notice(done);
    return true;
  } catch (fault) {
    notice(faultText(fault), { isBad: true });
    return false;
  }
}
