// Makes server/src/engine/room/look-alike-letters.ts from Unicode's confusables.txt, whose path is given:
// node infra/make-look-alikes.mjs confusables.txt && npm run format
// docs/decisions/0009-look-alike-names.md says what is taken and why.

import { readFileSync, writeFileSync } from 'node:fs';
import { inRepository } from './repository.mjs';

const TARGET = 'server/src/engine/room/look-alike-letters.ts';
/** What the looks of a nickname leave out anyway. */
const LEFT_OUT = /[\p{M}\p{P}\p{Z}\p{C}]/gu;
/** Scripts in which names are imitated; letters of any script may imitate them. */
const READ = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}0-9]+$/u;
/** Written from right to left: amid letters from left to right it stands elsewhere. */
const FROM_RIGHT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Mende_Kikakui}\u0660-\u0669]/u;

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Usage: node infra/make-look-alikes.mjs <confusables.txt>');
  process.exit(1);
}
const text = readFileSync(file, 'utf8');
const version = /^# Version: (\S+)$/m.exec(text)?.[1];
const years = /^# © (\d+) Unicode/m.exec(text)?.[1];

/** What is looked like → all that looks like it. */
const lookAlikes = new Map();
const looks = new Map(entries(text));
for (const [letter, first] of looks) {
  // Without its accent a look may look like another one.
  const look = Array.from(first, (part) => looks.get(part) ?? part).join('');
  lookAlikes.set(look, (lookAlikes.get(look) ?? '') + letter);
}
const lines = [...lookAlikes]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([look, letters]) => `  [${JSON.stringify(look)}, ${JSON.stringify(letters)}],`);
writeFileSync(
  inRepository(TARGET),
  `// Made by infra/make-look-alikes.mjs from confusables.txt ${version} of Unicode Technical Standard #39.
// Copyright © ${years} Unicode, Inc.; licence: docs/licences/unicode.txt.

/** What is looked like, and the letters, digits and symbols that look like it. */
export const LOOK_ALIKES: readonly (readonly [look: string, letters: string])[] = [
${lines.join('\n')}
];
`,
);
console.log(`${TARGET}: ${looks.size} characters, Unicode ${version}`);

/** Pairs of a character and what it looks like, both as far as the looks of a nickname have them. */
function* entries(source) {
  for (const line of source.split('\n')) {
    const [from, to] = line.split(';').map(decode);
    if (!from || !to || [...from].length > 1) continue;
    // Compatibility forms and accents are gone before letters are compared.
    const isGone = from.normalize('NFKD') !== from || from.replace(LEFT_OUT, '') === '';
    const look = to.normalize('NFKD').replace(LEFT_OUT, '');
    if (!isGone && look !== from && READ.test(look) && !FROM_RIGHT.test(from)) yield [from, look];
  }
}

/** `0441 0301 ` as characters; empty for everything else. */
function decode(codes) {
  if (!/^\s*[0-9A-F]{4,6}(\s+[0-9A-F]{4,6})*\s*$/.test(codes)) return '';
  return String.fromCodePoint(
    ...codes
      .trim()
      .split(/\s+/)
      .map((code) => Number.parseInt(code, 16)),
  );
}
