import { bodySource, type Form, formOf, namesIn, resourceMeta } from '../configuration/attributes.ts';
import type { Block } from '../configuration/blocks.ts';
import { bracket, type Group, type ModuleInstance, type PlannedIndexes } from '../configuration/instance.ts';
import { lifecycleOf } from '../configuration/lifecycle.ts';
import { resourceMetadata } from '../configuration/metadata.ts';
import { writtenOrigins } from '../configuration/origins.ts';
import { provisionersOf } from '../configuration/provisioners.ts';
import {
  configuredSource,
  decidedLater,
  isDecidedLater,
  isNative,
  localName,
  type RemoteOutput,
} from '../configuration/resources.ts';
import type { World } from '../configuration/world.ts';
import type { Scope } from '../expression/evaluate.ts';
import {
  type AttributeSource,
  GraphResource,
  type Look,
  type ResourceDetails,
  type ResourceFields,
} from '../graph/resource.ts';
import type { Change, Lifecycle, Mode, Origin, Place, Provisioner, Root } from '../graph.ts';
import type { Value } from '../value.ts';
import { carrying, map, pointer, referencesOf, unset } from '../values.ts';
import { own, type ResourceChange } from './format.ts';
import { bareValue, beforeSource, isComputed, isOptional, isWhole, joinedValue, type Written } from './join.ts';
import { computed, isMarked, shownAttribute, shownNames, shownSource } from './shown.ts';

export interface PlanContext {
  readonly root: Root;
  readonly world: World;
  readonly idPrefix: string;
  readonly file: string;
  /** The full address of a provider a plan names; the same few are asked for again and again. */
  readonly provider: (name: string) => string;
  /** False when the configuration is only the plan's own record, which leaves `lifecycle` out. */
  readonly sourceAtHand: boolean;
  /** The file itself, for what no block declares. */
  readonly place: Place;
  readonly blocks: Map<Block, BlockDetails>;
  /** What a sibling root declares for an output whose value a `terraform_remote_state` has read. */
  readonly remoteOutput?: RemoteOutput;
}

/** One element of `resource_changes`, joined with the block that declares it where the configuration has one. */
export function plannedResource(
  change: ResourceChange,
  module: ModuleInstance | undefined,
  context: PlanContext,
): GraphResource {
  const source = new PlannedSource(change, module, context);
  const resource = new GraphResource(source, source, source);
  source.resource = resource;
  return resource;
}

/**
 * What is known of one instance. A plan holds a hundred thousand of them, and of most only a few attributes are asked for: nothing
 * is made before that.
 */
class PlannedSource implements AttributeSource, ResourceFields, ResourceDetails {
  readonly id: string;
  readonly address: string;
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  readonly index: string | number | undefined;
  readonly root: Root;
  readonly provider: string;
  readonly change: Change;
  readonly expanded = true;
  readonly shows = true;
  resource: GraphResource | undefined;
  readonly #shown: ResourceChange['change'];
  readonly #deposed: boolean;
  readonly #module: ModuleInstance | undefined;
  readonly #context: PlanContext;
  #found: Group | undefined | 'none';
  #written: Written | undefined | 'none';

  constructor(change: ResourceChange, module: ModuleInstance | undefined, context: PlanContext) {
    const { type, mode, name, deposed } = change;
    this.address = deposed === undefined ? change.address : `${change.address} (deposed ${deposed})`;
    this.id = context.idPrefix + this.address;
    this.mode = mode;
    this.type = type;
    this.name = name;
    this.index = change.index;
    this.root = context.root;
    this.provider = context.provider(change.provider_name ?? type.split('_')[0] ?? type);
    this.change = changeOf(change.change.actions);
    this.#shown = change.change;
    this.#deposed = deposed !== undefined;
    this.#module = module;
    this.#context = context;
  }

  names(): readonly string[] {
    const shown = shownNames(this.#shown.after, this.#shown.after_unknown);
    const written = this.#ofBlock?.names;
    return written === undefined ? shown : [...new Set([...shown, ...written])];
  }

  value(name: string): Value {
    const { after, after_unknown: isUnknown, after_sensitive: isSensitive } = this.#shown;
    const planned = shownAttribute(after, isUnknown, isSensitive, name);
    const block = this.#ofBlock;
    if (block === undefined) return this.#named(joinedValue(this.type, name, planned, undefined), name);
    const value =
      this.#unevaluated(planned, block.form(name), name) ??
      joinedValue(this.type, name, planned, () => this.#declared as Written);
    if (this.type === 'terraform_remote_state' && name === 'outputs') return this.#withSiblings(value);
    return this.#named(value, name);
  }

  /** What is written and not shown is not set. */
  every(look: Look): boolean | undefined {
    const { after, after_unknown: isUnknown, after_sensitive: isSensitive } = this.#shown;
    if (isSensitive === true || isUnknown === true || this.mode !== 'managed') return undefined;
    for (const name of shownNames(after, isUnknown)) {
      const mark = own(isUnknown, name);
      const readable = !isMarked(own(isSensitive, name)) && !this.#isPayload(name);
      const goOn =
        readable && !isMarked(mark)
          ? look.json(name, own(after, name))
          : look.value(name, () => (readable && mark === true && this.#isBare(name) ? computed : this.value(name)));
      if (!goOn) return false;
    }
    return true;
  }

  /** Of a payload a plan shows a digest, and the text it belongs to stands elsewhere. */
  #isPayload(name: string): boolean {
    return name === 'user_data' && this.type === 'hcloud_server';
  }

  /** Whether no expression at hand says more of what the plan does not know. */
  #isBare(name: string): boolean {
    const form = this.#ofBlock?.form(name);
    return form === undefined || form === 'bare' || form === 'absent';
  }

  /** What `joinedValue` gives where that needs no expression evaluated, nor a scope to do it in: for most of a large plan. */
  #unevaluated(planned: Value, form: Form, name: string): Value | undefined {
    if (this.mode !== 'managed' || form === 'expression') return undefined;
    const source = () => this.#declared?.value(name);
    if (name === 'user_data' && this.type === 'hcloud_server') {
      // A plan shows a digest of it, and of an expression that is not recorded there is no text to compare.
      if (form !== 'bare') return undefined;
      return planned.state === 'known' || isComputed(planned) ? bareValue(source) : undefined;
    }
    if (name === 'apply_to' || (planned.state === 'list' && planned.items.length === 0)) return undefined;
    if (form === 'bare') return isComputed(planned) ? bareValue(source) : undefined;
    if (form === 'absent' && isDecidedLater(this.type, name))
      return isComputed(planned) ? decidedLater(this, name) : undefined;
    if (isWhole(planned)) return planned;
    if (form === 'absent' && isComputed(planned)) return isOptional(this.type, name) ? unset : planned;
    return undefined;
  }

  /** The block that declares it, and none for what is on its way out. */
  get #group(): Group | undefined {
    if (this.#found === undefined) {
      const gone = this.#deposed || this.change === 'delete';
      this.#found = (gone ? undefined : this.#module?.group(localName(this.mode, this.type, this.name))) ?? 'none';
    }
    return this.#found === 'none' ? undefined : this.#found;
  }

  get #scope(): Scope | undefined {
    const bound = this.#group?.instance(this.index)?.bound ?? [];
    return this.#module?.scopeWith(new Map<string, Value>([...bound, ['self', selfOf(this.id, this.address)]]));
  }

  get #declared(): Written | undefined {
    if (this.#written === undefined) {
      const [group, scope] = [this.#group, this.#scope];
      this.#written =
        group === undefined || scope === undefined
          ? 'none'
          : writtenOf(group.block, configuredSource(group.block, scope, this.#context.world, this));
    }
    return this.#written === 'none' ? undefined : this.#written;
  }

  get place(): Place {
    return this.#ofBlock?.place ?? this.#context.place;
  }

  get before(): AttributeSource | undefined {
    const { before, before_sensitive: isSensitive } = this.#shown;
    if (before === null || before === undefined) return undefined;
    return beforeSource(this.type, shownSource(before, undefined, isSensitive));
  }

  get lifecycle(): Lifecycle | undefined {
    return this.#ofBlock?.lifecycle;
  }

  get dependsOn(): readonly string[] {
    return none;
  }

  get constructPath(): string | undefined {
    return this.#ofBlock?.constructPath;
  }

  get origins(): readonly Origin[] {
    return this.#ofBlock?.origins ?? none;
  }

  get #ofBlock(): BlockDetails | undefined {
    const block = this.#group?.block;
    return block === undefined ? undefined : detailsOf(block, this.#context);
  }

  /** What is deleted runs the provisioners its block has now, and none when the block is gone. */
  get provisioners(): readonly Provisioner[] | undefined {
    const { sourceAtHand, root, world } = this.#context;
    const local = localName(this.mode, this.type, this.name);
    const gone = this.change === 'delete' && sourceAtHand;
    const block = (gone ? this.#module?.group(local) : this.#group)?.block;
    if (block === undefined) return gone ? none : undefined;
    if (this.#module === undefined) return undefined;
    if (!block.body.has('provisioner')) return none;
    const scope = this.#scope;
    if (scope === undefined) return undefined;
    return provisionersOf({ id: this.id, root, whole: sourceAtHand }, block, (own, meta) =>
      bodySource(own, scope, world.evaluator, meta),
    );
  }

  /** The state says what an output is, its sibling's expression what it is of: a firewall, an address. */
  #withSiblings(value: Value): Value {
    if (value.state !== 'map') return value;
    const entries = [...value.entries].map(([output, entry]): [string, Value] => {
      const written = this.resource === undefined ? undefined : this.#context.remoteOutput?.(this.resource, output);
      if (written === undefined) return [output, entry];
      const traversal = written.state === 'unknown' ? written.traversal : undefined;
      const pointed = entry.state === 'unknown' && traversal !== undefined ? { ...entry, traversal } : entry;
      return [output, carrying(pointed, referencesOf(written))];
    });
    return map(new Map(entries), value.complete);
  }

  /** An unknown attribute without any expression is a plain reference to itself: the provider decides it, and it is named. */
  #named(value: Value, name: string): Value {
    if (value.state !== 'unknown' || value.causes.length !== 1 || value.causes[0] !== 'computed') return value;
    if (value.expression !== '' || value.references.length > 0) return value;
    const text = `${this.address}.${name}`;
    const cause = this.mode === 'data' || this.change === 'read' ? 'data' : 'computed';
    return pointer(cause, { target: this.id, attribute: [name], text, certainty: 'certain' });
  }
}

const none: readonly never[] = [];

interface BlockDetails extends Pick<ResourceDetails, 'place' | 'origins' | 'lifecycle' | 'constructPath'> {
  readonly names: readonly string[];
  /** How an argument is written. */
  form(name: string): Form;
}

/** What a block says of each of its instances alike. */
function detailsOf(block: Block, { sourceAtHand, blocks, file }: PlanContext): BlockDetails {
  const known = blocks.get(block);
  if (known !== undefined) return known;
  const metadata = resourceMetadata(block.body);
  const forms = new Map<string, Form>();
  const details: BlockDetails = {
    names: namesIn(block.body, resourceMeta),
    form: (name) => {
      const form = forms.get(name) ?? formOf(block.body, name, resourceMeta);
      forms.set(name, form);
      return form;
    },
    place: metadata.place ?? block.place ?? { file },
    lifecycle: sourceAtHand ? lifecycleOf(block.body) : undefined,
    constructPath: metadata.constructPath,
    origins: isNative(block) && sourceAtHand ? writtenOrigins(block, resourceMeta) : metadata.origins,
  };
  blocks.set(block, details);
  return details;
}

function selfOf(id: string, address: string): Value {
  return pointer('computed', { target: id, attribute: [], text: address, certainty: 'certain' });
}

function writtenOf(block: Block, source: AttributeSource): Written {
  return {
    ...source,
    constant: (name) => {
      const json = block.body.get(name);
      return typeof json === 'string' ? json : undefined;
    },
  };
}

function changeOf(actions: readonly string[]): Change {
  if (actions.length > 1) return actions.includes('create') ? 'replace' : 'update';
  switch (actions[0]) {
    case 'create':
    case 'read':
    case 'update':
    case 'delete':
      return actions[0];
    // Forgotten resources leave the configuration's care: to what it promises that is a removal.
    case 'forget':
      return 'delete';
    default:
      return 'no-op';
  }
}

const single: readonly undefined[] = [undefined];

/** Which instances of each address the plan shows, for `count` and `for_each` of resources and of module calls. */
export function plannedIndexes(changes: Iterable<ResourceChange>): PlannedIndexes {
  // No address of a resource stands twice, so its indexes need no comparing; modules are named by each resource in them.
  const resources = new Map<string, readonly (string | number | undefined)[]>();
  const modules = new Map<string, Map<string, string | number | undefined>>();
  const prefixes = new Map<string, string>([['', '']]);
  const prefixOf = (module: string): string => {
    const found = prefixes.get(module);
    if (found !== undefined) return found;
    let prefix = '';
    for (const { name, index } of moduleSteps(module)) {
      const address = `${prefix}module.${name}`;
      const same = modules.get(address) ?? new Map<string, string | number | undefined>();
      same.set(bracket(index), index);
      modules.set(address, same);
      prefix = `${address}${bracket(index)}.`;
    }
    prefixes.set(module, prefix);
    return prefix;
  };
  for (const { module_address: module = '', mode, type, name, index, deposed, change } of changes) {
    if (deposed !== undefined || changeOf(change.actions) === 'delete') continue;
    const address = prefixOf(module) + localName(mode, type, name);
    const same = resources.get(address) as (string | number | undefined)[] | undefined;
    if (index === undefined) resources.set(address, single);
    else if (same === undefined || same[0] === undefined) resources.set(address, [index]);
    else same.push(index);
  }
  const inOrder = new Map<string, readonly (string | number | undefined)[]>();
  return (address) => {
    const found = inOrder.get(address);
    if (found !== undefined) return found;
    const sorted = ordered(resources.get(address) ?? [...(modules.get(address)?.values() ?? [])]);
    inOrder.set(address, sorted);
    return sorted;
  };
}

/** As terraform counts: by number, or by key. A plan in JSON lists addresses as texts (`a[10]` before `a[2]`), a binary one in no order. */
function ordered(indexes: readonly (string | number | undefined)[]): readonly (string | number | undefined)[] {
  const follows = (left: string | number | undefined, right: string | number | undefined): boolean =>
    typeof left === typeof right && (left as string | number) < (right as string | number);
  if (indexes.every((index, at) => at === 0 || follows(indexes[at - 1], index))) return indexes;
  return [...indexes].sort((left, right) => (follows(left, right) ? -1 : follows(right, left) ? 1 : 0));
}

/** `module.net["a"].module.sub[0]` step by step. */
export function moduleSteps(
  address: string,
): readonly { readonly name: string; readonly index: string | number | undefined }[] {
  return [...address.matchAll(/module\.([^.[\]]+)(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?(?:\.|$)/g)].map(
    ([, name = '', index]) => ({
      name,
      index: index === undefined ? undefined : parsedIndex(index),
    }),
  );
}

function parsedIndex(index: string): string | number {
  try {
    return JSON.parse(index) as string | number;
  } catch {
    return index;
  }
}
