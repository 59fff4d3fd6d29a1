import { defineScenario } from '../scenario.js';

const SECOND_MS = 1_000;

export default defineScenario({
  about: 'The nodes restart one after the other, in the middle of a chat',
  defaults: { rooms: 10, players: 20, rate: 10, seconds: 40 },
  server: { nodes: 2 },
  expects: ['draining', 'unavailable', 'offline', 'timeout'],

  player(me) {
    me.turns(({ number, send }) => send('chat', { text: `Message ${number} of ${me.number}` }));
  },

  async conduct(house) {
    if (house.nodes === 0) {
      house.say('The nodes are not this run’s: restart them now, one after the other.');
      return;
    }
    for (let node = 0; node < house.nodes; node++) {
      await house.pause((house.seconds * SECOND_MS) / (house.nodes + 2));
      await house.restart(node);
    }
  },
});
