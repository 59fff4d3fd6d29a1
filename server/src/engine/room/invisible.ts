/**
 * What shows nothing on a screen: what Unicode calls ignorable, formats, private and unassigned code
 * points, and those that have a meaning and no ink, such as the empty Braille pattern.
 */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Cn}\u2800\ufffc\u{13441}\u{13442}\u{16fe4}\u{1d159}]/gu;

/** The text without what nobody sees: it must not make two texts that look alike differ. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}
