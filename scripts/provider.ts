import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What the scripts about the Hetzner provider share: where it lies, which version it is, and how files are read and written. */
export const root = resolve(__dirname, '..');
export const providerHome = join(root, 'packages/provider-hcloud');
export const schemaFile = join(providerHome, 'schema.json');

/** The version of the provider is that of the package that holds its bindings. */
export function providerVersion(): string {
  return versionOf(providerHome);
}

export function versionOf(directory: string): string {
  return (readJson(join(directory, 'package.json')) as { version: string }).version;
}

/** Folder of an installed package; its `exports` may hide package.json, so it is looked up and not resolved. */
export function packageHome(name: string): string {
  for (let directory = root; ; directory = dirname(directory)) {
    const home = join(directory, 'node_modules', name);
    if (existsSync(join(home, 'package.json'))) return home;
    if (directory === dirname(directory)) throw new Error(`expected the package ${name}, found none; run \`npm ci\``);
  }
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Writes a file whole or not at all. */
export function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}
