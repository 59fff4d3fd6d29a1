import { encode } from 'uqr';

/** Readers want four modules of light around the code. */
const QUIET_ZONE = 4;

/** A QR code as the path of its dark modules, in a square of `size`. */
export function qrPath(text: string): { readonly size: number; readonly path: string } {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const runs: string[] = [];
  for (const [y, row] of data.entries()) {
    for (let x = 0; x < row.length; ) {
      let end = x;
      while (row[end]) end++;
      if (end > x) runs.push(`M${x} ${y}h${end - x}v1H${x}z`);
      x = end + 1;
    }
  }
  return { size, path: runs.join('') };
}
