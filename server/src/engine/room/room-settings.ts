import { LIMITS, type Settings, type SettingsPatch } from '@pinroom/client/contract';

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
  const { passcode, ...visible } = patch;
  const passcodeRequired = passcode === undefined ? current.passcodeRequired : passcode !== null;
  return { ...current, ...visible, passcodeRequired };
}

/** Places for spectators: as many as for players, up to a bound. */
export function spectatorPlaces(capacity: number): number {
  return Math.min(capacity, LIMITS.spectators);
}
