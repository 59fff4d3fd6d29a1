import { useMemo } from 'preact/hooks';
import { qrPath } from './qr-path.js';

interface QrCodeProps {
  readonly text: string;
  readonly label: string;
}

/** Dark on light in every theme: many readers take nothing else. */
export function QrCode({ text, label }: QrCodeProps) {
  const { size, path } = useMemo(() => qrPath(text), [text]);
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
