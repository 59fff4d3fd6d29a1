import { defineScenario } from '../scenario.js';

export default defineScenario({
  about: 'All players arrive in the same moment, while the hosts speak',
  defaults: { rooms: 1, players: 500, rate: 5, seconds: 20 },
  arrive: 'at-once',

  host(me) {
    me.turns(({ number, send }) => send('welcome', { number }));
  },
});
