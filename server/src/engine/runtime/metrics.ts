type Labels = { readonly [name: string]: string };

/** Counters, gauges and histograms by their Prometheus name; label values come from small fixed sets. */
export interface Metrics {
  count(name: MetricName, labels?: Labels, by?: number): void;
  set(name: MetricName, value: number, labels?: Labels): void;
  observe(name: MetricName, value: number, labels?: Labels): void;
}

/** Reads back what was counted, so that what others are told as well is counted in one place. */
export interface CountReader {
  /** All that a counter has counted so far. */
  total(name: MetricName): Promise<number>;
  /** The same by the values of one of its labels. */
  totalBy(name: MetricName, label: string): Promise<ReadonlyMap<string, number>>;
}

export type MetricDefinition = {
  readonly labels: readonly string[];
  /** What the only label may be; each is there from the start, so that its first count is seen as one. */
  readonly values?: readonly string[];
  readonly help: string;
} & (
  | { readonly kind: 'counter' | 'gauge' }
  | { readonly kind: 'histogram'; readonly buckets: readonly number[] }
);

/** Seconds of what takes a round trip or two; the deadlines of Redis and PostgreSQL are below the last. */
const CALL_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Seconds of what a client waits for; its own deadline is below the last. */
const ANSWER_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** How requests are counted that no route answers. */
export const NO_ROUTE = 'none';

/** Seconds by which a timer is late. */
const DELAY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/**
 * Every metric there is: kind, labels and what it says. Durations are seconds. What values a label
 * may have is in `docs/operations.md`; none comes from a client.
 */
export const METRICS = {
  pinroom_build_info: {
    kind: 'gauge',
    labels: ['version', 'transport'],
    help: '1, with what runs here.',
  },
  pinroom_workers: {
    kind: 'gauge',
    labels: [],
    help: 'Processes that are to share the port of this node.',
  },
  pinroom_sockets: { kind: 'gauge', labels: [], help: 'Open sockets of this node.' },
  pinroom_local_rooms: { kind: 'gauge', labels: [], help: 'Rooms with a socket on this node.' },
  pinroom_commands_total: {
    kind: 'counter',
    labels: ['command', 'code'],
    help: 'Commands answered, by name and code (ok when it worked).',
  },
  pinroom_command_seconds: {
    kind: 'histogram',
    labels: ['command'],
    buckets: ANSWER_BUCKETS,
    help: 'Time from a command to its answer.',
  },
  pinroom_handshakes_total: { kind: 'counter', labels: ['code'], help: 'Handshakes, by result.' },
  pinroom_http_requests_total: {
    kind: 'counter',
    labels: ['route', 'code'],
    help: 'HTTP requests answered, by route and code (ok when it worked).',
  },
  pinroom_http_seconds: {
    kind: 'histogram',
    labels: ['route'],
    buckets: ANSWER_BUCKETS,
    help: 'Time from an HTTP request to the beginning of its answer.',
  },
  pinroom_log_lines_total: {
    kind: 'counter',
    labels: ['level'],
    values: ['warn', 'error'],
    help: 'Lines of these levels that this node had for its log.',
  },
  pinroom_internal_faults_total: {
    kind: 'counter',
    labels: [],
    help: 'Answers with the code internal: each is a bug, and a line of level error.',
  },
  pinroom_entries_accepted_total: {
    kind: 'counter',
    labels: [],
    help: 'Entries that clients and applications have sent through this node, each once.',
  },
  pinroom_entries_repeated_total: {
    kind: 'counter',
    labels: [],
    help: 'Entries that were sent again under a key that was known, and got the answer of the first time.',
  },
  pinroom_append_seconds: {
    kind: 'histogram',
    labels: [],
    buckets: CALL_BUCKETS,
    help: 'Time of the atomic step that orders, keeps and publishes an entry, failed ones too.',
  },
  pinroom_entries_delivered_total: {
    kind: 'counter',
    labels: [],
    help: 'Entries handed to the sockets of a room on this node, each once for the room.',
  },
  pinroom_deliveries_total: {
    kind: 'counter',
    labels: [],
    help: 'The same, each once for every socket that reads it here.',
  },
  pinroom_gaps_total: {
    kind: 'counter',
    labels: ['result'],
    values: ['repaired', 'given_up'],
    help: 'Jumps in the ids of a channel noticed by this node, by whether they were repaired.',
  },
  pinroom_history_reads_total: {
    kind: 'counter',
    labels: ['source'],
    values: ['redis', 'cache', 'archive'],
    help: 'Reads of history, by what answered: the stream in Redis, blocks kept beside it, the archive.',
  },
  pinroom_history_seconds: {
    kind: 'histogram',
    labels: ['source'],
    values: ['redis', 'cache', 'archive'],
    buckets: CALL_BUCKETS,
    help: 'Time of a read of history that was answered.',
  },
  pinroom_store_reads_total: {
    kind: 'counter',
    labels: ['what', 'source'],
    help: 'Rooms and sessions looked up, by where they were found, and those found nowhere.',
  },
  pinroom_sessions_ended_total: {
    kind: 'counter',
    labels: ['reason'],
    values: ['asked', 'reused'],
    help: 'Sessions ended by who has them, or because an old refresh token was shown.',
  },
  pinroom_archive_lag_seconds: {
    kind: 'gauge',
    labels: [],
    help: 'For how long the entry waits for the archive that waits longest, in the tags of this node.',
  },
  pinroom_archive_backlog_channels: {
    kind: 'gauge',
    labels: [],
    help: 'Channels with entries that wait for the archive, in the tags of this node; 1,024 at most.',
  },
  pinroom_archive_backlog_entries: {
    kind: 'gauge',
    labels: [],
    help: 'Entries that wait for the archive in the rooms of these channels.',
  },
  pinroom_archive_insert_seconds: {
    kind: 'histogram',
    labels: [],
    buckets: CALL_BUCKETS,
    help: 'Time of one insert of entries into the archive, failed ones too.',
  },
  pinroom_archived_entries_total: {
    kind: 'counter',
    labels: [],
    help: 'Entries written to the archive by this node.',
  },
  pinroom_archive_failures_total: {
    kind: 'counter',
    labels: [],
    help: 'Rounds of the archive pump that failed, and channels that it had to put off.',
  },
  pinroom_archive_unreadable_total: {
    kind: 'counter',
    labels: [],
    help: 'Entries that the archive refused for good and that left a tombstone.',
  },
  pinroom_leased_tags: { kind: 'gauge', labels: [], help: 'Tags that this node looks after.' },
  pinroom_rooms_opened_total: {
    kind: 'counter',
    labels: [],
    help: 'Rooms opened through this node.',
  },
  pinroom_rooms_closed_total: {
    kind: 'counter',
    labels: ['reason'],
    values: ['closed', 'expired'],
    help: 'Rooms of which this node has finished the closing: all archived, the PIN at rest.',
  },
  pinroom_members_removed_total: {
    kind: 'counter',
    labels: [],
    help: 'Members removed because they did not come back in time.',
  },
  pinroom_dead_sockets_total: {
    kind: 'counter',
    labels: [],
    help: 'Sockets in rooms that were given up because the node that had them died.',
  },
  pinroom_pin_collisions_total: {
    kind: 'counter',
    labels: ['found_by'],
    values: ['index', 'archive'],
    help: 'PINs drawn for a room that were not free, by what knew it.',
  },
  pinroom_pins_allocated_total: {
    kind: 'counter',
    labels: ['length'],
    help: 'PINs given out, by length.',
  },
  pinroom_backend_up: {
    kind: 'gauge',
    labels: ['backend'],
    help: '1 while a backend answers, else 0.',
  },
  pinroom_backend_ping_seconds: {
    kind: 'histogram',
    labels: ['backend'],
    buckets: CALL_BUCKETS,
    help: 'Time until a backend answers whether it is there; asked every 2 seconds, answers only.',
  },
  pinroom_clock_ahead_seconds: {
    kind: 'gauge',
    labels: [],
    help: 'How far the clock of this machine is ahead of that of Redis for certain; below 0: behind.',
  },
  pinroom_redis_memory_used_ratio: {
    kind: 'gauge',
    labels: [],
    help: 'Share of the maxmemory of Redis that is used, of the fullest master; 0 without a maxmemory.',
  },
  pinroom_redis_changes_total: {
    kind: 'counter',
    labels: [],
    help: 'How often Redis, or a master of a Cluster, came back with another history than before.',
  },
  pinroom_room_lives_begun_total: {
    kind: 'counter',
    labels: [],
    help: 'Rooms with a socket on this node whose data began a new life, as Redis had lost some of it.',
  },
  pinroom_event_loop_delay_seconds: {
    kind: 'histogram',
    labels: [],
    buckets: DELAY_BUCKETS,
    help: 'How late a timer comes that is due every 50 ms.',
  },
  pinroom_rate_limited_total: {
    kind: 'counter',
    labels: ['limit'],
    help: 'What this node refused with rate_limited, by limit.',
  },
  pinroom_abusive_sockets_total: {
    kind: 'counter',
    labels: [],
    help: 'Sockets closed because they went on and on above their limit.',
  },
  pinroom_pin_tries_total: {
    kind: 'counter',
    labels: ['result'],
    values: ['found', 'missed', 'refused'],
    help: 'PINs that were looked up: found, missed, or refused unseen.',
  },
  pinroom_pin_alarm: {
    kind: 'gauge',
    labels: [],
    help: '1 while so many wrong PINs come to this node that somebody seems to guess.',
  },
  pinroom_slow_consumers_total: {
    kind: 'counter',
    labels: [],
    help: 'Sockets closed because they did not read fast enough.',
  },
} as const satisfies { readonly [name: `pinroom_${string}`]: MetricDefinition };

export type MetricName = keyof typeof METRICS;

export const noMetrics: Metrics = { count() {}, set() {}, observe() {} };
