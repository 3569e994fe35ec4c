import { posix } from 'node:path';
import { plainOf } from '../expression/plain.ts';
import { navigateAll } from '../navigate.ts';
import type { Value } from '../value.ts';

/** Where a state lies, comparable between the backend that writes it and the data source that reads it. */
export interface StateLocation {
  readonly type: string;
  /** Backend arguments that tell one state from another; undefined when one of them is not known. */
  readonly key: string | undefined;
}

/** Arguments that name the state, by backend: https://developer.hashicorp.com/terraform/language/backend */
const naming = new Map<string, readonly string[]>([
  // Buckets of one name exist at many operators: the endpoint tells them apart.
  ['s3', ['bucket', 'key', 'workspace_key_prefix', 'endpoint', 'endpoints.s3']],
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
    return {
      type,
      key:
        path === undefined ? undefined : posix.isAbsolute(path) ? posix.normalize(path) : posix.join(directory, path),
    };
  }
  const names = naming.get(type);
  const parts = names?.map((name) => {
    const [first = '', ...rest] = name.split('.');
    return textAt(navigateAll(argument(first), rest), '');
  });
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

/**
 * Whether a data source reads the workspace its own root runs in. Without the argument it reads `default`; a root of which no
 * workspace is named runs in that.
 */
export function sameWorkspace(written: Value, own: string | undefined): boolean {
  if (written.state === 'unknown') return written.expression === 'terraform.workspace';
  return textAt(written, 'default') === (own ?? 'default');
}
