import { defineScenario } from '../scenario.js';

export default defineScenario({
  about: 'Players of open rooms guess the PINs of others, against the limits of the server',
  defaults: { rooms: 10, players: 10, rate: 10, seconds: 30 },
  server: { rateLimits: 'on' },
  expects: ['room_not_found', 'rate_limited'],
  own: { counts: ['guessed', 'found'], times: ['guess'] },

  player(me) {
    me.turns(async ({ at }) => {
      const { pin: own } = me.room.room;
      if (own === null) throw new Error('The room is closed: how long are PINs?');
      // As long as those that the server gives out.
      const lowest = 10 ** (own.length - 1);
      const pin = String(lowest + Math.floor(me.random() * 9 * lowest));
      me.count('guessed');
      await me.time('guess', at, me.client.findByPin(pin));
      me.count('found');
    });
  },
});
