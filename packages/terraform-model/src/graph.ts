import type { Attr } from './attr.ts';
import type { Cause, Path, Reference } from './value.ts';
import type { ResourceType } from './zz_resource_types.ts';

/** A place in a file of the user's repository; `file` is relative, with forward slashes; `line` counts from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
}

export type InputKind = 'synth' | 'configuration' | 'plan' | 'state' | 'live';

export type Mode = 'managed' | 'data' | 'ephemeral';

export type Change = 'declared' | 'create' | 'update' | 'replace' | 'delete' | 'no-op' | 'read';

/**
 * One root module: a stack of cdktf.out, a directory, a plan. Resources of called modules belong to the root that calls them.
 */
export interface Root {
  /** The stack's name where the input tells it (cdktf metadata), else undefined. */
  readonly stack: string | undefined;
  readonly kind: InputKind;
  readonly place: Place;
  /** Terraform or OpenTofu version the input records, if any. */
  readonly terraformVersion?: string;
  /** The environment this root was made for, where our stacks wrote it into the document's metadata. */
  readonly environment?: { readonly name: string; readonly class: string } | undefined;
  readonly backend: Backend;
  /** OpenTofu's `encryption` block; undefined when the input shows none. */
  readonly encryption?: StateEncryption | undefined;
  readonly requiredProviders: readonly RequiredProvider[];
  readonly providers: readonly ProviderConfig[];
  readonly modules: readonly ModuleCall[];
  readonly outputs: readonly Output[];
  readonly variables: readonly Variable[];
  /** Ids of this root's resources. */
  readonly resources: readonly string[];
  /** `action` blocks of this root and of the modules it calls. */
  readonly actions: readonly Action[];
  /** `removed` blocks; empty for a plan without its configuration, which does not record them. */
  readonly removed: readonly Removed[];
  /** `moved` and `import` blocks, in the same way. */
  readonly moved: readonly Moved[];
  readonly imports: readonly Import[];
  /** What `.terraform.lock.hcl` pins; undefined when the input has no such file. */
  readonly lock: readonly LockedProvider[] | undefined;
}

/** A `moved` block: the resource keeps its object under another address. */
export interface Moved {
  readonly from: string;
  readonly to: string;
  readonly place: Place;
}

/** An `import` block: what exists already becomes part of the state. */
export interface Import extends Element {
  readonly kind: 'import';
  readonly to: string;
}

export interface LockedProvider {
  /** Three parts, as in `RequiredProvider`. */
  readonly source: string;
  readonly version: string;
  readonly constraints: string | undefined;
  readonly hashes: readonly string[];
  readonly place: Place;
}

interface Element {
  /** Unique in the graph: `<stack>/<address>` where the stack is known, else `<address>`. This is what findings, waivers and obligations name. */
  readonly id: string;
  readonly root: Root;
  readonly place: Place;
  attr(...path: Path): Attr;
}

/** A backend or `cloud` block. No block at all is `type: 'local'` with `written: false`. */
export interface Backend extends Element {
  readonly kind: 'backend';
  readonly type: string;
  readonly written: boolean;
  /** Where the values came from, as for a resource. */
  readonly origins: readonly Origin[];
}

/** How OpenTofu writes the state of a root, and who keeps the key. */
export interface StateEncryption {
  readonly place: Place;
  readonly keyProviders: readonly KeyProvider[];
  readonly methods: readonly EncryptionMethod[];
  /** Address of the method that writes the state, such as `method.aes_gcm.main`; undefined when none is named. */
  readonly state: string | undefined;
}

/** A `key_provider` block: `pbkdf2`, `aws_kms`, `openbao` … */
export interface KeyProvider extends Element {
  readonly kind: 'key-provider';
  readonly type: string;
  readonly name: string;
}

/** A `method` block: `aes_gcm`, `external`, `unencrypted`. */
export interface EncryptionMethod extends Element {
  readonly kind: 'encryption-method';
  readonly type: string;
  readonly name: string;
  /** Address of the key provider it takes its key from. */
  readonly keys: string | undefined;
}

export interface RequiredProvider {
  readonly name: string;
  /** `registry.terraform.io/hetznercloud/hcloud`: always three parts. */
  readonly source: string;
  readonly version: string | undefined;
  readonly place: Place;
}

/** A provider configuration; one without a block but used by a resource has `written: false`. */
export interface ProviderConfig extends Element {
  readonly kind: 'provider';
  readonly name: string;
  readonly alias: string | undefined;
  readonly source: string;
  readonly version: string | undefined;
  readonly written: boolean;
}

export interface ModuleCall extends Element {
  readonly kind: 'module';
  readonly name: string;
  readonly source: string;
  readonly version: string | undefined;
  /** Whether its resources are part of the graph. */
  readonly loaded: boolean;
}

export interface Output extends Element {
  readonly kind: 'output';
  readonly name: string;
  readonly value: Attr;
  readonly sensitive: boolean;
}

export interface Variable {
  readonly name: string;
  readonly hasValue: boolean;
  readonly sensitive: boolean;
  readonly place: Place;
}

export interface Lifecycle {
  readonly preventDestroy: boolean;
  /** Attribute paths as written, or `all`. */
  readonly ignoreChanges: readonly string[] | 'all';
  readonly createBeforeDestroy: boolean;
}

export interface Provisioner extends Element {
  readonly kind: 'provisioner';
  /** `local-exec`, `remote-exec`, `file`. */
  readonly type: string;
  readonly when: 'create' | 'destroy';
  /** What a failure of it means for the apply; undefined where the input does not say (a plan without its configuration). */
  readonly onFailure: 'fail' | 'continue' | undefined;
  /** Whether a `connection` block stands in it or in its resource; undefined where the input does not say. */
  readonly connected: boolean | undefined;
}

/** An `action` block (Terraform 1.14): something a provider does besides keeping resources, when a resource changes or on request. */
export interface Action extends Element {
  readonly kind: 'action';
  readonly type: string;
  readonly name: string;
  readonly address: string;
  readonly provider: string;
}

/** A `removed` block: what leaves the state, and the provisioners that run when it is destroyed. */
export interface Removed extends Element {
  readonly kind: 'removed';
  /** Address as written, without `${}`. */
  readonly from: string;
  readonly provisioners: readonly Provisioner[];
}

/** A managed resource, data source (one inside a `check` block too) or ephemeral resource: one instance where `count` and `for_each` could be expanded. */
export interface Resource<K extends string = string> extends Element {
  readonly kind: 'resource';
  readonly mode: Mode;
  readonly type: K;
  readonly name: string;
  /** Terraform's address within its root: `module.db.hcloud_server.host[0]`. */
  readonly address: string;
  readonly index: string | number | undefined;
  /** False when `count` or `for_each` is not known: this one stands for any number of instances, none included. */
  readonly expanded: boolean;
  /** Provider source address, three parts. */
  readonly provider: string;
  readonly change: Change;
  /** The instance as it is before the change (plan, state); undefined in a configuration. */
  readonly before: ((...path: Path) => Attr) | undefined;
  /** undefined when the configuration is not at hand (plan JSON without `--source`). */
  readonly lifecycle: Lifecycle | undefined;
  readonly provisioners: readonly Provisioner[] | undefined;
  /** Addresses written in `depends_on`, resolved to ids where possible. */
  readonly dependsOn: readonly string[];
  /** Every reference of this resource, with the attribute path it stands at. */
  readonly references: readonly { readonly at: Path; readonly reference: Reference }[];
  /** CDKTF construct path, where the input tells it. */
  readonly constructPath: string | undefined;
  /** Where the values came from: configuration file and line per attribute path (or per text within it). */
  readonly origins: readonly Origin[];
}

export interface Origin {
  readonly attribute: string;
  /** Set when only this text inside the attribute came from there. */
  readonly value?: string;
  readonly place: Place;
}

export interface Edge<R> {
  readonly resource: R;
  readonly certainty: 'certain' | 'possible';
  /** The attribute the edge was read from, for the reasons of a verdict. */
  readonly via: Attr;
}

/** What points out of a resource along one attribute, and whether that is all. */
export interface Edges<R> {
  readonly edges: readonly Edge<R>[];
  /** False when more may exist that this input does not show. `why` names the causes. */
  readonly complete: boolean;
  readonly why: readonly Cause[];
}

/**
 * Instances of one module call that a plan shows alike: the same resources with the same values, but for what tells the instances apart.
 * Of many a few are read, and the first of them stands for those that are not. docs/decisions/0024-copies-of-a-module.md
 */
export interface Copies {
  /** Ids of the module instances in the graph, in the order of their text: `module.copy["0"]`. */
  readonly kept: readonly string[];
  /** How many there are in the plan. */
  readonly count: number;
}

export interface Graph {
  readonly roots: readonly Root[];
  readonly resources: readonly Resource[];
  /**
   * True when "nobody points here" can be believed: all stacks of a cdktf.out, or one root with its state or plan and no
   * remote state that reads it. `closedBecause` says in one sentence what was seen.
   */
  readonly closed: boolean;
  readonly closedBecause: string;
  /** Whose resources stand for those of others like them; empty unless that was asked for (`PlanInput.copies`). */
  readonly copies?: readonly Copies[];
  all<K extends ResourceType>(type: K): readonly Resource<K>[];
  ofType(type: string): readonly Resource[];
  byId(id: string): Resource | undefined;
  /** Out along the references at an attribute path. Literal ids are matched against known ids of the target type. */
  to(from: Resource, path: Path, type: string): Edges<Resource>;
  /** Who points at this resource with that attribute. Not complete in an open world. */
  from(type: string, path: Path, to: Resource): Edges<Resource>;
}
