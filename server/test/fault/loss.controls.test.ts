import { describeControls } from './rig/controls.js';
import { postgresStopped, redisFlushed, replicaPromoted } from './rig/faults.js';

describeControls([
  {
    mechanism: 'clients send again what was lost',
    fault: replicaPromoted,
    without: { clients: ['resend'] },
    complaint: 'missing',
  },
  {
    mechanism: 'the archive is asked for keys that Redis has lost',
    fault: redisFlushed,
    without: { nodes: ['ask-archive'] },
    complaint: 'duplicate',
  },
  {
    mechanism: 'a room whose data has another history goes on in a later epoch',
    fault: replicaPromoted,
    without: { nodes: ['life-check'] },
    complaint: 'phantom',
  },
  {
    mechanism: 'what a loss has taken is voided where PostgreSQL has it',
    fault: replicaPromoted,
    without: { nodes: ['void-lost'] },
    complaint: 'hole',
  },
  {
    mechanism: 'no stream is trimmed past what is archived',
    fault: postgresStopped,
    // More than the pump takes of a channel in one go.
    forMs: 10_000,
    env: { PINROOM_CHANNEL_KEEP: '1' },
    without: { nodes: ['trim-bound'] },
    complaint: 'missing',
  },
]);
