import { LIMITS, type Room, type SettingsPatch } from '@pinroom/client';

export type HostGone = 'keep' | 'transfer' | 'close';

/** What a host says about a room, as the form has it. */
export interface RoomFormValues {
  readonly title: string;
  /** As it was typed. */
  readonly capacity: string;
  readonly playersMaySend: boolean;
  readonly slowModeSeconds: number;
  readonly approval: boolean;
  readonly hasPasscode: boolean;
  /** Empty: as it is. */
  readonly passcode: string;
  readonly onHostGone: HostGone;
}

export const NEW_ROOM: RoomFormValues = {
  title: '',
  capacity: `${LIMITS.defaultCapacity}`,
  playersMaySend: false,
  slowModeSeconds: 0,
  approval: false,
  hasPasscode: false,
  passcode: '',
  onHostGone: 'keep',
};

export type RoomFormFault = 'capacity' | 'passcode';

export function valuesOf({ title, capacity, settings }: Room): RoomFormValues {
  const { playersMaySend, slowModeSeconds, approval, passcodeRequired, onHostGone } = settings;
  return {
    title,
    capacity: `${capacity}`,
    playersMaySend,
    slowModeSeconds,
    approval,
    hasPasscode: passcodeRequired,
    passcode: '',
    onHostGone,
  };
}

/** What does not fit; null: everything does. `before`: how it is now, null for a new room. */
export function faultOf(
  values: RoomFormValues,
  before: RoomFormValues | null,
): RoomFormFault | null {
  const capacity = Number(values.capacity);
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > LIMITS.capacity) return 'capacity';
  const isMissing = values.hasPasscode && values.passcode.trim() === '';
  return isMissing && !before?.hasPasscode ? 'passcode' : null;
}

/** What to ask the server for: of a room that exists, only what is another than before. */
export function changeOf(
  values: RoomFormValues,
  before: RoomFormValues | null,
): { title?: string; capacity?: number; settings?: SettingsPatch } {
  const settings: SettingsPatch = {
    ...changed('playersMaySend', values, before),
    ...changed('slowModeSeconds', values, before),
    ...changed('approval', values, before),
    ...changed('onHostGone', values, before),
    ...passcodeOf(values, before),
  };
  const { title } = changed('title', { ...values, title: values.title.trim() }, before);
  const { capacity } = changed('capacity', values, before);
  return {
    ...(title === undefined ? {} : { title }),
    ...(capacity === undefined ? {} : { capacity: Number(capacity) }),
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
  };
}

function changed<K extends keyof RoomFormValues>(
  name: K,
  values: RoomFormValues,
  before: RoomFormValues | null,
): { [P in K]?: RoomFormValues[P] } {
  if (before && values[name] === before[name]) return {};
  return { [name]: values[name] } as { [P in K]?: RoomFormValues[P] };
}

function passcodeOf(values: RoomFormValues, before: RoomFormValues | null): SettingsPatch {
  if (!values.hasPasscode) return before?.hasPasscode ? { passcode: null } : {};
  const passcode = values.passcode.trim();
  return passcode === '' ? {} : { passcode };
}
