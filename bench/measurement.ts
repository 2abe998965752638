/** One measured number, with the bound it should keep where there is one. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** `at-most` or `at-least` this. */
  readonly bound?: { readonly kind: 'at-most' | 'at-least'; readonly value: number };
}

/** A bench: a name to ask for it by, and what it measures. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  run(): Promise<Measurement[]>;
}

export const atMost = (value: number): Measurement['bound'] => ({ kind: 'at-most', value });
export const atLeast = (value: number): Measurement['bound'] => ({ kind: 'at-least', value });

/** The value below which a share of all values lies; 0 of none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};

const isKept = ({ value, bound }: Measurement): boolean =>
  bound === undefined || (bound.kind === 'at-most' ? value <= bound.value : value >= bound.value);

/** `name  value unit  (≤ bound)`, one line each; a bound that is missed is marked. */
export const measurementLines = (measurements: readonly Measurement[]): string[] =>
  measurements.map((measurement) => {
    const { what, value, unit, bound } = measurement;
    const shown = bound === undefined ? '' : `${bound.kind === 'at-most' ? '≤' : '≥'} ${bound.value} ${unit}`;
    const number = value >= 100 ? value.toFixed(0) : value.toPrecision(3);
    return `  ${what.padEnd(58)} ${number.padStart(8)} ${unit.padEnd(8)} ${shown.padEnd(16)} ${isKept(measurement) ? '' : 'MISSED'}`.trimEnd();
  });
