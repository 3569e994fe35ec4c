import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { Refusal } from './refusal.ts';

/**
 * The real terraform: what `LUKKO_TERRAFORM` names (a path or a command), else the first `terraform`, else the first `tofu`
 * on PATH that is no script for node, as the gate's own bin and that of any other checkout is.
 */
export function realTerraform(environment: NodeJS.ProcessEnv): string {
  const named = environment.LUKKO_TERRAFORM;
  if (named !== undefined && named !== '') {
    const found = named.includes(path.sep) ? usable(path.resolve(named)) : onPath(named, environment);
    if (found === undefined)
      throw new Refusal(
        `LUKKO_TERRAFORM names ${named}, which is no program that can be run (and must not be the gate itself)`,
        'name the terraform or tofu binary, or unset LUKKO_TERRAFORM',
      );
    return found;
  }
  const found = onPath('terraform', environment) ?? onPath('tofu', environment);
  if (found === undefined)
    throw new Refusal(
      'neither terraform nor tofu is on PATH',
      'install Terraform 1.5 or newer or OpenTofu, or name it with LUKKO_TERRAFORM',
    );
  return found;
}

function onPath(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  for (const folder of (environment.PATH ?? '').split(path.delimiter)) {
    const found = folder === '' ? undefined : usable(path.join(folder, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function usable(file: string): string | undefined {
  try {
    const real = realpathSync(file);
    if (!statSync(real).isFile()) return undefined;
    accessSync(real, constants.X_OK);
    return isNodeScript(real) ? undefined : file;
  } catch {
    return undefined;
  }
}

function isNodeScript(file: string): boolean {
  const head = Buffer.alloc(80);
  const handle = openSync(file, 'r');
  try {
    const length = readSync(handle, head, 0, head.length, 0);
    return /^#![^\n]*\bnode\b/.test(head.toString('latin1', 0, length));
  } finally {
    closeSync(handle);
  }
}
