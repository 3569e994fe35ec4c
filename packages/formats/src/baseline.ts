import * as z from 'zod';
import { date, schemaVersion } from './common.ts';
import { gone } from './report.ts';

/**
 * The baseline: findings of one day that were accepted until another, written by `lukko baseline write`. It excuses nothing of
 * itself; `--fail-on new` lets pass what it holds.
 */
export const baseline = z.strictObject({
  schemaVersion,
  /** The day it was written, UTC. */
  written: date,
  findings: z.array(gone.extend({ expires: date })),
});
export type Baseline = z.infer<typeof baseline>;
export type BaselineEntry = Baseline['findings'][number];
