import { describeControls } from './rig/controls.js';
import { nodeKilled, repliesDropped, subscriberCut, subscriberSilent } from './rig/faults.js';

describeControls([
  {
    mechanism: 'nodes read what their subscription missed, and clients fetch what a node missed',
    fault: subscriberCut,
    forMs: 2_000,
    without: { nodes: ['gap-repair', 'position-check'], clients: ['gap-fill'] },
    complaint: 'gap',
    rescues: [
      { by: 'the clients alone', nodes: ['gap-repair', 'position-check'] },
      { by: 'the nodes alone', clients: ['gap-fill'] },
    ],
  },
  {
    mechanism: 'nodes probe their subscription',
    fault: subscriberSilent,
    without: { nodes: ['bus-probe', 'position-check'] },
    complaint: 'gap',
    rescues: [{ by: 'the probe alone', nodes: ['position-check'] }],
  },
  {
    mechanism: 'clients say up to where they have heard everything',
    fault: nodeKilled,
    forMs: 1_000,
    without: { clients: ['resume'] },
    complaint: 'repeat',
  },
  {
    mechanism: 'a key makes a message count once',
    fault: repliesDropped,
    forMs: 4_000,
    without: { nodes: ['dedupe'] },
    complaint: 'duplicate',
  },
  {
    mechanism: 'clients send again with the same key',
    fault: repliesDropped,
    forMs: 4_000,
    without: { clients: ['same-key'] },
    complaint: 'missing',
  },
]);
