/**
 * What is known of one attribute. Everything the readers find (cdk.tf.json, HCL, plan, state, API) becomes one of these,
 * so that a rule never meets a bare value and cannot forget that a value may be missing.
 */
export type Scalar = string | number | boolean | null;

/**
 * Why a value is not known.
 * `computed`      the provider decides it at apply: the only cause a gate may turn into an obligation
 * `variable`      an input variable without value
 * `data`          a data source that is read at plan or apply
 * `function`      an expression this engine does not evaluate
 * `possible`      several values are possible (a conditional, an index that is not known)
 * `outside`       what it points at is not part of the input (another state, a module that was not given)
 * `source`        a plan shows only a hash or the bare references, and the configuration is not at hand
 * `sensitive`     the input marks it sensitive: it is never shown, stored or judged
 */
export type Cause = 'computed' | 'variable' | 'data' | 'function' | 'possible' | 'outside' | 'source' | 'sensitive';

/** One traversal found in an expression, resolved through locals, module inputs and sibling outputs. */
export interface Reference {
  /** The `Resource.id` it ends at; undefined when the target is not part of the input. */
  readonly target: string | undefined;
  /** Attribute path at the target: `['id']`, `['public_net', 0, 'ipv4']`. */
  readonly attribute: Path;
  /** As written, without `${}`: `hcloud_volume.data.id`. */
  readonly text: string;
  /** `certain`: a plain traversal to one determined instance. `possible`: one of several, or behind a function. */
  readonly certainty: 'certain' | 'possible';
}

export type Path = readonly (string | number)[];

export interface Unknown {
  readonly state: 'unknown';
  /** At least one, sorted, without duplicates. */
  readonly causes: readonly Cause[];
  /** The expression as written; empty when the input shows none (a plan without its configuration). */
  readonly expression: string;
  readonly references: readonly Reference[];
  /** Set when the whole value is exactly one attribute of one resource instance: `${hcloud_volume.data.id}`. */
  readonly traversal?: Reference;
  /** The text this is an encoding of (base64, gzip), when that is not wholly known. */
  readonly encodes?: Value;
  /** Every value it can take, where they can be listed (both arms of a conditional). */
  readonly candidates?: readonly Value[];
}

export type Value =
  | { readonly state: 'known'; readonly value: Scalar }
  /** Not written in the configuration: the provider's default applies (see defaults.ts). */
  | { readonly state: 'unset' }
  /** Literal parts and holes, as user_data has them at synth. At least one hole. */
  | { readonly state: 'text'; readonly parts: readonly (string | Unknown)[] }
  /** A list, set or repeated block; `complete` is false when more items may exist (dynamic, count). */
  | {
      readonly state: 'list';
      readonly items: readonly Value[];
      readonly complete: boolean;
      /** Terraform's set: sorted, without indexes; in a loop the key is the item. */
      readonly set?: true;
    }
  | { readonly state: 'map'; readonly entries: ReadonlyMap<string, Value>; readonly complete: boolean }
  | Unknown;
