/** The six shapes of the options in small, as far as they are drawn here. */
const TRIANGLE = 'M0-6 6 6H-6z';
const DIAMOND = 'M0-7 7 0 0 7-7 0z';
const SQUARE = 'M-5.500-5.500h11v11h-11z';

/** What the page is for, at a glance: a PIN and answers on the big screen, phones before it. */
export function StartArt() {
  return (
    <svg class="start-art" viewBox="0 0 440 280" aria-hidden="true">
      <g class="art-screen">
        <path class="art-wire" d="M110 2v20M270 2v20" />
        <rect class="art-card" x="8" y="20" width="364" height="214" rx="16" />
        <text class="art-pin" x="190" y="96" text-anchor="middle">
          407 182
        </text>
        <ArtBar at={122} option={0} width={150} path={TRIANGLE} />
        <ArtBar at={158} option={1} width={244} path={DIAMOND} />
        <ArtBar at={194} option={3} width={92} path={SQUARE} />
      </g>
      <g class="art-phone art-phone-back">
        <rect class="art-body" x="252" y="150" width="76" height="128" rx="14" />
        <circle class="art-good" cx="290" cy="206" r="20" />
        <path class="art-check" d="m281 207 6.500 6.500 13-14" />
      </g>
      <g class="art-phone art-phone-front">
        <rect class="art-body" x="338" y="120" width="92" height="158" rx="16" />
        <ArtTile x={350} y={140} option={0} path={TRIANGLE} />
        <ArtTile x={387} y={140} option={1} path={DIAMOND} />
        <ArtTile x={350} y={201} option={2} path={null} />
        <ArtTile x={387} y={201} option={3} path={SQUARE} />
      </g>
    </svg>
  );
}

interface ArtBarProps {
  readonly at: number;
  readonly option: number;
  readonly width: number;
  readonly path: string;
}

function ArtBar({ at, option, width, path }: ArtBarProps) {
  return (
    <g class={`option-${option}`}>
      <rect class="art-sign" x="30" y={at} width="28" height="24" rx="6" />
      <path class="art-shape" transform={`translate(44 ${at + 12})`} d={path} />
      <rect class="art-track" x="68" y={at + 4} width="282" height="16" rx="8" />
      <rect class="art-bar" x="68" y={at + 4} width={width} height="16" rx="8" />
    </g>
  );
}

interface ArtTileProps {
  readonly x: number;
  readonly y: number;
  readonly option: number;
  /** Null: a circle. */
  readonly path: string | null;
}

function ArtTile({ x, y, option, path }: ArtTileProps) {
  const middle = `translate(${x + 15.5} ${y + 27})`;
  return (
    <g class={`option-${option}`}>
      <rect class="art-sign" x={x} y={y} width="31" height="54" rx="7" />
      {path === null ? (
        <circle class="art-shape" transform={middle} r="6.500" />
      ) : (
        <path class="art-shape" transform={middle} d={path} />
      )}
    </g>
  );
}
