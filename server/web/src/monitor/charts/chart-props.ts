import type { Signal } from '@preact/signals';
import type { ChartData } from '../figures/chart-lines.js';

/** What a chart shows, and how its keys and values read. */
export interface ChartProps {
  readonly name: string;
  readonly title: string;
  readonly data: ChartData;
  readonly isWhole?: boolean;
  /** The figure over all lines that stands beside the title; null: not known. */
  readonly current: number | null;
  readonly lineName: (key: string) => string;
  readonly valueText: (value: number) => string;
  readonly axisText: (value: number) => string;
  /** The index that the pointer is at, in all charts. */
  readonly pointed: Signal<number | null>;
}
