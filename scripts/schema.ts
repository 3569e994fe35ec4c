import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { canonicalSchema, type ProviderSchema } from '../packages/provider-hcloud/src/schema.ts';
import { packageHome, providerVersion, schemaFile, writeWhole } from './provider.ts';

/** No schema could be read; the message says why and what to do. */
export class NoProviderError extends Error {}

/**
 * The schema of the real provider, where Terraform finds one: in a mirror its command line configuration names, else in the
 * public registry.
 *
 * @throws NoProviderError when there is no terraform, or it finds no such provider
 */
export function readProviderSchema(version: string): ProviderSchema {
  const directory = mkdtempSync(join(tmpdir(), 'lukko-schema-'));
  try {
    const hcloud = { source: 'hetznercloud/hcloud', version };
    writeFileSync(join(directory, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: { hcloud } } }));
    terraform(directory, ['init', '-input=false', '-no-color', '-backend=false']);
    return canonicalSchema(JSON.parse(terraform(directory, ['providers', 'schema', '-json'])));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function terraform(directory: string, args: readonly string[]): string {
  const { TF_CLI_ARGS, TF_CLI_ARGS_init, TF_LOG, ...environment } = process.env;
  // Under npm the first terraform in PATH is the plan gate of this repository, which judges stacks and has none here.
  const PATH = (environment.PATH ?? '').split(delimiter).filter((part) => !part.endsWith(`node_modules${sep}.bin`));
  try {
    return execFileSync('terraform', [...args], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...environment, PATH: PATH.join(delimiter), CHECKPOINT_DISABLE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    throw new NoProviderError(explain(error));
  }
}

function explain(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return 'expected terraform, found none in PATH; install it, or keep the committed schema as it is';
  }
  const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  const said = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const at = said.findIndex((line) => line.startsWith('Error'));
  return `expected terraform to find the provider, found: ${said.slice(Math.max(at, 0), Math.max(at, 0) + 6).join(' ')}\nName a mirror that has it in the file that TF_CLI_CONFIG_FILE names (provider_installation), or keep the committed schema as it is.`;
}

/** The committed text: as Biome would print it, so that a refreshed schema passes the linter. */
export function printSchema(schema: ProviderSchema): string {
  const biome = join(packageHome('@biomejs/biome'), 'bin/biome');
  const input = JSON.stringify(schema, null, 2);
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${schemaFile}`], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}

if (require.main === module) {
  try {
    const text = printSchema(readProviderSchema(providerVersion()));
    const same = readFileSync(schemaFile, 'utf8') === text;
    if (!same) writeWhole(schemaFile, text);
    process.stdout.write(
      `schema: provider ${providerVersion()}, ${same ? 'unchanged' : 'written; run `npm run generate`'}\n`,
    );
  } catch (error) {
    if (!(error instanceof NoProviderError)) throw error;
    process.stderr.write(`schema: ${error.message}\n`);
    process.exitCode = 1;
  }
}
