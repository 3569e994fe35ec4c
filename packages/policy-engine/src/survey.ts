import type { Finding, Report } from '@lukko/formats';
import type { Place } from '@lukko/terraform-model';
import { askAll, headOf, summaryOf } from './counted.ts';
import type { Evaluation } from './evaluate.ts';
import type { Ruling } from './judge.ts';
import { gateOf, isObligation } from './obligations.ts';
import { byElement, byKind, type Spoken } from './order.ts';
import { refuses } from './posture.ts';
import { type AnyReason, shownReasons } from './reasons.ts';
import { causeOf } from './reports/groups.ts';
import { type Part, partOf } from './reports/words.ts';
import type { Rule } from './rule.ts';
import { isOnePerAddress } from './subjects.ts';

/** Findings that one screen shows as one line: of one rule, alike in what they do, and not known for the same cause. */
export interface Group {
  readonly rule: string;
  readonly part: Part;
  readonly verdict: Finding['verdict'];
  readonly severity: Finding['severity'];
  /** Why they are not known, in words; empty of what is proven. */
  readonly cause: string;
  readonly count: number;
  /** The one that a report has first. */
  readonly first: { readonly message: string; readonly place: Place };
}

/** A report whose findings are counted and not kept: what one screen needs of a hundred thousand. */
export interface Survey extends Omit<Report, 'findings'> {
  /** How many resources and hosts no rule looked at; of copies of a module `summary` names those that stand for the others. */
  readonly notLookedAt: number;
  /** In the order in which a report has their first findings. */
  readonly groups: readonly Group[];
  /** Rules that found something, excused or not. */
  readonly found: ReadonlySet<string>;
}

/** The findings of a whole report, counted. */
export function surveyOf({ findings, ...report }: Report): Survey {
  const groups = new Groups<Finding>(({ file, line }) => (line === undefined ? { file } : { file, line }));
  const open = findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
  for (const finding of open) {
    const part = partOf(finding, report);
    if (part !== undefined) groups.add(finding.rule, part, finding);
  }
  const { notLookedAt } = report.summary;
  return {
    ...report,
    notLookedAt: notLookedAt.length,
    groups: groups.sorted(),
    found: new Set(open.map(({ rule }) => rule)),
  };
}

/**
 * Judges as `evaluate` does, and counts what it would list. Waivers, a baseline, an earlier report and a least coverage speak of single
 * findings or add some: with them only a whole report tells, and the answer is undefined. So it is where the graph leaves out copies of a
 * module (`Graph.copies`) and what is said of the others cannot be said of those: then the input is to be read with `copies: 'each'`.
 */
export function survey(evaluation: Evaluation): Survey | undefined {
  const { facts, waivers = [], baseline, earlier, minCoverage, posture, failOn } = evaluation;
  if (waivers.length > 0 || baseline !== undefined || earlier !== undefined || minCoverage !== undefined)
    return undefined;
  const gate = evaluation.gate ?? gateOf(facts.graph);
  const head = headOf(evaluation);
  const groups = new Groups<Ruling>(({ place }) => place);
  const repeats = new Repeats();
  const found = { fail: 0, unknown: 0, obligations: 0, refused: false };
  const counted = askAll(evaluation, 'late', (ruling, count) => {
    const { verdict, severity, because, broken } = ruling;
    if (verdict === 'pass' || verdict === 'not-applicable' || repeats.has(ruling)) return;
    const obligation = broken !== true && isObligation(verdict, because, gate);
    const kind = { verdict, severity, broken, obligation };
    found[verdict === 'fail' ? 'fail' : obligation ? 'obligations' : 'unknown'] += count;
    found.refused ||= refuses(kind, posture, failOn);
    const part = partOf(kind, head);
    if (part !== undefined) groups.add(ruling.rule.id, part, ruling, count);
  });
  const { notLookedAt, coverage } = counted.looked;
  const left = (facts.graph.copies ?? []).length > 0;
  // The screen lists these where no whole type was overlooked.
  if (!counted.standing || (left && notLookedAt.length > 0 && coverage.typesNotLookedAt.length === 0)) return undefined;
  const { resources, hosts } = coverage;
  return {
    ...head,
    notLookedAt: left ? resources.of - resources.lookedAt + hosts.of - hosts.lookedAt : notLookedAt.length,
    groups: groups.sorted(),
    found: groups.rules,
    exceptions: counted.exceptions,
    summary: summaryOf(evaluation, counted, { ...found, waived: 0, accepted: 0 }),
  };
}

type Groupable = Spoken & Pick<Ruling, 'verdict' | 'severity'> & { readonly because: readonly AnyReason[] };

interface Gathered<T> extends Omit<Group, 'count' | 'first'> {
  count: number;
  first: T;
}

class Groups<T extends Groupable> {
  readonly #byRule = new Map<string, Map<string, Gathered<T>>>();
  readonly #place: (one: T) => Place;
  /** Findings alike come one after the other. */
  #last: Gathered<T> | undefined;

  constructor(place: (one: T) => Place) {
    this.#place = place;
  }

  get rules(): ReadonlySet<string> {
    return new Set(this.#byRule.keys());
  }

  add(rule: string, part: Part, one: T, count = 1): void {
    const { verdict, severity } = one;
    const cause = part === 'unknown' || part === 'obligations' ? causeOf(shownReasons(one.because)) : '';
    let group = this.#last;
    if (
      group === undefined ||
      group.rule !== rule ||
      group.cause !== cause ||
      group.part !== part ||
      group.verdict !== verdict ||
      group.severity !== severity
    ) {
      const key = `${part} ${verdict} ${severity} ${cause}`;
      const groups = this.#byRule.get(rule) ?? new Map<string, Gathered<T>>();
      this.#byRule.set(rule, groups);
      group = groups.get(key) ?? { rule, part, verdict, severity, cause, count: 0, first: one };
      groups.set(key, group);
      this.#last = group;
    }
    group.count += count;
    if (group.first !== one && byElement(one, group.first) < 0) group.first = one;
  }

  sorted(): readonly Group[] {
    const all = [...this.#byRule.values()].flatMap((groups) => [...groups.values()]);
    return all
      .sort((a, b) => byKind(a, b) || byElement(a.first, b.first))
      .map((group) => ({ ...group, first: { message: group.first.message, place: this.#place(group.first) } }));
  }
}

/** The same finding twice is one: where a rule is asked about several things at one address, it may say the same of two. */
class Repeats {
  #rule: Rule | undefined;
  #everywhere = false;
  #last: Ruling | undefined;
  #keys: Set<string> | undefined;

  has(ruling: Ruling): boolean {
    const { rule } = ruling;
    if (rule !== this.#rule) {
      this.#rule = rule;
      this.#everywhere = rule.appliesTo.length > 1 || !isOnePerAddress(rule.appliesTo[0]);
      this.#last = undefined;
      this.#keys = this.#everywhere ? new Set() : undefined;
    }
    if (!this.#everywhere) {
      const first = this.#last;
      if (first === undefined || first.address !== ruling.address) {
        this.#last = ruling;
        this.#keys = undefined;
        return false;
      }
      this.#keys ??= new Set([keyOf(first)]);
    }
    const keys = this.#keys as Set<string>;
    const key = keyOf(ruling);
    return keys.has(key) || keys.add(key).size < 0;
  }
}

function keyOf({ address, at, verdict, message }: Ruling): string {
  return [address, at, verdict, message].join('\0');
}
