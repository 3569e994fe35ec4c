import { posix } from 'node:path';
import type { Names, Resolved, Scope } from '../expression/evaluate.ts';
import type { Cause, Value } from '../value.ts';
import { known, list, map, pointer, referencesOf, unknown, weaken } from '../values.ts';
import { type Block, blocksOf, wordOf } from './blocks.ts';
import { type Expansion, expansionOf, type Instance, plannedExpansion } from './expansion.ts';
import type { FileReader } from './root.ts';
import type { ModuleSource } from './source.ts';
import { converted } from './variable-type.ts';
import type { World } from './world.ts';

/** What a module instance is given by its caller, by tfvars, or not at all. */
export interface Inputs {
  /** undefined when the caller does not set it. */
  value(name: string): Value | undefined;
}

/** All instances of one `resource`, `data` or `module` block within one module instance. */
export interface Group {
  readonly block: Block;
  readonly expansion: Expansion;
  instance(index: string | number | undefined): Instance | undefined;
}

/** Indexes of the instances a plan shows for an address without index (`module.net.hcloud_server.host`); empty when none. */
export type PlannedIndexes = (address: string) => readonly (string | number | undefined)[];

/** One instance of a module: its names lead to values. The root module is the instance without prefix. */
export class ModuleInstance implements Names {
  readonly source: ModuleSource;
  /** `''` or `module.net[0].`: what stands before the addresses of its resources. */
  readonly prefix: string;
  /** `logs/`: what stands before an address to make an id. */
  readonly idPrefix: string;
  /** Directory of the root module, to which `path.module` is relative. */
  readonly rootDirectory: string;
  readonly workspace: string | undefined;
  readonly #world: World;
  readonly #inputs: Inputs;
  readonly #children: (instance: ModuleInstance, call: Block) => readonly ModuleInstance[] | undefined;
  readonly #planned: PlannedIndexes | undefined;
  readonly #reads: FileReader | undefined;
  readonly #values = new Map<string, Value>();
  readonly #open = new Set<string>();
  readonly #groups = new Map<string, Group | undefined>();
  readonly #blocks: ReadonlyMap<string, Block>;
  readonly #loaded = new Map<string, readonly ModuleInstance[] | undefined>();

  constructor(fields: {
    source: ModuleSource;
    prefix: string;
    idPrefix: string;
    rootDirectory: string;
    workspace: string | undefined;
    world: World;
    inputs: Inputs;
    children: (instance: ModuleInstance, call: Block) => readonly ModuleInstance[] | undefined;
    planned?: PlannedIndexes | undefined;
    reads?: FileReader | undefined;
  }) {
    this.source = fields.source;
    this.prefix = fields.prefix;
    this.idPrefix = fields.idPrefix;
    this.rootDirectory = fields.rootDirectory;
    this.workspace = fields.workspace;
    this.#world = fields.world;
    this.#inputs = fields.inputs;
    this.#children = fields.children;
    this.#planned = fields.planned;
    this.#reads = fields.reads;
    this.#blocks = blocksBy(this.source);
  }

  get deepen(): Names['deepen'] {
    return this.#world.deepen;
  }

  /** A path of a configuration is relative to the directory Terraform runs in, that of the root module. */
  readFile(path: string): Uint8Array | 'absent' | undefined {
    return posix.isAbsolute(path) ? undefined : this.#reads?.read(posix.join(this.rootDirectory, path));
  }

  /** The scope of everything in this module that stands outside `count`, `for_each` and resources. */
  get scope(): Scope {
    return { names: this, bound: unbound };
  }

  scopeWith(bound: ReadonlyMap<string, Value>): Scope {
    return { names: this, bound };
  }

  /** The group of `hcloud_server.host`, `data.hcloud_image.debian` or `module.net`; undefined when nothing declares it. */
  group(name: string): Group | undefined {
    if (this.#groups.has(name)) return this.#groups.get(name);
    const block = this.#blocks.get(name);
    // A count that depends on its own instances is refused by Terraform; here it must only end.
    this.#groups.set(name, undefined);
    const group = block === undefined ? undefined : groupOf(block, this.#expansion(name, block));
    this.#groups.set(name, group);
    return group;
  }

  /** The instances a plan shows win over what the expressions give: the plan was made with all values at hand. */
  #expansion(name: string, block: Block): Expansion {
    const written = () => expansionOf(block.body, this.scope, this.#world.evaluator);
    const planned = this.#planned?.(`${this.prefix}${name}`) ?? [];
    return planned.length === 0 ? written() : plannedExpansion(planned, written);
  }

  /** The instances of a called module; undefined when its files were not handed in. */
  loaded(call: Block): readonly ModuleInstance[] | undefined {
    const name = call.labels[0] ?? '';
    if (!this.#loaded.has(name)) this.#loaded.set(name, this.#children(this, call));
    return this.#loaded.get(name);
  }

  resolve(name: string, steps: readonly string[], text: string): Resolved {
    const first = steps[0];
    switch (name) {
      case 'var':
        return { value: first === undefined ? unknown(['function'], text) : this.variable(first), used: 1 };
      case 'local':
        return { value: first === undefined ? unknown(['function'], text) : this.#local(first, text), used: 1 };
      case 'path':
        return { value: this.#path(first, text), used: 1 };
      case 'terraform':
        return { value: this.#terraform(first, text), used: 1 };
      case 'module':
        return first === undefined
          ? { value: unknown(['function'], text), used: 0 }
          : this.#module(first, steps[1], text);
      case 'data':
        return this.#resource(`data.${first}.${steps[1]}`, 2, 'data', text);
      case 'ephemeral':
        return this.#resource(`ephemeral.${first}.${steps[1]}`, 2, 'computed', text);
      case 'count':
      case 'each':
      case 'self':
        // Bound in the scopes where they mean something.
        return { value: unknown(['function'], text), used: steps.length };
      default:
        return this.#resource(`${name}.${first}`, 1, 'computed', text);
    }
  }

  /** Type and arguments of the backend written in this root; undefined when there is none. */
  backendArguments(): { readonly type: string; argument(name: string): Value } | undefined {
    // Of an override file the block comes later, and counts.
    for (const block of [...this.source.terraform].reverse()) {
      const backend = blocksOf(block.document, block.body, 'backend', 1).at(-1);
      if (backend === undefined) continue;
      const argument = (name: string) => this.#world.evaluator.json(backend.body.get(name) ?? null, this.scope);
      return { type: backend.labels[0] ?? '', argument };
    }
    return undefined;
  }

  /** Whether a variable has a value from outside or a default, and whether it is marked. */
  variableFacts(name: string): { hasValue: boolean; sensitive: boolean } {
    const body = this.#blocks.get(`var.${name}`)?.body;
    const given = this.#inputs.value(name) !== undefined;
    return { hasValue: given || body?.has('default') === true, sensitive: body?.get('sensitive') === true };
  }

  variable(name: string): Value {
    return this.#once(`var.${name}`, `var.${name}`, () => {
      const block = this.#blocks.get(`var.${name}`);
      const text = `var.${name}`;
      if (block?.body.get('sensitive') === true) return unknown(['sensitive'], text);
      const type = wordOf(block?.body.get('type'));
      const given = this.#inputs.value(name);
      const isNull = given?.state === 'known' && given.value === null;
      const refusesNull = block?.body.get('nullable') === false;
      if (given !== undefined && !(isNull && refusesNull)) return this.#typed(given, type, text);
      const standard = block?.body.get('default');
      // Defaults are constants: templates in them would be refused.
      const value = standard === undefined ? undefined : this.#world.evaluator.json(standard, this.scope);
      return value === undefined ? unknown(['variable'], text) : this.#typed(value, type, text);
    });
  }

  /** A plan's own record leaves types out: whether a list is a set, and what an object was filled up with, is not seen. */
  #typed(value: Value, type: string | undefined, text: string): Value {
    if (this.source.localsShown) return converted(value, type, text);
    return value.state === 'list' || value.state === 'map'
      ? unknown(['source'], text, weaken(referencesOf(value)))
      : value;
  }

  output(name: string): Value {
    return this.#once(`output.${name}`, `output.${name}`, () => {
      const block = this.#blocks.get(`output.${name}`);
      if (block === undefined) return unknown(['outside'], `output.${name}`);
      const value = this.#world.evaluator.json(block.body.get('value') ?? null, this.scope);
      // cdktf marks every output it makes for a sibling stack, whatever it holds: that mark says nothing about the value.
      if (block.body.get('sensitive') !== true || name.startsWith('cross-stack-output-')) return value;
      return unknown(['sensitive'], `output.${name}`, value.state === 'unknown' ? value.references : []);
    });
  }

  get outputNames(): readonly string[] {
    return this.source.outputs.map((block) => block.labels[0] ?? '');
  }

  #local(name: string, text: string): Value {
    const local = this.source.locals.get(name);
    if (local === undefined) return unknown([this.source.localsShown ? 'function' : 'source'], text);
    return this.#once(`local.${name}`, text, () => this.#world.evaluator.json(local.json, this.scope));
  }

  #path(name: string | undefined, text: string): Value {
    if (name === 'root' || name === 'cwd') return known('.');
    if (name !== 'module') return unknown(['function'], text);
    // A plan's own record does not say where its modules lie.
    if (!this.source.localsShown && this.prefix !== '') return unknown(['source'], text);
    const relative = posix.relative(this.rootDirectory, this.source.directory);
    return known(relative === '' ? '.' : relative);
  }

  #terraform(name: string | undefined, text: string): Value {
    return name === 'workspace' && this.workspace !== undefined ? known(this.workspace) : unknown(['variable'], text);
  }

  #module(name: string, output: string | undefined, text: string): Resolved {
    const group = this.group(`module.${name}`);
    const instances = group === undefined ? undefined : this.loaded(group.block);
    if (group === undefined || instances === undefined) {
      const attribute = output === undefined ? [] : [output];
      const reference = { target: undefined, attribute, text, certainty: 'certain' as const };
      // Whatever follows is part of what is not known.
      return { value: unknown(['outside'], text, [reference]), used: output === undefined ? 1 : 2 };
    }
    const only = instances[0];
    const { form } = group.expansion;
    if ((form === 'single' || form === 'unknown') && only !== undefined) {
      if (output !== undefined) return { value: only.output(output), used: 2 };
      return { value: outputsOf(only), used: 1, collective: form === 'unknown' };
    }
    if (form === 'each') {
      const keys = group.expansion.instances.map((instance) => String(instance.index));
      return { value: map(new Map(instances.map((child, i) => [keys[i] ?? '', outputsOf(child)]))), used: 1 };
    }
    return { value: list(instances.map(outputsOf)), used: 1 };
  }

  #resource(name: string, used: number, cause: 'computed' | 'data', text: string): Resolved {
    const group = this.group(name);
    if (group === undefined) {
      const reference = { target: undefined, attribute: [], text, certainty: 'certain' as const };
      return { value: unknown(['outside'], text, [reference]), used };
    }
    const { form } = group.expansion;
    // With thousands of instances the list is long, and every reference to one of them goes through it.
    const value = this.#once(`group ${name}`, text, () => this.#pointers(name, cause, group.expansion));
    return form === 'unknown' ? { value, used, collective: true } : { value, used };
  }

  /** A plain reference to each instance, in the shape an expression finds them: one, a list, a map. */
  #pointers(name: string, cause: Cause, { form, instances }: Expansion): Value {
    const point = (index: string | number | undefined, certainty: 'certain' | 'possible') => {
      const local = `${name}${bracket(index)}`;
      return pointer(cause, {
        target: `${this.idPrefix}${this.prefix}${local}`,
        attribute: [],
        text: local,
        certainty,
      });
    };
    switch (form) {
      case 'single':
        return point(undefined, 'certain');
      case 'count':
        return list(instances.map(({ index }) => point(index, 'certain')));
      case 'each':
        return map(new Map(instances.map(({ index }) => [String(index), point(index, 'certain')])));
      case 'unknown':
        return { ...point(undefined, 'possible'), causes: ['possible'] };
    }
  }

  /** Computes once; a name that leads back to itself is refused by Terraform and not evaluated here. */
  #once(key: string, text: string, compute: () => Value): Value {
    const found = this.#values.get(key);
    if (found !== undefined) return found;
    if (this.#open.has(key)) return unknown(['function'], text);
    this.#open.add(key);
    try {
      const value = compute();
      this.#values.set(key, value);
      return value;
    } finally {
      this.#open.delete(key);
    }
  }
}

const unbound: ReadonlyMap<string, Value> = new Map();

/** The blocks of a module by the names that lead to them, once for all its instances. */
const blocksByName = new WeakMap<ModuleSource, ReadonlyMap<string, Block>>();

function blocksBy(source: ModuleSource): ReadonlyMap<string, Block> {
  const known = blocksByName.get(source);
  if (known !== undefined) return known;
  const { resources, data, ephemeral, variables, outputs, modules } = source;
  const blocks = new Map<string, Block>();
  for (const block of resources) blocks.set(block.labels.join('.'), block);
  for (const block of data) blocks.set(`data.${block.labels.join('.')}`, block);
  for (const block of ephemeral) blocks.set(`ephemeral.${block.labels.join('.')}`, block);
  for (const block of variables) blocks.set(`var.${block.labels[0]}`, block);
  for (const block of outputs) blocks.set(`output.${block.labels[0]}`, block);
  for (const block of modules) blocks.set(`module.${block.labels[0]}`, block);
  blocksByName.set(source, blocks);
  return blocks;
}

function groupOf(block: Block, expansion: Expansion): Group {
  let byIndex: ReadonlyMap<string | number | undefined, Instance> | undefined;
  return {
    block,
    expansion,
    instance: (index) => {
      byIndex ??= new Map(expansion.instances.map((instance) => [instance.index, instance]));
      return byIndex.get(index);
    },
  };
}

function outputsOf(instance: ModuleInstance): Value {
  return map(new Map(instance.outputNames.map((name) => [name, instance.output(name)])));
}

/** `[0]`, `["a"]` or nothing, as Terraform writes instance keys. */
export function bracket(index: string | number | undefined): string {
  return index === undefined ? '' : `[${JSON.stringify(index)}]`;
}
