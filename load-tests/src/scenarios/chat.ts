import { defineScenario } from '../scenario.js';

export default defineScenario({
  about: 'Steady chat: the players of a room speak in turn',
  defaults: { rooms: 20, players: 50, rate: 10, seconds: 30 },

  player(me) {
    me.turns(({ number, send }) => send('chat', { text: `Message ${number} of ${me.number}` }));
  },
});
