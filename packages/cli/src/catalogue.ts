import type { Catalogue } from '@lukko/policy-engine';
import { adequate, operators, rules, rulesOf } from '../../../policies/index.ts';
import manifest from '../package.json';

/** What comes with this lukko: its rules, its operators data, its version. */
export const catalogue: Catalogue = { rules, rulesOf, operators, adequate, version: manifest.version };
