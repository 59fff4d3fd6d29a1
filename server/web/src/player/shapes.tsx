import { OptionMark } from '../ui/option-mark.js';

const PLACES = [0, 1, 2, 3, 4, 5] as const;

/** What one will tap in a moment, as decoration. */
export function Shapes() {
  return (
    <div class="shapes" aria-hidden="true">
      {PLACES.map((place) => (
        <span key={place} class={`shape option-${place}`}>
          <OptionMark index={place} />
        </span>
      ))}
    </div>
  );
}
