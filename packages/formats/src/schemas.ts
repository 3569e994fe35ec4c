import type { z } from 'zod';
import { attestation } from './attestation.ts';
import { baseline } from './baseline.ts';
import { claims, typedTotals } from './claims.ts';
import { config } from './config.ts';
import { evidenceExport } from './evidence-export.ts';
import { fixtures } from './fixtures.ts';
import { gateVerdict } from './gate-verdict.ts';
import { hostRecord } from './host-record.ts';
import { hostReport } from './host-report.ts';
import { intent } from './intent.ts';
import { lukko } from './lukko.ts';
import { manifest } from './manifest.ts';
import { obligations } from './obligations.ts';
import { observationRecord } from './observation.ts';
import { observeTargets } from './observe-targets.ts';
import { operatorsFile } from './operators.ts';
import { register } from './register.ts';
import { report } from './report.ts';
import { advertisements, sealed } from './sealed.ts';
import { toolLogEntry } from './tool-log.ts';
import { waivers } from './waivers.ts';

/** Every format that is a file of its own, by the name of its published schema: `schemas/zz_<name>.schema.json`. */
export const fileFormats: Readonly<Record<string, z.ZodType>> = {
  attestation,
  baseline,
  claims,
  advertisements,
  config,
  'evidence-export': evidenceExport,
  fixtures,
  'gate-verdict': gateVerdict,
  'host-report': hostReport,
  'host-record': hostRecord,
  intent,
  lukko,
  manifest,
  obligations,
  observation: observationRecord,
  'observe-targets': observeTargets,
  operators: operatorsFile,
  register,
  report,
  sealed,
  'tool-log': toolLogEntry,
  'typed-totals': typedTotals,
  waivers,
};
