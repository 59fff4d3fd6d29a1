import { signal } from '@preact/signals';
import { faultText } from '../faults/fault-text.js';
import { announce } from '../ui/announcer.js';

export interface Notice {
  readonly id: number;
  readonly isBad: boolean;
  readonly text: string;
}

const SHOWN_MS = 6_000;
const MOST = 3;

/** What has happened, in words, until it was seen. */
export const notices = signal<readonly Notice[]>([]);
let lastId = 0;

/** Good news go by themselves; bad ones stay until somebody has read them. */
export function notice(text: string, { isBad = false } = {}): void {
  const id = ++lastId;
  const others = notices.value.filter((other) => other.text !== text);
  notices.value = [...others, { id, isBad, text }].slice(-MOST);
  announce(text, { urgent: isBad });
  if (!isBad) setTimeout(() => dismiss(id), SHOWN_MS);
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
