import path from 'node:path';
import { readBytes } from './folder.ts';
import { Refusal } from './refusal.ts';

interface Written {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * The backend terraform will really use, as `init` resolved it into `.terraform/terraform.tfstate`, for the verdict.
 * Throws a Refusal when it is not the one in the judged configuration (an init with other options, an older folder).
 * @returns type and place, without credentials: `local ../../../state/example/network.tfstate`.
 */
export function resolvedBackend(folder: string, configuration: string): string {
  const written = writtenBackend(configuration);
  const bytes = readBytes(path.join(folder, '.terraform', 'terraform.tfstate'));
  if (bytes === undefined) {
    if (written.type === 'local' && Object.keys(written.config).length === 0) return 'local terraform.tfstate';
    throw new Refusal(
      'terraform is not initialised in this folder',
      'run terraform init here, or `npx cdktf deploy` at the root',
    );
  }
  const resolved = asRecord(asRecord(JSON.parse(bytes.toString('utf8'))).backend);
  const config = asRecord(resolved.config);
  if (resolved.type !== written.type || !agrees(config, written.config)) {
    const added = Object.keys(config).filter((key) => config[key] !== null && !(key in written.config));
    const what = added.length > 0 ? ` (it adds ${added.join(', ')})` : '';
    throw new Refusal(
      `terraform was initialised with another backend than the one that was judged${what}`,
      'run terraform init again, without -backend-config',
    );
  }
  return [
    written.type,
    ...['path', 'bucket', 'key', 'address'].map((key) => written.config[key]),
    endpointOf(written.config),
  ]
    .filter((part) => typeof part === 'string')
    .join(' ');
}

function writtenBackend(configuration: string): Written {
  const backend = asRecord(asRecord(asRecord(JSON.parse(configuration)).terraform).backend);
  const [entry] = Object.entries(backend);
  if (entry === undefined) return { type: 'local', config: {} };
  // In Terraform's JSON syntax a comment: it says which line declared the backend, and terraform does not keep it.
  const { '//': _, ...config } = asRecord(entry[1]);
  return { type: entry[0], config };
}

function endpointOf(config: Readonly<Record<string, unknown>>): unknown {
  const nested = Array.isArray(config.endpoints) ? config.endpoints[0] : config.endpoints;
  return asRecord(nested).s3 ?? config.endpoint;
}

/** Whether two configurations say the same; terraform fills in what was not written with null. */
function agrees(found: unknown, written: unknown): boolean {
  if (typeof written !== 'object' || written === null || typeof found !== 'object' || found === null) {
    return (found ?? null) === (written ?? null);
  }
  const [left, right] = [asRecord(found), asRecord(written)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => agrees(left[key], right[key]));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
