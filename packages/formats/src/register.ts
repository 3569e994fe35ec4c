import * as z from 'zod';
import { country, date, hostName, schemaVersion } from './common.ts';

/** One external service that may be reached, as the organisation declares it. The sub-processor list is the filter `role: processor`. */
export const registerEntry = z.strictObject({
  host: hostName,
  purpose: z.string().min(1),
  entity: z.string().min(1),
  country,
  parent: z.strictObject({ entity: z.string().min(1), country }).optional(),
  /** `own`: operated by the organisation itself. */
  role: z.enum(['own', 'processor', 'recipient', 'supply', 'none']),
  dataCategories: z.array(z.string()),
  agreement: z.string().optional(),
  source: z.string().min(1),
  date,
});
export type RegisterEntry = z.infer<typeof registerEntry>;

export const register = z.strictObject({ schemaVersion, services: z.array(registerEntry) });
export type Register = z.infer<typeof register>;
