import { defineScenario } from '../scenario.js';

export default defineScenario({
  about: 'One room with everybody in it, to whom its host speaks',
  defaults: { rooms: 1, players: 1_000, rate: 10, seconds: 30 },

  host(me) {
    me.turns(({ number, send }) => send('news', { text: `News ${number}` }));
  },
});
