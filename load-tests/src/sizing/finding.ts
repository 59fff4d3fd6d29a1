/** A figure that the model has calculated, and what it was. */
export interface Finding {
  readonly what: string;
  readonly predicted: number;
  readonly measured: number;
  /** By what share it may be off; null: it is shown, because it is another one on every machine. */
  readonly tolerance: number | null;
}

/** A few stragglers of the moment before are no fault of the arithmetic. */
const EXACT = 0.005;

/** What can be counted. */
export function exactly(what: string, predicted: number, measured: number): Finding {
  return { what, predicted, measured, tolerance: EXACT };
}

export function nearly(
  what: string,
  predicted: number,
  measured: number,
  tolerance: number,
): Finding {
  return { what, predicted, measured, tolerance };
}

export function shownOnly(what: string, predicted: number, measured: number): Finding {
  return { what, predicted, measured, tolerance: null };
}

/** Whether the model was right, or nobody promised that it is. */
export function isRight({ measured, predicted, tolerance }: Finding): boolean {
  return tolerance === null || Math.abs(measured / predicted - 1) <= tolerance;
}
