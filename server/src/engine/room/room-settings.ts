import { LIMITS, type Settings, type SettingsPatch } from '@pinroom/client/contract';
import { AppError } from '../runtime/app-error.js';

/** What a room starts with. */
export const DEFAULT_SETTINGS: Settings = {
  playersMaySend: true,
  typesByRole: {},
  slowModeSeconds: 0,
  approval: false,
  hostGraceSeconds: 60,
  onHostGone: 'keep',
  passcodeRequired: false,
};

/**
 * The settings after a change. What this server cannot keep yet is refused rather than promised:
 * `bad_request`.
 */
export function changeSettings(current: Settings, patch: SettingsPatch): Settings {
  if (patch.approval === true || (patch.passcode !== undefined && patch.passcode !== null)) {
    throw new AppError('bad_request', 'This server has no approval mode and no passcodes yet.');
  }
  const { passcode: _passcode, ...visible } = patch;
  return { ...current, ...visible };
}

/** Places for spectators: as many as for players, up to a bound. */
export function spectatorPlaces(capacity: number): number {
  return Math.min(capacity, LIMITS.spectators);
}
