import { dirname, join } from 'node:path';
import { InputError } from './errors.ts';
import { displayName, fromHere } from './input-file.ts';
import type { PolicyOptions } from './policy-files.ts';
import type { Files } from './ports/ports.ts';

/** Path of the lukko.yaml that counts; undefined where there is none. @throws InputError for a `--config` that is missing. */
export function configPath({ config }: PolicyOptions, cwd: string, files: Pick<Files, 'kind'>): string | undefined {
  if (config === undefined) return nearestConfig(cwd, files);
  const path = fromHere(config, cwd);
  if (files.kind(path) !== 'file')
    throw new InputError(`${displayName(path, cwd)}: no such file; name a lukko.yaml with --config`);
  return path;
}

/** Upward until the directory that holds `.git`; outside a repository only here, so that no stray file far above decides. */
export function nearestConfig(cwd: string, files: Pick<Files, 'kind'>): string | undefined {
  const passed: string[] = [];
  for (let directory = cwd; ; directory = dirname(directory)) {
    passed.push(directory);
    if (files.kind(join(directory, '.git')) !== 'none') break;
    if (dirname(directory) === directory) {
      passed.length = 1;
      break;
    }
  }
  return passed.map((directory) => join(directory, 'lukko.yaml')).find((path) => files.kind(path) !== 'none');
}
