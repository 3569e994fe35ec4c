import { posix } from 'node:path';
import { plainOf } from '../expression/plain.ts';
import type { Value } from '../value.ts';

/** Where a state lies, comparable between the backend that writes it and the data source that reads it. */
export interface StateLocation {
  readonly type: string;
  /** Backend arguments that tell one state from another; undefined when one of them is not known. */
  readonly key: string | undefined;
}

/** Arguments that name the state, by backend: https://developer.hashicorp.com/terraform/language/backend */
const naming = new Map<string, readonly string[]>([
  ['s3', ['bucket', 'key', 'workspace_key_prefix']],
  ['gcs', ['bucket', 'prefix']],
  ['azurerm', ['storage_account_name', 'container_name', 'key']],
  ['http', ['address']],
  ['consul', ['address', 'path']],
  ['pg', ['conn_str', 'schema_name']],
  ['kubernetes', ['secret_suffix', 'namespace']],
  ['oss', ['bucket', 'prefix', 'key']],
  ['cos', ['bucket', 'prefix', 'key']],
]);

/** @param directory of the root module, to which a local path is relative. */
export function stateLocation(type: string, argument: (name: string) => Value, directory: string): StateLocation {
  if (type === 'local') {
    const path = textAt(argument('path'), 'terraform.tfstate');
    return { type, key: path === undefined ? undefined : posix.normalize(posix.join(directory, path)) };
  }
  const names = naming.get(type);
  const parts = names?.map((name) => textAt(argument(name), ''));
  return { type, key: parts === undefined || parts.includes(undefined) ? undefined : parts.join('\n') };
}

function textAt(value: Value, absent: string): string | undefined {
  const plain = plainOf(value);
  if (plain === undefined) return undefined;
  return plain === null ? absent : String(plain);
}

export function sameState(left: StateLocation, right: StateLocation): boolean {
  return left.type === right.type && left.key !== undefined && left.key === right.key;
}
