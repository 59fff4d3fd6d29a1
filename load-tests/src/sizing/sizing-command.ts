import { tableText } from '../bench/section.js';
import { isRight } from './finding.js';
import { planFor } from './house-plan.js';
import { remedyFor } from './ladder-table.js';
import { measureMany, measureOne } from './measure-units.js';
import type { SizingWish } from './sizing-arguments.js';
import { checkSizing, type SizingHouse } from './sizing-check.js';
import { detailTable, headroomWords, houseTable } from './sizing-tables.js';
import { number } from './sizing-words.js';
import { inItsUnit, UNIT_COSTS, type UnitName } from './unit-costs.js';

/** What nodes cost each other shows with several. */
const MEASURED_NODES = 4;

export interface SizingTools {
  openHouse(options: { nodes: number }): Promise<SizingHouse & { close(): Promise<void> }>;
  print(text: string): void;
}

/** Prints the sizes, or the comparison; false: the model was wrong. */
export async function runSizing(
  wish: Extract<SizingWish, { kind: 'sizes' | 'check' | 'measure' }>,
  tools: SizingTools,
): Promise<boolean> {
  switch (wish.kind) {
    case 'sizes':
      printSizes(wish, tools);
      return true;
    case 'measure':
      await printUnits(tools);
      return true;
    case 'check':
      return await printCheck(wish, tools);
    default:
      return wish satisfies never;
  }
}

function printSizes(
  { loads, name }: Extract<SizingWish, { kind: 'sizes' }>,
  { print }: SizingTools,
): void {
  print(tableText(houseTable(loads.map((load) => [name, load]))));
  print(`\n${tableText(detailTable(loads))}`);
  print(`\n${headroomWords()}`);
  for (const load of loads) {
    const [first] = planFor(load).shares;
    if (first)
      print(
        `${number(load.sockets)} sockets: the fullest is ${first.resource}; then ${remedyFor(first.resource)}`,
      );
  }
}

async function printUnits({ openHouse, print }: SizingTools): Promise<void> {
  const inHouse = async <T>(nodes: number, work: (house: SizingHouse) => Promise<T>) => {
    const house = await openHouse({ nodes });
    try {
      return await work(house);
    } finally {
      await house.close();
    }
  };
  const alone = await inHouse(1, measureOne);
  const found = await inHouse(MEASURED_NODES, (house) => measureMany(house, alone));
  const rows = (Object.keys(UNIT_COSTS) as UnitName[]).flatMap((name) => {
    const value = found[name];
    const { about, unit, value: known } = UNIT_COSTS[name];
    return value === undefined
      ? []
      : [[name, shown(known), shown(inItsUnit(name, value)), unit, about]];
  });
  print(tableText({ columns: ['', 'in the table', 'here', '', ''], rows }));
}

async function printCheck(
  { nodes, run }: Extract<SizingWish, { kind: 'check' }>,
  { openHouse, print }: SizingTools,
): Promise<boolean> {
  print(
    `${run.rooms} rooms of ${run.members} on ${nodes} nodes, ${run.rate} entries a second in each for ${run.seconds} s`,
  );
  const house = await openHouse({ nodes });
  try {
    const findings = await checkSizing(house, run);
    const rows = findings.map((finding) => [
      finding.what,
      shown(finding.predicted),
      shown(finding.measured),
      (finding.measured / finding.predicted).toFixed(3),
      verdict(finding.tolerance, isRight(finding)),
    ]);
    print(tableText({ columns: ['', 'predicted', 'measured', 'ratio', ''], rows }));
    return findings.every(isRight);
  } finally {
    await house.close();
  }
}

function verdict(tolerance: number | null, right: boolean): string {
  if (tolerance === null) return 'shown only';
  return right ? 'right' : 'WRONG';
}

function shown(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 3 : 0 });
}
