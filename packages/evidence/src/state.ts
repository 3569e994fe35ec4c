import type { EvidenceCounts, EvidenceState } from '@lukko/formats';
import type { Control } from './controls/index.ts';

interface Tiers {
  readonly declared: EvidenceCounts | undefined;
  readonly planned: EvidenceCounts | undefined;
  /** Whether everything that passes on the configuration also passes on a plan: the plan of one stack says nothing of the others. */
  readonly allPlanned: boolean;
}

/** What the verdicts of a control come to, and why in one sentence. No state here means that a running system was looked at. */
export function stateOf(
  control: Control,
  rules: number,
  { declared, planned, allPlanned }: Tiers,
): { readonly state: EvidenceState; readonly why: string } {
  const all = [declared, planned].filter((counts) => counts !== undefined);
  const sum = (key: keyof EvidenceCounts) => all.reduce((total, counts) => total + counts[key], 0);
  if (sum('fail') > 0) return { state: 'failed', why: sentence([[sum('fail'), 'verdict fails', 'verdicts fail']]) };
  if (sum('unknown') + sum('waived') > 0) {
    return {
      state: 'open',
      why: sentence([
        [sum('unknown'), 'verdict is not proven', 'verdicts are not proven'],
        [sum('waived'), 'failure is excused by a waiver', 'failures are excused by waivers'],
      ]),
    };
  }
  const due = sentence([
    [sum('obligations'), 'more is due when the provider has answered', 'more are due when the provider has answered'],
  ]);
  const onPlans = planned?.pass ?? 0;
  const onConfiguration = declared?.pass ?? 0;
  if (onPlans > 0 && allPlanned) return { state: 'planned', why: join(passes(onPlans, 'plans'), due) };
  if (onConfiguration > 0) {
    const part = onPlans === 0 ? '' : `${onPlans} on plans that hold a part of it`;
    return { state: 'declared', why: join(passes(onConfiguration, 'the configuration'), part, due) };
  }
  if (sum('obligations') > 0) return { state: 'open', why: due };
  if (control.class === 'none') return { state: 'not-evidenceable', why: 'only people and documents can show it' };
  return {
    state: 'not-assessed',
    why: rules === 0 ? 'no rule of this version carries it' : 'the rules that carry it found nothing they apply to',
  };
}

function passes(number: number, where: string): string {
  return `${number} ${number === 1 ? 'verdict passes' : 'verdicts pass'} on ${where}`;
}

function sentence(parts: readonly (readonly [number, string, string])[]): string {
  return parts
    .filter(([number]) => number > 0)
    .map(([number, one, many]) => `${number} ${number === 1 ? one : many}`)
    .join(', ');
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}
