/** Which room a host's page is for. */
export interface HostAddress {
  readonly roomId: string;
  /** Makes whoever brings it a host; it leaves the address bar at once. */
  readonly hostKey: string | null;
}

const ROOM_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Reads `#<roomId>` or `#<roomId>?key=<hostKey>`. Both stand behind the `#`, which browsers send to nobody.
 * Null: no room is named.
 */
export function readHostAddress(hash: string): HostAddress | null {
  const [roomId = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  if (!ROOM_ID.test(roomId)) return null;
  return { roomId, hostKey: new URLSearchParams(query).get('key') || null };
}

/** The same as a link. */
export function hostLink(roomId: string, hostKey: string | null = null): string {
  const query = hostKey === null ? '' : `?${new URLSearchParams({ key: hostKey })}`;
  return `/host#${roomId}${query}`;
}
