import { InputError } from '../errors.ts';

/** An instant in UTC without fractions; a bare date is its first moment. @throws InputError naming the option */
export function instantOf(option: string, text: string | undefined, now: Date): string {
  if (text === undefined) return now.toISOString().replace(/\.\d+Z$/, 'Z');
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(whole) ? Date.parse(whole) : Number.NaN;
  // Date.parse lets 31 February through as 3 March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== whole.slice(0, 10)) {
    throw new InputError(
      `${option}: expected an instant in UTC such as 2026-11-21T12:00:00Z, or a date, found ${JSON.stringify(text)}`,
    );
  }
  return whole;
}
