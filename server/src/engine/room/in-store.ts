import { AppError } from '../runtime/app-error.js';
import type { RoomDirectory } from './room-directory.js';

/**
 * Runs a step of the store; where the store has lost the room, brings it back from the archive and runs
 * the step once more. `room_not_found` where nobody has it.
 */
export async function inStore<T extends { readonly kind: string }>(
  directory: Pick<RoomDirectory, 'restore'>,
  roomId: string,
  run: () => Promise<T>,
): Promise<Exclude<T, { readonly kind: 'absent' }>> {
  let outcome = await run();
  if (outcome.kind === 'absent' && (await directory.restore(roomId))) outcome = await run();
  if (outcome.kind === 'absent') throw new AppError('room_not_found');
  return outcome as Exclude<T, { readonly kind: 'absent' }>;
}
