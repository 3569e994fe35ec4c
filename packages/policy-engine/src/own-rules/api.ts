import type { Facts } from '@lukko/facts';
import type { Attr, Path, Resource, ResourceArguments, ResourceType } from '@lukko/terraform-model';
import type { Example, Judgement, PolicyContext, Rule, SubjectKinds } from '../rule.ts';
import { all, any, holds, no, not, shown, type Truth, unknown, yes } from '../truth.ts';

/** Attributes only the provider sets; written out in the shipped declarations, from the provider's schema. */
// biome-ignore lint/suspicious/noEmptyInterface: its members are generated
export interface ComputedAttributes {}

/** What may be asked of a resource of that type: a misspelt name is an error of the compiler. */
export type AttributeName<K extends ResourceType> =
  | (keyof ResourceArguments[K] & string)
  | (K extends keyof ComputedAttributes ? ComputedAttributes[K] & string : never)
  | 'id';

/** A resource whose attributes are those of the provider's schema. */
export interface TypedResource<K extends ResourceType> extends Omit<Resource<K>, 'attr'> {
  attr(name: AttributeName<K>, ...path: Path): Attr;
}

/** Of other providers every type may be named; its attributes are then not checked. */
export type OwnSubjectKind = keyof SubjectKinds | ResourceType | (string & {});
export type OwnSubject<K extends OwnSubjectKind> = K extends keyof SubjectKinds
  ? SubjectKinds[K]
  : K extends ResourceType
    ? TypedResource<K>
    : Resource;

/** An organisation's own rule: as lukko's, its subjects typed by the provider's schema. */
export interface OwnRule<K extends OwnSubjectKind = OwnSubjectKind>
  extends Pick<Rule, 'id' | 'title' | 'severity' | 'waivable' | 'controls' | 'rationale' | 'remediation' | 'judges'> {
  /** Pages where the facts behind it can be read; may be left out. */
  readonly sources?: readonly string[];
  readonly appliesTo: readonly [K, ...K[]];
  appliesWhen?(subject: OwnSubject<K>, facts: Facts, context: PolicyContext): Truth;
  check(subject: OwnSubject<K>, facts: Facts, context: PolicyContext): Truth | readonly Judgement[];
  message(subject: OwnSubject<K>, truth: Truth): string;
  /** At least one that passes and one that fails: `lukko rules --test` judges them. */
  readonly examples?: readonly Example[];
}

/** What a module is given: the functions rules are made with. */
export interface RuleKit {
  /** Keeps the subject type of a rule while it is written as a plain object. */
  rule<const K extends OwnSubjectKind>(definition: OwnRule<K>): OwnRule<K>;
  readonly yes: typeof yes;
  readonly no: typeof no;
  readonly unknown: typeof unknown;
  readonly all: typeof all;
  readonly any: typeof any;
  readonly not: typeof not;
  readonly holds: typeof holds;
  readonly shown: typeof shown;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of rules about different subjects has no narrower type
type AnyRule = OwnRule<any>;

/** The default export of a module in the folder of own rules. */
export type OwnRuleModule = (kit: RuleKit) => AnyRule | readonly AnyRule[];

export const kit: RuleKit = { rule: (definition) => definition, yes, no, unknown, all, any, not, holds, shown };
