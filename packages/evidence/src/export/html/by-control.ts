import type { EvidenceExport, EvidenceVerdict, ShownObservation } from '@lukko/formats';
import { checkOf } from '../../observe/checks.ts';

/** A check with the observation it stands in. */
export interface Looked {
  readonly one: ShownObservation;
  readonly check: ShownObservation['checks'][number];
}

/** What was found for each control, gone through once for all of them. */
export interface ByControl {
  /** Verdicts of one rule; the rules of a control stand in its row. */
  readonly verdicts: (rule: string) => readonly EvidenceVerdict[];
  /** Checks of one control: those that fail first, then those that did not tell. */
  readonly observed: (control: string) => readonly Looked[];
}

export function byControl(evidence: EvidenceExport): ByControl {
  const verdicts = new Map<string, EvidenceVerdict[]>();
  for (const one of evidence.verdicts) push(verdicts, one.rule, one);
  const observed = new Map<string, Looked[]>();
  const rank = ({ check: { holds } }: Looked) => (holds === false ? 0 : holds === 'unknown' ? 1 : 2);
  for (const one of evidence.observed)
    for (const check of one.checks)
      for (const control of checkOf(one.collector, check.id)?.controls ?? []) push(observed, control, { one, check });
  for (const list of observed.values()) list.sort((a, b) => rank(a) - rank(b));
  return { verdicts: (rule) => verdicts.get(rule) ?? [], observed: (control) => observed.get(control) ?? [] };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
