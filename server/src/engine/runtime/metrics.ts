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

/** Every metric there is: kind, labels and what it says. Durations are seconds. */
export const METRICS = {
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
    help: 'Time from a command to its answer.',
  },
  pinroom_handshakes_total: { kind: 'counter', labels: ['code'], help: 'Handshakes, by result.' },
  pinroom_http_requests_total: {
    kind: 'counter',
    labels: ['code'],
    help: 'HTTP requests answered, by code (ok when it worked).',
  },
  pinroom_entries_accepted_total: {
    kind: 'counter',
    labels: [],
    help: 'Entries that clients and applications have sent through this node, each once.',
  },
  pinroom_entries_delivered_total: {
    kind: 'counter',
    labels: [],
    help: 'Entries handed to the sockets of a room on this node.',
  },
  pinroom_gaps_total: {
    kind: 'counter',
    labels: ['result'],
    help: 'Jumps in the ids of a channel noticed by this node, by whether they were repaired.',
  },
  pinroom_history_reads_total: {
    kind: 'counter',
    labels: ['source'],
    help: 'History blocks read: redis (stream), cache (kept page) or archive.',
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
} as const;

export type MetricName = keyof typeof METRICS;

export const noMetrics: Metrics = { count() {}, set() {}, observe() {} };
