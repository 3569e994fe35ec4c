import type { Mode } from '../graph.ts';
import { WireError } from './protobuf.ts';

/** An address of a resource instance, taken apart as `resource_changes` of a plan in JSON has it. */
export interface InstanceAddress {
  readonly module: string;
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  readonly index: string | number | undefined;
}

const KEY = String.raw`\[(?:\d+|"(?:[^"\\]|\\.)*")\]`;
const MODULES = new RegExp(String.raw`^(?:module\.[^.[\]]+(?:${KEY})?\.)*`);
const RESOURCE = new RegExp(String.raw`^(data\.|ephemeral\.)?([^.[\]]+)\.([^.[\]]+)(${KEY})?$`);

/** `module.net["a.b"].data.hcloud_image.talos[0]`. @throws WireError for what is no such address */
export function instanceAddress(address: string): InstanceAddress {
  const [modules = ''] = MODULES.exec(address) ?? [];
  const [, mode, type, name, key] = RESOURCE.exec(address.slice(modules.length)) ?? [];
  if (type === undefined || name === undefined || type === 'module')
    throw new WireError(`${JSON.stringify(address.slice(0, 120))} is no address of a resource`);
  return {
    module: modules.slice(0, -1),
    mode: mode === 'data.' ? 'data' : mode === 'ephemeral.' ? 'ephemeral' : 'managed',
    type,
    name,
    index: key === undefined ? undefined : indexOf(key.slice(1, -1)),
  };
}

/** Go's quoted text is JSON's but for `\x`, `\U` and the like, which terraform's own keys do not hold. */
function indexOf(key: string): string | number {
  try {
    return JSON.parse(key) as string | number;
  } catch {
    return key.slice(1, -1);
  }
}
