import type { z } from 'zod';
import { config } from './config.ts';
import { evidenceExport } from './evidence-export.ts';
import { fixtures } from './fixtures.ts';
import { gateVerdict } from './gate-verdict.ts';
import { hostReport } from './host-report.ts';
import { lukko } from './lukko.ts';
import { obligations } from './obligations.ts';
import { operatorsFile } from './operators.ts';
import { register } from './register.ts';
import { report } from './report.ts';
import { waivers } from './waivers.ts';

/** Every format that is a file of its own, by the name of its published schema: `schemas/zz_<name>.schema.json`. */
export const fileFormats: Readonly<Record<string, z.ZodType>> = {
  config,
  'evidence-export': evidenceExport,
  fixtures,
  'gate-verdict': gateVerdict,
  'host-report': hostReport,
  lukko,
  obligations,
  operators: operatorsFile,
  register,
  report,
  waivers,
};
