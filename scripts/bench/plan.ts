import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const recorded = join(__dirname, '../../__tests__/fixtures/plans/foreign-loops/plan.json');

interface Named {
  address: string;
  readonly [field: string]: unknown;
}
interface ModuleValues {
  address?: string;
  resources?: Named[];
  child_modules?: ModuleValues[];
}
export interface Plan {
  readonly planned_values: { readonly root_module: ModuleValues };
  readonly resource_changes: readonly Named[];
  readonly configuration: { readonly root_module: object; readonly provider_config: object };
}

/**
 * Writes a plan of at least `count` resources, made of one that terraform and Hetzner's provider wrote: as if its root module were
 * called by `module "copy" { for_each = … }` as often as it takes. Written piece by piece, since a text of 500 MB is none.
 * @param apart gives each copy a label of its own, so that no two are alike
 * @returns how many resources it has
 */
export function writePlan(file: string, count: number, apart = false): number {
  const plan = JSON.parse(readFileSync(recorded, 'utf8')) as Plan;
  const { planned_values: planned, resource_changes: changes, configuration, ...rest } = plan;
  const copies = Math.ceil(count / changes.length);
  const handle = openSync(file, 'w');
  const pieces: string[] = [];
  let length = 0;
  const write = (text: string) => {
    pieces.push(text);
    length += text.length;
    if (length > 1 << 20) flush();
  };
  const flush = () => {
    writeSync(handle, pieces.join(''));
    pieces.length = 0;
    length = 0;
  };
  const each = (make: (prefix: string, index: number) => string) => {
    for (let index = 0; index < copies; index++)
      write(`${index === 0 ? '' : ','}${make(`module.copy["${index}"]`, index)}`);
  };
  try {
    write(`${JSON.stringify(rest).slice(0, -1)},"planned_values":{"root_module":{"child_modules":[`);
    each((prefix) => JSON.stringify(inModule(planned.root_module, prefix)));
    write(']}},"resource_changes":[');
    each((prefix, index) => {
      const text = changes.map((change) => JSON.stringify(changeIn(change, prefix))).join(',');
      return apart ? text.replaceAll('"labels":null', `"labels":{"copy":"${index}"}`) : text;
    });
    write(`],"configuration":${JSON.stringify(called(configuration))}}\n`);
    flush();
  } finally {
    closeSync(handle);
  }
  return copies * changes.length;
}

/** The same of a plan at hand, as often as there are keys. */
export function inCopies(plan: Plan, keys: readonly string[]): Plan {
  const { planned_values: planned, resource_changes: changes, configuration, ...rest } = plan;
  const prefixes = keys.map((key) => `module.copy[${JSON.stringify(key)}]`);
  return {
    ...rest,
    planned_values: {
      root_module: { child_modules: prefixes.map((prefix) => inModule(planned.root_module, prefix)) },
    },
    resource_changes: prefixes.flatMap((prefix) => changes.map((change) => changeIn(change, prefix))),
    configuration: called(configuration),
  };
}

function called(configuration: Plan['configuration']): Plan['configuration'] {
  const copy = { source: './copy', module: configuration.root_module };
  return { ...configuration, root_module: { module_calls: { copy } } };
}

function inModule(
  { address, resources = [], child_modules: children = [] }: ModuleValues,
  prefix: string,
): ModuleValues {
  return {
    address: address === undefined ? prefix : `${prefix}.${address}`,
    resources: resources.map((one) => ({ ...one, address: `${prefix}.${one.address}` })),
    child_modules: children.map((child) => inModule(child, prefix)),
  };
}

function changeIn(change: Named, prefix: string): Named {
  const { module_address: inner } = change as { module_address?: string };
  return {
    ...change,
    address: `${prefix}.${change.address}`,
    module_address: inner === undefined ? prefix : `${prefix}.${inner}`,
  };
}
