/** What people do, as far as it costs something. */
export interface LoadProfile {
  readonly about: string;
  /** With the host. */
  readonly membersPerRoom: number;
  /** Entries a second of a room that everybody in it gets. */
  readonly entriesToAll: number;
  /** Entries a second of a room that its host alone gets. */
  readonly entriesToHost: number;
  /** Of an entry's payload, as JSON. */
  readonly payloadBytes: number;
  /** How long a room, and everybody in it, is there. */
  readonly staySeconds: number;
  /** Share of those who come that begin a session; the others have one. */
  readonly newcomers: number;
  /** Hours of a day that are as busy as this. */
  readonly hoursPerDay: number;
}

/** How much of a profile, and what is kept of it. */
export interface Load extends LoadProfile {
  readonly sockets: number;
  /** `PINROOM_REFRESH_TTL_SECONDS`, in days: so long Redis keeps the session of a guest who is gone. */
  readonly sessionDays: number;
  /** How long a room is open when everybody is gone: 0 where hosts close theirs, else `PINROOM_ROOM_TTL_SECONDS`. */
  readonly openSeconds: number;
  /** `PINROOM_CHANNEL_KEEP`. */
  readonly channelKeep: number;
  /** Whether the balancer sends everybody of a room to one node; else to any. */
  readonly isTogether: boolean;
}

/** Examples. */
export const PROFILES = {
  quiz: {
    about: 'a question every 30 s; everybody answers to the host, then all get the scores',
    membersPerRoom: 31,
    entriesToAll: 2 / 30,
    entriesToHost: 1,
    payloadBytes: 120,
    staySeconds: 1_200,
    newcomers: 1,
    hoursPerDay: 4,
  },
  party: {
    about: 'few people who do something all the time, and all of them see it',
    membersPerRoom: 8,
    entriesToAll: 2,
    entriesToHost: 0,
    payloadBytes: 80,
    staySeconds: 1_800,
    newcomers: 1,
    hoursPerDay: 4,
  },
  class: {
    about: 'a lesson: now and then somebody says something; people come back every day',
    membersPerRoom: 30,
    entriesToAll: 0.2,
    entriesToHost: 0,
    payloadBytes: 250,
    staySeconds: 3_000,
    newcomers: 0.05,
    hoursPerDay: 6,
  },
} as const satisfies Readonly<Record<string, LoadProfile>>;

export type ProfileName = keyof typeof PROFILES;

/** So many people of a profile, with the settings that nobody has changed. */
export function loadOf(profile: LoadProfile, sockets: number): Load {
  return {
    ...profile,
    sockets,
    sessionDays: 30,
    openSeconds: 0,
    channelKeep: 1_000,
    isTogether: false,
  };
}
