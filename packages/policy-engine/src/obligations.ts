import type { Obligation, Report } from '@lukko/formats';
import type { Graph, Reason } from '@lukko/terraform-model';
import type { Verdict } from './rule.ts';

/** Where in the flow a judgement stands: each gate sees more than the one before. */
export type Gate = 'synth' | 'plan' | 'live';

const next: { readonly [G in Gate]: Gate | undefined } = { synth: 'plan', plan: 'live', live: undefined };

/** The gate an input belongs to, when the caller does not say: the strictest of its roots. */
export function gateOf(graph: Graph): Gate {
  const kinds = new Set(graph.roots.map((root) => root.kind));
  if (kinds.has('live')) return 'live';
  return kinds.has('plan') || kinds.has('state') ? 'plan' : 'synth';
}

/** An unknown whose only cause is *computed by the provider*, as long as a later gate can still see the value. */
export function isObligation(verdict: Verdict, because: readonly Reason[], gate: Gate): boolean {
  if (verdict !== 'unknown' || next[gate] === undefined) return false;
  let computed = false;
  for (const { causes = [] } of because) {
    for (const cause of causes) {
      if (cause !== 'computed') return false;
      computed = true;
    }
  }
  return computed;
}

/**
 * The obligations a report leaves, for the ledger and the gate verdict. `at` is the instant of this run, where one is kept;
 * synthesised output leaves it out so that it stays byte-identical.
 */
export function obligationsOf(report: Report, gate: Gate, at?: string): readonly Obligation[] {
  const due = next[gate];
  if (due === undefined) return [];
  return report.findings
    .filter((finding) => finding.obligation === true && finding.waiver === undefined)
    .map((finding) => ({
      rule: finding.rule,
      address: finding.address,
      attribute: finding.because.find((reason) => reason.causes !== undefined)?.at ?? finding.at ?? finding.address,
      message: finding.message,
      because: finding.because,
      firstSeen: { gate, ...(at === undefined ? {} : { at }) },
      due,
    }));
}
