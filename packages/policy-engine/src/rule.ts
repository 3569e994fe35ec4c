import type {
  CodeRun,
  DataPath,
  Facts,
  HostUse,
  ImageUse,
  Payload,
  Placement,
  SecretUse,
  ServerFacts,
  VolumeFacts,
} from '@lukko/facts';
import type {
  Backend,
  ModuleCall,
  Place,
  ProviderConfig,
  Resource,
  ResourceType,
  Root,
  TerraformJson,
} from '@lukko/terraform-model';
import type { Truth } from './truth.ts';

export type Severity = 'low' | 'medium' | 'high' | 'critical';
export type Verdict = 'pass' | 'fail' | 'unknown' | 'not-applicable';

/** `ISO27001:2022/A.8.24`, `GDPR/32(1)(a)`, `NIS2/21(2)(h)`. */
export type ControlRef = `ISO27001:2022/A.${number}.${number}` | `GDPR/${string}` | `NIS2/${string}`;

/** What a rule may look at beside resources, each with what its `check` is given. */
export interface SubjectKinds {
  backend: Backend;
  provider: ProviderConfig;
  module: ModuleCall;
  root: Root;
  placement: Placement;
  server: ServerFacts;
  volume: VolumeFacts;
  'data-path': { readonly server: ServerFacts; readonly path: DataPath };
  payload: Payload;
  host: HostUse;
  image: ImageUse;
  secret: SecretUse;
  'code-run': CodeRun;
}
export type SubjectKind = ResourceType | keyof SubjectKinds;
export type Subject<K extends SubjectKind> = K extends keyof SubjectKinds
  ? SubjectKinds[K]
  : K extends ResourceType
    ? Resource<K>
    : never;

/** What the organisation decided, read from lukko.yaml and all it names. */
export interface PolicyContext {
  /** Countries whose operators may be reached (`EU`, `EEA`: their members); every other is refused. */
  readonly allowedJurisdictions: readonly string[];
  /** Class of the environment judged, where the input tells it: `disposable` lifts the two removal rules. */
  readonly environmentClass: 'production' | 'staging' | 'disposable' | undefined;
  /** Container images whose licence the register names. */
  readonly images?: readonly RegisteredImage[];
}

/** A container image with its licence, as the organisation registered it. */
export interface RegisteredImage {
  /** Registry and repository, without tag or digest. */
  readonly image: string;
  /** An SPDX expression. */
  readonly licence: string;
  readonly source: string;
  readonly date: string;
}

/** One verdict about one subject, before postures and waivers. */
export interface Judgement {
  readonly truth: Truth;
  /** States the fact for a fail or unknown: ≤ 120 characters, no final full stop. A function is asked only where the message is shown. */
  readonly message: string | (() => string);
  /** The element or attribute it is about, when narrower than the subject. */
  readonly at?: string;
  readonly place?: Place;
  /** Set when this judgement weighs less than the rule as a whole (a pull path in `recommended`). */
  readonly severity?: Severity;
  /** Why something that breaks the rule's plain wording passes all the same; every report lists it. */
  readonly exception?: string;
}

/**
 * One file under policies/: its name is the rule's id, its page, its test. Rules are pure: no I/O, clock or randomness.
 */
export interface Rule<K extends SubjectKind = SubjectKind> {
  readonly id: string;
  /** States the fact that holds when it passes: "Data volumes are encrypted at rest". */
  readonly title: string;
  readonly severity: Severity;
  /** Whether waivers.yaml may excuse it. */
  readonly waivable: boolean;
  readonly controls: readonly [ControlRef, ...ControlRef[]];
  readonly rationale: string;
  readonly remediation: string;
  /** Where the facts behind it can be read: provider page, RFC. */
  readonly sources: readonly string[];
  readonly appliesTo: readonly [K, ...K[]];
  /** `removal`: also judges what a plan deletes. Every other rule sees only what will exist. */
  readonly judges?: 'removal';
  /** False: not applicable; its reasons say why. */
  appliesWhen?(subject: Subject<K>, facts: Facts, context: PolicyContext): Truth;
  /** One truth, or one judgement per element found. An empty list says there was nothing to judge: not applicable, never a pass. */
  check(subject: Subject<K>, facts: Facts, context: PolicyContext): Truth | readonly Judgement[];
  message(subject: Subject<K>, truth: Truth): string;
  readonly examples: readonly [Example, Example, ...Example[]];
  /** The file of an organisation's own rule, for messages; the loader sets it. */
  readonly file?: string;
}

/** Terraform JSON that the real readers read: test, documentation and scenario at once. */
export interface Example {
  readonly name: string;
  readonly verdict: Exclude<Verdict, 'not-applicable'> | 'not-applicable';
  /** One root module, or several stacks by name. */
  readonly terraform: TerraformJson;
  readonly stacks?: Readonly<Record<string, TerraformJson>>;
  readonly environmentClass?: PolicyContext['environmentClass'];
  /** `.terraform.lock.hcl` beside each of its root modules. */
  readonly lockFile?: string;
  readonly images?: PolicyContext['images'];
}

/** Keeps the subject type of a rule while it is written as a plain object. */
export function rule<const K extends SubjectKind>(definition: Rule<K>): Rule<K> {
  return definition;
}
