import { defineScenario } from '../scenario.js';

const SECOND_MS = 1_000;

export default defineScenario({
  about: 'Twice everybody loses the connection in the same moment, in the middle of a chat',
  defaults: { rooms: 20, players: 50, rate: 5, seconds: 30 },
  // What is under way when the connection breaks is tried again.
  expects: ['offline', 'timeout'],

  player(me) {
    me.turns(({ number, send }) => send('chat', { text: `Message ${number} of ${me.number}` }));
    for (const third of [1, 2]) me.at((third / 3) * me.seconds * SECOND_MS, () => me.cut());
  },
});
