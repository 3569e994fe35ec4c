import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Module } from 'node:module';
import { join } from 'node:path';
import type { ProviderSchema } from '../packages/provider-hcloud/src/schema.ts';
import { packageHome, providerHome, providerVersion, readJson, schemaFile, versionOf } from './provider.ts';

const target = join(providerHome, 'generated');
/** Lies in the generated folder and says from what it was made, so that a second run has nothing to do. */
const stampName = 'made-from.json';

/**
 * Makes the bindings of the Hetzner provider from the committed schema: JavaScript and declarations, since the generated
 * TypeScript uses parameter properties, which our compiler settings refuse and Node cannot strip.
 */
async function main(): Promise<void> {
  const stamp = describeInputs();
  if (isCurrent(stamp)) return;

  silenceGenerator();
  const { generateSources } = await import('../packages/provider-hcloud/src/generate.ts');
  // Beside the target: a rename is atomic only inside one file system, and `cdktf` must be found from there.
  const work = mkdtempSync(join(providerHome, 'generated.'));
  try {
    await generateSources(readJson(schemaFile) as ProviderSchema, providerVersion(), work);
    compile(work);
    const made = join(work, 'out');
    writeFileSync(join(made, stampName), stamp);
    replace(target, made, join(work, 'old'), stamp);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * When it is loaded, the generator's library asks `terraform version`, and reports to its maker when that fails. No terraform
 * is needed here, and the one npm puts first in PATH is our own plan gate: the module that asks is replaced by its answer.
 */
function silenceGenerator(): void {
  process.env.CHECKPOINT_DISABLE = '1';
  const asking = require.resolve('@cdktf/commons/src/terraform');
  const answer = new Module(asking);
  answer.exports = { terraformBinaryName: 'terraform', terraformVersion: Promise.resolve('unknown') };
  answer.loaded = true;
  require.cache[asking] = answer;
}

/** All that the output depends on, as text that is compared with the stamp. */
function describeInputs(): string {
  const schema = createHash('sha256').update(readFileSync(schemaFile)).digest('hex');
  const makers = createHash('sha256');
  for (const file of [__filename, join(providerHome, 'src/generate.ts')]) makers.update(readFileSync(file));
  const tools = ['@cdktf/provider-generator', 'typescript'].map((name) => `${name} ${versionOf(packageHome(name))}`);
  return `${JSON.stringify({ provider: providerVersion(), schema, scripts: makers.digest('hex'), tools }, null, 2)}\n`;
}

function isCurrent(stamp: string): boolean {
  const file = join(target, stampName);
  return existsSync(file) && readFileSync(file, 'utf8') === stamp;
}

/** Compiles `<work>/providers/hcloud` into `<work>/out`. */
function compile(work: string): void {
  const settings = {
    compilerOptions: {
      target: 'es2022',
      module: 'commonjs',
      moduleResolution: 'bundler',
      rootDir: 'providers/hcloud',
      outDir: 'out',
      declaration: true,
      skipLibCheck: true,
      strict: true,
      types: ['node'],
      // The base classes set members before the subclass body runs; defining its fields would erase them again.
      useDefineForClassFields: false,
    },
    include: ['providers'],
  };
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(settings));
  try {
    execFileSync(process.execPath, [join(packageHome('typescript'), 'bin/tsc'), '-p', work], { encoding: 'utf8' });
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
    throw new Error(
      `The generated bindings do not compile. Expected the schema of ${providerVersion()} in packages/provider-hcloud/schema.json; run \`npm run schema\` to read it again.\n${output}`,
    );
  }
}

/** Puts `made` at `place`; a reader sees the old folder or the new one, never a half-written one. */
function replace(place: string, made: string, old: string, stamp: string): void {
  if (existsSync(place)) renameSync(place, old);
  try {
    renameSync(made, place);
  } catch (error) {
    // Another run finished first: its output is as good as ours when it was made from the same input.
    if (!isCurrent(stamp)) throw error;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`generate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
