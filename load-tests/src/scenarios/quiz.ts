import { defineScenario } from '../scenario.js';

const LONGEST_THINKING_MS = 2_000;
/** For the last answers to arrive. */
const SCORING_MS = 200;
const SECOND_MS = 1_000;
const POINTS = 100;
const OPTIONS = ['this one', 'that one', 'neither', 'both'];

export default defineScenario({
  about: 'Questions, a burst of answers to each, then the scores',
  defaults: { rooms: 20, players: 50, rate: 10, seconds: 30 },

  host(me) {
    // A round is a question, an answer of each player, and the scores.
    const roundMs = ((me.players + 2) * SECOND_MS) / me.rate;
    const thinkingMs = Math.min(LONGEST_THINKING_MS, roundMs / 2);
    const points = new Map<string, number>();
    me.on('answer', ({ from, payload }) => {
      const { choice } = payload as { choice: number };
      if (from && choice === 0) points.set(from.userId, (points.get(from.userId) ?? 0) + POINTS);
    });
    me.turns(
      async ({ number, send }) => {
        me.after(thinkingMs + SCORING_MS, (turn) => {
          const best = [...points].sort(([, a], [, b]) => b - a).slice(0, 5);
          return turn.send('scores', { number, best });
        });
        await send('question', { number, text: 'Which is right?', options: OPTIONS, thinkingMs });
      },
      { perSecond: SECOND_MS / roundMs },
    );
  },

  player(me) {
    me.on('question', ({ id, payload }) => {
      const { thinkingMs } = payload as { thinkingMs: number };
      me.after(me.random() * thinkingMs, (turn) => {
        const choice = Math.floor(me.random() * OPTIONS.length);
        return turn.send('answer', { question: id, choice }, { channel: 'host', once: id });
      });
    });
  },
});
