import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Refusal } from './refusal.ts';

export const CONFIGURATION = 'cdk.tf.json';

/** Whether terraform, started here, would read a configuration that a synth gate should have judged. */
export function isStackFolder(folder: string): boolean {
  return existsSync(path.join(folder, CONFIGURATION));
}

/** The repository: the nearest folder upwards that holds lukko.yaml. */
export function repositoryOf(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, 'lukko.yaml'))) return at;
    if (at === path.dirname(at)) {
      throw new Refusal(
        'no lukko.yaml in any folder above: there is no policy to judge by',
        'run the gate inside the repository, with cdktf.out at its root',
      );
    }
  }
}

/** Bytes of a file; undefined when it does not exist. */
export function readBytes(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
