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

/** A container image that is deployed, and under whose terms. */
const registeredImage = z.strictObject({
  /** Registry and repository, without tag or digest. */
  image: z
    .string()
    .regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/, 'expected registry/repository, without tag or digest'),
  /** An SPDX expression: https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/ */
  licence: z.string().min(1),
  /** Where it can be read. */
  source: z.string().min(1),
  date,
});

export const register = z.strictObject({
  schemaVersion,
  services: z.array(registerEntry),
  images: z.array(registeredImage).optional(),
});
export type Register = z.infer<typeof register>;
