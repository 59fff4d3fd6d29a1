import type { Mechanism } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import type { FaultKind as Complaint } from '../../../../load-tests/src/delivery-record.js';
import type { FaultKind } from './faults.js';
import { type RigOptions, startRig } from './rig.js';

/** Enough for the faults to hit somebody, little enough for many houses in a row. */
const SMALL: RigOptions = { nodes: 2, rooms: 6, socketsPerRoom: 5, rate: 90, weakPerRoom: 1 };
/** What was not mended by then counts as not mended. */
const GIVEN_UP_MS = 3_000;
const MENDED_MS = 20_000;

/** Mechanisms that are taken away from the nodes (see `crippled.mjs`) and from the clients. */
interface Without {
  readonly nodes?: readonly string[];
  readonly clients?: readonly Mechanism[];
}

export interface Control {
  readonly mechanism: string;
  readonly fault: FaultKind;
  readonly forMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly without: Without;
  /** What the check finds then. */
  readonly complaint: Complaint;
  /** With what it finds nothing all the same; where the other fault tests do not show that. */
  readonly rescues?: readonly (Without & { readonly by: string })[];
}

/** For each control: with the mechanism away the check has to complain. */
export function describeControls(controls: readonly Control[]): void {
  describe.each(controls)('$mechanism', (control) => {
    const { complaint, env = {}, fault, forMs = fault.shortMs, rescues = [], without } = control;

    async function faultsWithout({ clients = [], nodes = [] }: Without, settleMs: number) {
      const client = { without: new Set(clients) };
      const rig = await startRig({ ...SMALL, env, without: nodes, client });
      try {
        const { faults } = await rig.under(fault.name, () => fault.run(rig, forMs), settleMs);
        return faults.map(({ kind }) => kind);
      } finally {
        await rig.close();
      }
    }

    it(`without it the check finds a ${complaint}`, async () => {
      expect(await faultsWithout(without, GIVEN_UP_MS)).toContain(complaint);
    });

    it.each(rescues)('with $by it finds nothing', async (rescue) => {
      expect(await faultsWithout(rescue, MENDED_MS)).toEqual([]);
    });
  });
}
