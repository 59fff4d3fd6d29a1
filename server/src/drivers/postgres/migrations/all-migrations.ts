import type { Migration } from 'kysely';
import { initialSchema } from './0001-initial-schema.js';
import { voidedEntries } from './0002-voided-entries.js';
import { roomBans } from './0003-room-bans.js';
import { sessionUse } from './0004-session-use.js';
import { roomStates } from './0005-room-states.js';
import { systemLog } from './0006-system-log.js';
import { bannedNetworks } from './0007-banned-networks.js';
import { roomPasscodes } from './0008-room-passcodes.js';

/**
 * Every migration by name, in order; names only grow. A list of imports and no folder scan: a
 * compiler leaves the output of a renamed file behind. Once released, a migration never changes,
 * and what it does must let the version before it go on (rolling restart).
 */
export const ALL_MIGRATIONS: { readonly [name: string]: Migration } = {
  '0001-initial-schema': initialSchema,
  '0002-voided-entries': voidedEntries,
  '0003-room-bans': roomBans,
  '0004-session-use': sessionUse,
  '0005-room-states': roomStates,
  '0006-system-log': systemLog,
  '0007-banned-networks': bannedNetworks,
  '0008-room-passcodes': roomPasscodes,
};
