/** What a row rests on over time. */
export interface Period {
  readonly first: string;
  readonly last: string;
  readonly count: number;
  /** Longest time between two, or from the last to the instant of the export, in hours. */
  readonly longestGapHours: number;
}

const hour = 60 * 60 * 1000;

/** @param instants in any order; several of one run count as one. @returns undefined when there are none */
export function periodOf(instants: readonly string[], asOf: string): Period | undefined {
  const sorted = [...new Set(instants)].sort();
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const times = [...sorted, asOf].map((at) => Date.parse(at));
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return { first, last, count: sorted.length, longestGapHours: Math.round((Math.max(0, ...gaps) / hour) * 10) / 10 };
}
