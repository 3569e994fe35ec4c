import { bracket } from '../configuration/instance.ts';
import { localName } from '../configuration/resources.ts';
import type { Mode } from '../graph.ts';
import type { Span, Splitter } from '../json/split.ts';
import { entriesOf, own, type ResourceChange } from '../plan/format.ts';

/**
 * Resources of a state file of version 4, one change for each instance. The file is terraform's own and nowhere promised; its form is that
 * of github.com/hashicorp/terraform/blob/main/internal/states/statefile/version4.go
 */
export function* rawResources(splitter: Splitter, span: Span | undefined): Generator<ResourceChange> {
  if (span === undefined) return;
  for (const item of splitter.items(span)) {
    const resource = splitter.parse(item);
    const fail = (fault: string): never => splitter.fail(item.start, `a resource of the state ${fault}`);
    const [mode, type, name, module, provider] = ['mode', 'type', 'name', 'module', 'provider'].map((key) =>
      own(resource, key),
    );
    if (typeof type !== 'string' || typeof name !== 'string') return fail('has no type or name');
    if (mode !== 'managed' && mode !== 'data') return fail('has no mode, managed or data');
    const instances = own(resource, 'instances') ?? [];
    if (!Array.isArray(instances)) return fail('has instances that are no list');
    const at = typeof module === 'string' ? module : '';
    for (const instance of instances) {
      if (instance === null || typeof instance !== 'object') return fail('has an instance that is no object');
      yield changeOf({ mode, type, name, module: at, provider: providerOf(provider) }, instance);
    }
  }
}

interface Declared {
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  readonly module: string;
  readonly provider: string | undefined;
}

function changeOf({ mode, type, name, module, provider }: Declared, instance: object): ResourceChange {
  const key = own(instance, 'index_key');
  const index = typeof key === 'string' || typeof key === 'number' ? key : undefined;
  const deposed = own(instance, 'deposed');
  const values = typed(own(instance, 'attributes') ?? {});
  const marks = sensitiveMarks(own(instance, 'sensitive_attributes'));
  const prefix = module === '' ? '' : `${module}.`;
  return {
    address: `${prefix}${localName(mode, type, name)}${bracket(index)}`,
    mode,
    type,
    name,
    ...(module === '' ? {} : { module_address: module }),
    ...(index === undefined ? {} : { index }),
    ...(typeof deposed === 'string' ? { deposed } : {}),
    ...(provider === undefined ? {} : { provider_name: provider }),
    change:
      mode === 'data'
        ? { actions: ['read'], after: values, after_sensitive: marks }
        : { actions: ['no-op'], before: values, after: values, before_sensitive: marks, after_sensitive: marks },
  };
}

const PRIMITIVE = /^(string|number|bool|dynamic)$/;
const COLLECTION = /^(list|set|map|object|tuple)$/;

/** Attributes of any type stand with their type beside the value: `outputs` of a remote state, `input` of terraform_data. */
function typed(attributes: unknown): unknown {
  const entries = entriesOf(attributes);
  if (!entries.some(([, value]) => isTyped(value))) return attributes;
  const unwrapped: Record<string, unknown> = Object.create(null);
  for (const [name, value] of entries) unwrapped[name] = isTyped(value) ? own(value, 'value') : value;
  return unwrapped;
}

function isTyped(value: unknown): boolean {
  if (entriesOf(value).length !== 2 || own(value, 'value') === undefined) return false;
  const type = own(value, 'type');
  return Array.isArray(type) ? COLLECTION.test(String(type[0])) : typeof type === 'string' && PRIMITIVE.test(type);
}

/** `module.x.provider["registry.terraform.io/hetznercloud/hcloud"].eu` */
function providerOf(written: unknown): string | undefined {
  if (typeof written !== 'string') return undefined;
  return /provider\["([^"]+)"\]/.exec(written)?.[1] ?? /provider\.([\w-]+)/.exec(written)?.[1];
}

/** Paths as a state lists them, in the shape `sensitive_values` has: `true` where a value is marked. */
function sensitiveMarks(paths: unknown): unknown {
  const root: Record<string, unknown> = Object.create(null);
  for (const path of Array.isArray(paths) ? paths : []) {
    const steps = Array.isArray(path) ? path.map(stepOf) : [];
    // Beyond the first step a mark covers the whole argument: more is hidden than must be, never less.
    if (typeof steps[0] === 'string') root[steps[0]] = true;
  }
  return root;
}

function stepOf(step: unknown): unknown {
  const value = own(step, 'value');
  return typeof value === 'object' ? own(value, 'value') : value;
}
