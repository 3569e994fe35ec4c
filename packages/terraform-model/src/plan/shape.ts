import { InputError } from '../input-error.ts';
import { type ConfigurationRecord, own } from './format.ts';

const modes: readonly unknown[] = ['managed', 'data', 'ephemeral'];
const actions: readonly string[] = ['no-op', 'create', 'read', 'update', 'delete', 'forget'];

/**
 * What an element of `resource_changes` lacks of the form terraform writes; undefined when nothing is missing. What is not of
 * the form is not guessed at: an action nobody knows could be any change.
 */
export function faultOf(change: unknown): string | undefined {
  for (const key of ['address', 'type', 'name']) {
    if (typeof own(change, key) !== 'string') return `has no ${key}`;
  }
  const mode = own(change, 'mode');
  if (!modes.includes(mode)) return 'has no mode, managed or data';
  const inner = own(change, 'change');
  const listed = own(inner, 'actions');
  if (!Array.isArray(listed) || listed.length === 0) return 'has no change.actions';
  const other: unknown = listed.find((action) => !actions.includes(action));
  if (other !== undefined) return `has the action ${JSON.stringify(other)}, which is not known; use a newer lukko`;
  for (const key of ['before', 'after']) {
    const value = own(inner, key) ?? null;
    if (!isObject(value) && value !== null) return `has a change.${key} that is no object`;
  }
  const gone = listed.every((action) => action === 'delete' || action === 'forget');
  if (!gone && !isObject(own(inner, 'after'))) return 'has no change.after';
  return undefined;
}

/**
 * The `configuration` of a plan, once its form is what terraform writes.
 * @throws InputError naming the part that is not.
 */
export function configurationOf(section: unknown, file: string): ConfigurationRecord {
  const wrong = (part: string, expected: string): never => {
    const fault = `no Terraform plan: its ${part} is not ${expected}`;
    throw new InputError(file, undefined, fault, 'give the output of: terraform show -json <plan file>');
  };
  const objects = (value: unknown, part: string) => {
    if (value === undefined) return [];
    if (!isObject(value)) return wrong(part, 'an object');
    for (const [key, inner] of Object.entries(value)) {
      if (!isObject(inner)) wrong(`${part}.${key}`, 'an object');
    }
    return Object.entries(value);
  };
  if (!isObject(section)) return wrong('configuration', 'an object');
  objects(own(section, 'provider_config'), 'configuration.provider_config');
  const open: [string, unknown][] = [['configuration.root_module', own(section, 'root_module') ?? {}]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [part, module] = next;
    if (!isObject(module)) return wrong(part, 'an object');
    for (const key of ['outputs', 'variables']) objects(own(module, key), `${part}.${key}`);
    const resources = own(module, 'resources') ?? [];
    if (!Array.isArray(resources)) return wrong(`${part}.resources`, 'a list');
    const actions = own(module, 'actions') ?? [];
    if (!Array.isArray(actions)) return wrong(`${part}.actions`, 'a list');
    for (const [position, action] of actions.entries()) {
      for (const key of ['type', 'name']) {
        if (typeof own(action, key) !== 'string') wrong(`${part}.actions[${position}]`, `an action with a ${key}`);
      }
    }
    for (const [position, resource] of resources.entries()) {
      for (const key of ['mode', 'type', 'name']) {
        if (typeof own(resource, key) !== 'string') wrong(`${part}.resources[${position}]`, `a resource with a ${key}`);
      }
      for (const key of ['depends_on', 'provisioners']) {
        if (!Array.isArray(own(resource, key) ?? [])) wrong(`${part}.resources[${position}].${key}`, 'a list');
      }
    }
    for (const [name, call] of objects(own(module, 'module_calls'), `${part}.module_calls`)) {
      const called = own(call, 'module');
      if (called !== undefined) open.push([`${part}.module_calls.${name}.module`, called]);
    }
  }
  return section;
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
