/** How much of a payload is shown before somebody asks for all of it. */
const SHORT_CHARACTERS = 600;
const SHORT_LINES = 14;

/**
 * Characters that are not seen but turn or hide what stands beside them: whoever wrote the payload
 * must not make it read as something else.
 */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export interface PayloadText {
  readonly short: string;
  readonly full: string;
  readonly isCut: boolean;
}

/** Any content as indented JSON that reads as what it is. */
export function payloadText(payload: unknown): PayloadText {
  const json = JSON.stringify(payload, null, 2) ?? 'null';
  const full = json.replace(UNSEEN, escaped);
  const lines = full.split('\n').slice(0, SHORT_LINES).join('\n');
  const short = Array.from(lines).slice(0, SHORT_CHARACTERS).join('');
  return { short, full, isCut: short.length < full.length };
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
