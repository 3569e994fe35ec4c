import type { Facts } from '@lukko/facts';
import type { Place, Reason } from '@lukko/terraform-model';
import { answerForHidden, type HiddenClass, partHidden } from './hidden.ts';
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
  /** Made when it is asked for: of a thousand findings alike one screen shows one. */
  readonly message: string;
  readonly because: readonly Reason[];
  readonly exception: string | undefined;
  /** The rule stopped, and the verdict says nothing about the subject. */
  readonly broken?: true;
}

/**
 * Asks one rule about all its subjects. A rule that throws, or that passes without a reason, is unknown about that subject:
 * a mistake of ours must never look like compliance, nor hide what other rules found.
 * @param see is given each ruling, and must not throw; with `alike`, what it says holds of each of them, and it is the ruling about the one
 * whose address comes first
 * @param messages `late`: a message is made when somebody asks for it. A rule that throws there has judged already; made at once, it counts
 * as one that throws.
 */
export function judge(
  rule: Rule,
  facts: Facts,
  context: PolicyContext,
  see: (ruling: Ruling, alike?: readonly Located[]) => void,
  messages: 'at once' | 'late' = 'at once',
): void {
  // An own rule is taken for what it is only once all of it has run.
  const late = messages === 'late' && rule.file === undefined;
  for (const kind of rule.appliesTo) {
    let subjects: readonly Located[];
    try {
      subjects = subjectsOf(kind, facts, rule);
    } catch (error) {
      see(broken(rule, { address: `every ${kind}`, place: facts.graph.roots[0]?.place ?? { file: '.' } }, error));
      continue;
    }
    const ask = (all: readonly Located[]): void => {
      for (const located of all) {
        const rulings = about(rule, located, facts, context, late);
        if (isList(rulings)) for (const each of rulings) see(each);
        else see(rulings);
      }
    };
    if (!late || kind !== 'server') {
      ask(subjects);
      continue;
    }
    const { single, hidden } = partHidden(subjects);
    ask(single);
    for (const same of hidden) {
      const ruling = aboutHidden(rule, same, facts, context);
      if (ruling === undefined) ask(same.members);
      else see(ruling, same.members);
    }
  }
}

/** The ruling about the first of them, which holds of all; undefined where each must be asked about. */
function aboutHidden(rule: Rule, { first }: HiddenClass, facts: Facts, context: PolicyContext): Ruling | undefined {
  const answer = answerForHidden(rule, first, facts, context);
  if (answer === undefined) return undefined;
  const { applies, judgement } = answer;
  if (judgement === undefined) return new Ruled(rule, first, 'not-applicable', applies?.because ?? [], rule.title);
  return settled(rule, first, judgement, applies);
}

function about(
  rule: Rule,
  located: Located,
  facts: Facts,
  context: PolicyContext,
  late: boolean,
): Ruling | readonly Ruling[] {
  try {
    const subject = located.subject as Parameters<Rule['check']>[0];
    const applies = rule.appliesWhen?.(subject, facts, context);
    if (rule.file !== undefined && applies !== undefined) refuseNonsense(applies);
    if (applies?.is === false) return new Ruled(rule, located, 'not-applicable', applies.because, rule.title);
    const answer = rule.check(subject, facts, context);
    if (!isList(answer)) {
      if (rule.file !== undefined) refuseNonsense(answer);
      if (answer.is === true) return settled(rule, located, { truth: answer, message: rule.title }, applies);
      const message = late ? () => rule.message(subject, answer) : rule.message(subject, answer);
      if (rule.file !== undefined) refuseNonsense([{ truth: answer, message }]);
      return settled(rule, located, { truth: answer, message }, applies);
    }
    if (answer.length === 0) {
      const saw = 'nothing of what the rule judges';
      const because = [{ at: located.at ?? located.address, saw }];
      return new Ruled(rule, located, 'not-applicable', because, rule.title);
    }
    const judgements = late ? answer : answer.map(withMessage);
    if (rule.file !== undefined) refuseNonsense(judgements);
    return judgements.map((judgement) => settled(rule, located, judgement, applies));
  } catch (error) {
    return broken(rule, located, error);
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

function withMessage(judgement: Judgement): Judgement {
  const { message } = judgement;
  return typeof message === 'function' ? { ...judgement, message: message() } : judgement;
}

/** Applicability that is not known leaves a pass standing (it holds either way) and turns a failure into an unknown. */
function settled(rule: Rule, located: Located, judgement: Judgement, applies: Truth | undefined): Ruling {
  const { truth, message } = judgement;
  if (truth.is === true && truth.because.length === 0)
    return broken(rule, located, new Error('it gave no reason for its pass'));
  if (truth.is === true) return new Ruled(rule, located, 'pass', truth.because, message, judgement);
  if (applies?.is === 'unknown') {
    const because = [...applies.because, ...truth.because];
    return new Ruled(rule, located, 'unknown', because, message, judgement);
  }
  return new Ruled(rule, located, truth.is === false ? 'fail' : 'unknown', truth.because, message, judgement);
}

/** A ruling as a rule gave it. There may be a million: it holds what was there already, and makes the rest when asked. */
class Ruled implements Ruling {
  readonly rule: Rule;
  readonly verdict: Verdict;
  readonly because: readonly Reason[];
  readonly #located: Located;
  readonly #judgement: Judgement | undefined;
  #message: string | (() => string);

  constructor(
    rule: Rule,
    located: Located,
    verdict: Verdict,
    because: readonly Reason[],
    message: string | (() => string),
    judgement?: Judgement,
  ) {
    this.rule = rule;
    this.verdict = verdict;
    this.because = because;
    this.#located = located;
    this.#judgement = judgement;
    this.#message = message;
  }

  get severity(): Severity {
    return this.#judgement?.severity ?? this.rule.severity;
  }

  get address(): string {
    return this.#located.address;
  }

  get at(): string | undefined {
    const at = this.#judgement?.at ?? this.#located.at;
    return at === this.#located.address ? undefined : at;
  }

  get place(): Place {
    return this.#judgement?.place ?? this.#located.place;
  }

  get message(): string {
    if (typeof this.#message === 'string') return this.#message;
    try {
      this.#message = this.#message();
    } catch (error) {
      this.#message = `rule ${this.rule.id} could not say what it found at ${this.address}: ${firstLine(error)}`;
    }
    return this.#message;
  }

  get exception(): string | undefined {
    return this.verdict === 'pass' ? this.#judgement?.exception : undefined;
  }
}

function broken(rule: Rule, located: Omit<Located, 'subject'>, error: unknown): Ruling {
  return {
    rule,
    verdict: 'unknown',
    severity: rule.severity,
    address: located.address,
    at: located.at === located.address ? undefined : located.at,
    place: located.place,
    message: `rule ${rule.id} could not judge ${located.address}: ${firstLine(error)}`,
    because: [{ at: located.at ?? located.address, saw: `the rule stopped: ${whose(rule)}` }],
    exception: undefined,
    broken: true,
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]?.slice(0, 200) ?? '';
}

/** Who can mend a rule that stops. */
function whose({ file }: Rule): string {
  return file === undefined
    ? 'this is a fault of Lukko, please report it'
    : `it stands in ${file}, and every rule must answer for any input`;
}

function isList<T>(answer: T | readonly T[]): answer is readonly T[];
function isList(answer: Truth | readonly Judgement[]): answer is readonly Judgement[];
function isList(answer: unknown): boolean {
  return Array.isArray(answer);
}
