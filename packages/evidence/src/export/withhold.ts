import type { EvidenceExport } from '@lukko/formats';

/**
 * What a profile shows of an export. `auditor`: all. `nda`: no single observation and no address of a host at the provider.
 * `public`: states, counts and totals; no resource, file, verdict or finding by name. Nothing is changed but left out, and the
 * manifest binds each to the whole by its digest.
 */
export function withhold(evidence: EvidenceExport): EvidenceExport {
  switch (evidence.profile) {
    case 'auditor':
      return evidence;
    case 'nda':
      return { ...evidence, observed: [], obligations: [] };
    case 'public':
      return {
        ...evidence,
        observed: [],
        obligations: [],
        reconciliation: [],
        verdicts: [],
        exceptions: [],
        findings: [],
        inputs: evidence.inputs.map((input) => ({ ...input, file: 'withheld' })),
        policy: { ...evidence.policy, files: [] },
        controls: evidence.controls.map(({ claim, ...control }) => ({
          ...control,
          attested: [],
          ...(control.observed === undefined ? {} : { observed: { ...control.observed, ids: [] } }),
          ...(claim === undefined ? {} : { claim: { ...claim, owner: 'withheld', justification: 'withheld' } }),
        })),
      };
  }
}
