import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** As long as a frame takes less, more is done in the next one. */
const SHORT_FRAME_MS = 24;
const MOST_AT_ONCE = 4;

interface Turn {
  readonly place: RefObject<HTMLElement | null>;
  readonly run: () => void;
}

const waiting = new Set<Turn>();
let atOnce = 1;
let lastFrame = 0;

/**
 * The wanted value, taken over when its turn comes: what is nearest to the view first, some in each
 * frame, so that a change of hundreds of parts does not hold up the page.
 */
export function useInTurn<T>(wanted: T, place: RefObject<HTMLElement | null>): T {
  const [taken, take] = useState(() => wanted);
  useLayoutEffect(() => {
    if (wanted === taken) return;
    const turn: Turn = { place, run: () => take(() => wanted) };
    if (waiting.size === 0) requestAnimationFrame(nextFrame);
    waiting.add(turn);
    return () => {
      waiting.delete(turn);
    };
  }, [wanted, taken, place]);
  return taken;
}

function nextFrame(now: number): void {
  atOnce = now - lastFrame < SHORT_FRAME_MS ? Math.min(2 * atOnce, MOST_AT_ONCE) : 1;
  lastFrame = now;
  const nearest = [...waiting]
    .map((turn) => ({ turn, distance: distanceOf(turn.place.current) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, atOnce);
  for (const { turn } of nearest) {
    waiting.delete(turn);
    turn.run();
  }
  if (waiting.size > 0) requestAnimationFrame(nextFrame);
}

function distanceOf(element: HTMLElement | null): number {
  if (!element) return Number.POSITIVE_INFINITY;
  const { top, bottom } = element.getBoundingClientRect();
  return Math.max(0, -bottom, top - innerHeight);
}
