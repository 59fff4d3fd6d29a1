import type { Entry } from '@pinroom/client/contract';

/** What reading back needs of the hot end of a channel; the feed has it. */
export interface HotEntries {
  /** What is kept of a range, ascending, as far as it fits; bounds are exclusive, null is open. */
  read(range: {
    readonly roomId: string;
    readonly channel: string;
    readonly after: string | null;
    readonly before: string | null;
    readonly limit: number;
    readonly take: 'oldest' | 'newest';
    readonly maxBytes: number;
  }): Promise<{ readonly entries: readonly Entry[]; readonly isCut: boolean }>;
  /** The channel's newest id; null: nothing was ever written to it. */
  top(roomId: string, channel: string): Promise<string | null>;
}
