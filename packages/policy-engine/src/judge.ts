import type { Facts } from '@lukko/facts';
import type { Cause, Place, Reason } from '@lukko/terraform-model';
import type { Judgement, PolicyContext, Rule, Severity, Verdict } from './rule.ts';
import { type Located, subjectsOf } from './subjects.ts';
import type { Truth } from './truth.ts';

/** A verdict of one rule about one subject or one element of it, before waivers and postures. */
export interface Ruling {
  readonly rule: Rule;
  readonly verdict: Verdict;
  readonly severity: Severity;
  readonly address: string;
  readonly at: string | undefined;
  readonly place: Place;
  readonly message: string;
  readonly because: readonly Reason[];
  readonly exception: string | undefined;
  /** The rule stopped, and the verdict says nothing about the subject. */
  readonly broken?: true;
}

/**
 * Asks one rule about all its subjects. A rule that throws, or that passes without a reason, is unknown about that subject:
 * a mistake of ours must never look like compliance, nor hide what other rules found.
 */
export function* judge(rule: Rule, facts: Facts, context: PolicyContext): Generator<Ruling> {
  for (const kind of rule.appliesTo) {
    let subjects: readonly Located[];
    try {
      subjects = subjectsOf(kind, facts, rule);
    } catch (error) {
      yield broken(rule, { address: `every ${kind}`, place: facts.graph.roots[0]?.place ?? { file: '.' } }, error);
      continue;
    }
    for (const located of subjects) yield* about(rule, located, facts, context);
  }
}

function about(rule: Rule, located: Located, facts: Facts, context: PolicyContext): readonly Ruling[] {
  try {
    const subject = located.subject as Parameters<Rule['check']>[0];
    const applies = rule.appliesWhen?.(subject, facts, context);
    if (rule.file !== undefined && applies !== undefined) refuseNonsense(applies);
    if (applies?.is === false)
      return [ruling(rule, located, 'not-applicable', { truth: applies, message: rule.title })];
    const answer = rule.check(subject, facts, context);
    if (rule.file !== undefined) refuseNonsense(answer);
    const judgements = isList(answer)
      ? answer
      : [{ truth: answer, message: answer.is === true ? rule.title : rule.message(subject, answer) }];
    if (judgements.length === 0) {
      const saw = 'nothing of what the rule judges';
      const truth: Truth = { is: true, because: [{ at: located.at ?? located.address, saw }] };
      return [ruling(rule, located, 'not-applicable', { truth, message: rule.title })];
    }
    if (rule.file !== undefined) refuseNonsense(judgements);
    return judgements.map((judgement) => settled(rule, located, judgement, applies));
  } catch (error) {
    return [broken(rule, located, error)];
  }
}

/** An own rule may be written without types: what is no truth and no list of judgements must not be taken for one. */
function refuseNonsense(answer: unknown): void {
  for (const one of Array.isArray(answer) ? answer : [{ truth: answer, message: '' }]) {
    const { truth, message } = Object(one) as Partial<Judgement>;
    const { is, because } = Object(truth) as Partial<Truth>;
    const reasons =
      Array.isArray(because) && because.every(({ at, saw }) => typeof at === 'string' && typeof saw === 'string');
    if ((typeof is === 'boolean' || is === 'unknown') && reasons && typeof message === 'string') continue;
    throw new Error('its check answered what is no truth; return yes, no, unknown, or what holds, all, any give');
  }
}

/** Applicability that is not known leaves a pass standing (it holds either way) and turns a failure into an unknown. */
function settled(rule: Rule, located: Located, judgement: Judgement, applies: Truth | undefined): Ruling {
  const { truth } = judgement;
  if (truth.is === true && truth.because.length === 0)
    return broken(rule, located, new Error('it gave no reason for its pass'));
  if (truth.is === true) return ruling(rule, located, 'pass', judgement);
  if (applies?.is === 'unknown') {
    const because = [...applies.because, ...truth.because];
    return ruling(rule, located, 'unknown', { ...judgement, truth: { is: 'unknown', because } });
  }
  return ruling(rule, located, truth.is === false ? 'fail' : 'unknown', judgement);
}

function ruling(rule: Rule, located: Located, verdict: Verdict, judgement: Judgement): Ruling {
  const at = judgement.at ?? located.at;
  return {
    rule,
    verdict,
    severity: judgement.severity ?? rule.severity,
    address: located.address,
    at: at === located.address ? undefined : at,
    place: judgement.place ?? located.place,
    message: judgement.message,
    because: judgement.truth.because,
    exception: verdict === 'pass' ? judgement.exception : undefined,
  };
}

function broken(rule: Rule, located: Omit<Located, 'subject'>, error: unknown): Ruling {
  const what = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]?.slice(0, 200) ?? '';
  return {
    rule,
    verdict: 'unknown',
    severity: rule.severity,
    address: located.address,
    at: located.at === located.address ? undefined : located.at,
    place: located.place,
    message: `rule ${rule.id} could not judge ${located.address}: ${what}`,
    because: [{ at: located.at ?? located.address, saw: `the rule stopped: ${whose(rule)}` }],
    exception: undefined,
    broken: true,
  };
}

/** Who can mend a rule that stops. */
function whose({ file }: Rule): string {
  return file === undefined
    ? 'this is a fault of Lukko, please report it'
    : `it stands in ${file}, and every rule must answer for any input`;
}

/** Causes of an unknown, sorted; empty when it has none, which is never an obligation. */
export function causesOf(because: readonly Reason[]): readonly Cause[] {
  return [...new Set(because.flatMap((reason) => reason.causes ?? []))].sort();
}

function isList(answer: Truth | readonly Judgement[]): answer is readonly Judgement[] {
  return Array.isArray(answer);
}
