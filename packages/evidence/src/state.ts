import type { EvidenceCounts, EvidenceState, ObservedEvidence } from '@lukko/formats';
import type { Control } from './controls/index.ts';

/** Everything that is known of a control, in each tier and beside them. */
export interface Shown {
  readonly declared: EvidenceCounts | undefined;
  readonly planned: EvidenceCounts | undefined;
  /** Whether everything that passes on the configuration also passes on a plan: the plan of one stack says nothing of the others. */
  readonly allPlanned: boolean;
  readonly observed?: ObservedEvidence | undefined;
  /** Real checks that were the newest of their subject and have expired. */
  readonly expired?: number;
  readonly overdueObligations?: number;
  readonly attested?: boolean;
  readonly inherited?: boolean;
}

interface State {
  readonly state: EvidenceState;
  readonly why: string;
}

/**
 * What is known of a control comes to one state, and why in one sentence. Worse news wins: a pass in one tier never hides a
 * failure in another, and what is past its time is neither.
 */
export function stateOf(control: Control, rules: number, shown: Shown): State {
  const { declared, planned, allPlanned, observed } = shown;
  const all = [declared, planned].filter((counts) => counts !== undefined);
  const sum = (key: keyof EvidenceCounts) => all.reduce((total, counts) => total + counts[key], 0);
  const fails = observed?.fails ?? 0;
  if (sum('fail') + fails > 0)
    return {
      state: 'failed',
      why: sentence([
        [sum('fail'), 'verdict fails', 'verdicts fail'],
        [fails, 'check fails on a running system', 'checks fail on a running system'],
      ]),
    };
  const late = shown.overdueObligations ?? 0;
  const expired = shown.expired ?? 0;
  if (late + expired > 0)
    return {
      state: 'overdue',
      why: sentence([
        [late, 'obligation is overdue', 'obligations are overdue'],
        [expired, 'check was last seen too long ago', 'checks were last seen too long ago'],
      ]),
    };
  if (sum('unknown') + sum('waived') + (observed?.unknown ?? 0) > 0) {
    return {
      state: 'open',
      why: sentence([
        [sum('unknown'), 'verdict is not proven', 'verdicts are not proven'],
        [observed?.unknown ?? 0, 'check did not tell', 'checks did not tell'],
        [sum('waived'), 'failure is excused by a waiver', 'failures are excused by waivers'],
      ]),
    };
  }
  const due = sentence([
    [sum('obligations'), 'more is due when the provider has answered', 'more are due when the provider has answered'],
  ]);
  if (observed !== undefined)
    return {
      state: 'observed',
      why: join(`${observed.holds} ${observed.holds === 1 ? 'check holds' : 'checks hold'} on running systems`, due),
    };
  const onPlans = planned?.pass ?? 0;
  const onConfiguration = declared?.pass ?? 0;
  if (onPlans > 0 && allPlanned) return { state: 'planned', why: join(passes(onPlans, 'plans'), due) };
  if (onConfiguration > 0) {
    const part = onPlans === 0 ? '' : `${onPlans} on plans that hold a part of it`;
    return { state: 'declared', why: join(passes(onConfiguration, 'the configuration'), part, due) };
  }
  if (sum('obligations') > 0) return { state: 'open', why: due };
  if (shown.attested === true) return { state: 'attested', why: 'a signed statement stands for it' };
  if (shown.inherited === true) return { state: 'inherited', why: "the provider's certificate stands for it" };
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
