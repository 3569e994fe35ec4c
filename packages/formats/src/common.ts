import * as z from 'zod';

/** Text of a given form; the same sentence answers for the wrong kind, the wrong form and the field that is missing. */
export const pattern = (form: RegExp, expected: string): z.ZodString => z.string(expected).regex(form, expected);

/** Every file that crosses a package carries it; a reader refuses a number it does not know. */
export const schemaVersion = z.literal(1);
/** ISO 3166-1 alpha-2. */
export const country = pattern(/^[A-Z]{2}$/, 'expected a country code of two capital letters (ISO 3166-1), such as FI');
/** Calendar date, UTC. */
export const date = z.iso.date('expected a date such as 2026-03-31');
/** Instant, UTC, with `Z`. */
export const instant = z.iso.datetime('expected an instant in UTC such as 2026-03-31T12:00:00Z');
export const sha256 = pattern(/^[0-9a-f]{64}$/, 'expected a SHA-256 in 64 hexadecimal digits');
export const severity = z.enum(['low', 'medium', 'high', 'critical']);
export const verdict = z.enum(['pass', 'fail', 'unknown', 'not-applicable']);
export const cause = z.enum(['computed', 'variable', 'data', 'function', 'possible', 'outside', 'source', 'sensitive']);
export const place = z.strictObject({ file: z.string(), line: z.number().int().positive().optional() });
export const reason = z.strictObject({ at: z.string(), saw: z.string(), causes: z.array(cause).optional() });
export const gate = z.enum(['synth', 'plan', 'live']);
export const environmentClass = z.enum(['production', 'staging', 'disposable']);
/** A DNS name in lower case. */
export const hostName = pattern(
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'expected a DNS name in lower case, such as logs.lukko.example',
);
