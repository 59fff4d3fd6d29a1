import type { SettingsPatch } from '@pinroom/client/contract';
import type { TokenSecrets } from '../auth/token-secrets.js';
import { AppError } from '../runtime/app-error.js';
import type { Metrics } from '../runtime/metrics.js';
import { rateLimited } from '../runtime/rate-limited.js';
import type { PasscodeTries } from './passcode-tries.port.js';
import type { PinSeeker } from './pin-registry.port.js';
import type { PinWatch } from './pin-watch.js';
import type { RoomRecord } from './room-record.port.js';
import { normaliseLine } from './text.js';

export interface PasscodeParts {
  readonly tries: PasscodeTries;
  readonly secrets: TokenSecrets;
  readonly watch: Pick<PinWatch, 'note'>;
  readonly metrics: Metrics;
}

/** What somebody has shown for a passcode. */
export interface PasscodeProof {
  /** The hash of the passcode that was proven; null: none was. */
  readonly hash: string | null;
  /** What who needs one is told; null: that it is needed. */
  readonly refusal: AppError | null;
}

/** Nothing was shown, or nothing is asked for. */
export const NO_PROOF: PasscodeProof = { hash: null, refusal: null };

const TOO_MANY_GUESSES = {
  session: 'Too many wrong passcodes. Wait a little before you try another one.',
  address:
    'Too many wrong passcodes and PINs come from your network. Wait a little, and try again.',
} as const;

const PURPOSE = 'passcode';

function dataOf(roomId: string, passcode: string): string {
  return `${roomId}\n${normaliseLine(passcode)}`;
}

/**
 * A room's new passcode as it is kept: nothing where the settings do not change it, null where they
 * take it away. A mac under the server's secret: see decision 12.
 */
export function passcodeChange(
  roomId: string,
  { passcode }: SettingsPatch,
  secrets: TokenSecrets,
): { readonly passcodeHash?: string | null } {
  if (passcode === undefined) return {};
  if (passcode === null) return { passcodeHash: null };
  if (normaliseLine(passcode) === '') {
    throw new AppError('bad_request', 'The passcode has nothing but spaces.');
  }
  return { passcodeHash: secrets.mac(PURPOSE, dataOf(roomId, passcode)) };
}

/** Checks passcodes, so many in a while that nobody guesses one. */
export class Passcodes {
  readonly #parts: PasscodeParts;

  constructor(parts: PasscodeParts) {
    this.#parts = parts;
  }

  /**
   * What a seeker shows for a room's passcode. Whether it was right is told only to who may still
   * guess; a missing one is no guess.
   */
  async check(
    room: Pick<RoomRecord, 'id' | 'passcodeHash'>,
    passcode: string | undefined,
    seeker: PinSeeker,
  ): Promise<PasscodeProof> {
    const { metrics, secrets, tries, watch } = this.#parts;
    const isGuess = passcode !== undefined && normaliseLine(passcode) !== '';
    if (room.passcodeHash === null || !isGuess) return NO_PROOF;
    const data = dataOf(room.id, passcode);
    const isRight = secrets.verify(PURPOSE, data, room.passcodeHash);
    const refused = await tries.try(secrets.mac(PURPOSE, data), isRight, seeker);
    if (refused) {
      watch.note('refused');
      const { by, retryAfterMs } = refused;
      const message = TOO_MANY_GUESSES[by];
      return { hash: null, refusal: rateLimited(metrics, `pins_of_${by}`, retryAfterMs, message) };
    }
    if (isRight) return { hash: room.passcodeHash, refusal: null };
    watch.note('missed', seeker.sessionId);
    return NO_PROOF;
  }
}
