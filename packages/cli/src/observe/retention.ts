import type { ObservedCheck } from '@lukko/formats';
import { check } from './task.ts';

const day = 86_400_000;

/**
 * Whether the oldest record of a store is within its time.
 *
 * Stores remove whole days at once, so that a record may be there for up to one day more than declared: VictoriaLogs drops the partition of a
 * day (https://docs.victoriametrics.com/victorialogs/#retention), GlitchTip that of a day in a nightly task.
 *
 * @param oldest when the oldest record was made; undefined when the store holds none
 * @param days how long it is declared to keep one
 */
export function withinRetention(oldest: Date | undefined, days: number, now: Date, what = 'record'): ObservedCheck {
  if (oldest === undefined || Number.isNaN(oldest.getTime()))
    return check('records-within-retention', 'unknown', `no ${what} that could be old`);
  const age = (now.getTime() - oldest.getTime()) / day;
  const saw = `oldest ${what} of ${oldest.toISOString().slice(0, 10)}, ${Math.max(0, Math.floor(age))} days old; declared ${days}`;
  return check('records-within-retention', age <= days + 1, saw);
}
