import { z } from 'zod';

/** Every file that crosses a package carries it; a reader refuses a number it does not know. */
export const schemaVersion = z.literal(1);
/** ISO 3166-1 alpha-2. */
export const country = z.string().regex(/^[A-Z]{2}$/, 'expected a country code of two capital letters (ISO 3166-1), such as FI');
/** Calendar date, UTC. */
export const date = z.iso.date();
/** Instant, UTC, with `Z`. */
export const instant = z.iso.datetime();
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in 64 hexadecimal digits');
export const severity = z.enum(['low', 'medium', 'high', 'critical']);
export const verdict = z.enum(['pass', 'fail', 'unknown', 'not-applicable']);
export const cause = z.enum(['computed', 'variable', 'data', 'function', 'possible', 'outside', 'source', 'sensitive']);
export const place = z.strictObject({ file: z.string(), line: z.number().int().positive().optional() });
export const reason = z.strictObject({ at: z.string(), saw: z.string(), causes: z.array(cause).optional() });
export const gate = z.enum(['synth', 'plan', 'live']);
export const environmentClass = z.enum(['production', 'staging', 'disposable']);
/** A DNS name in lower case. */
export const hostName = z
  .string()
  .regex(/^(?=.{1,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected a DNS name in lower case, such as logs.lukko.example');
