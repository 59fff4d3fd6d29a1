import { defineScenario } from '../scenario.js';

const SECOND_MS = 1_000;
/** One of so many players sleeps for half of the run. */
const SLEEPERS = 10;
/** Together with the rate, more than the system holds for a connection that nobody reads. */
const TEXT = 'x'.repeat(12_000);

export default defineScenario({
  about: 'Every tenth player stops reading for half of the run, while the host says a lot',
  defaults: { rooms: 2, players: 20, rate: 60, seconds: 30 },

  host(me) {
    me.turns(({ number, send }) => send('picture', { number, text: TEXT }));
  },

  player(me) {
    if (me.number % SLEEPERS !== 0) return;
    const half = (me.seconds * SECOND_MS) / 2;
    me.at(half / 4, () => me.stopReading(half));
  },
});
