import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Config, config } from '@lukko/formats';
import { App } from 'cdktf';
import { parse } from 'yaml';
import { buildStacks, type LeftOut } from '../../stacks/index.ts';

export const REPOSITORY = path.resolve(__dirname, '..', '..');

/** What a stack's cdk.tf.json holds, as far as these tests look into it. */
export interface Document {
  readonly '//': { readonly metadata: Record<string, unknown> };
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly output: Record<string, Record<string, unknown>>;
  readonly [section: string]: unknown;
}

export interface Built {
  readonly documents: ReadonlyMap<string, Document>;
  readonly leftOut: readonly LeftOut[];
}

/** A configuration that is shipped, changed as a test needs it. */
export function shipped(file: string, change: (config: Config) => void = () => {}): Config {
  const read = config.parse(parse(readFileSync(path.join(REPOSITORY, 'config', file), 'utf8')));
  change(read);
  return read;
}

/** The same environment with its backups in a bucket, and no host for them. */
export function inBucket(config: Config): void {
  delete config.hosts.backups;
  delete config.locations.backups;
  config.backups = {
    bucket: {
      endpoint: 'https://fsn1.your-objectstorage.com',
      name: 'lukko-example-backups',
      region: 'fsn1',
      lockDays: 29,
    },
  };
}

/** Declares all stacks and reads what they would write. */
export function built(config: Config): Built {
  const { stacks, leftOut } = buildStacks(new App(), config, { at: () => ({ file: 'config/example.yaml', line: 1 }) });
  const documents = stacks.map(
    (stack) => [stack.node.id, JSON.parse(JSON.stringify(stack.toTerraform())) as Document] as const,
  );
  return { documents: new Map(documents), leftOut };
}

export function documentOf({ documents }: Built, stack: string): Document {
  const document = documents.get(stack);
  if (document === undefined) throw new Error(`no stack ${stack}; there are ${[...documents.keys()].join(', ')}`);
  return document;
}

/** The servers of a stack, by name. */
export function serversOf(document: Document): readonly (readonly [string, Record<string, unknown>])[] {
  return Object.entries(document.resource.hcloud_server ?? {});
}
