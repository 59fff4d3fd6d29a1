import { pause } from '../waiting.js';
import type { Field, Saying } from './field.js';
import type { BenchHouse } from './house.js';
import { type Usage, usageBetween, usageOf } from './usage.js';

/** What so many entries have cost, until they were archived. */
export interface EntryWindow extends Usage {
  readonly entries: number;
}

/** Says something in a field's rooms for a while; throws where it does not reach everybody as it should. */
export async function entryWindow(
  house: BenchHouse,
  field: Field,
  saying: Saying,
  random: () => number,
): Promise<EntryWindow> {
  const [before, sent] = [usageOf(house, field.contender), field.sent];
  await field.say(saying, random);
  await pause(field.contender.settleMs);
  const used = usageBetween(before, usageOf(house, field.contender));
  return { ...used, entries: field.sent - sent };
}
