import { posix } from 'node:path';
import type { ModuleFiles } from '../configuration/root.ts';
import type { ConfigurationFile } from '../configuration/source.ts';
import { InputError } from '../input-error.ts';
import { readJson } from '../json/read.ts';
import { isArray, isObject } from '../json/types.ts';
import { readZip, type ZipEntry } from './zip.ts';

/** What a binary plan file holds beside the plan itself, which planned.ts reads. */
export interface PlanFile {
  /** The configuration the plan was made from, ready for `readPlan`; undefined when the file holds none. */
  readonly source:
    | {
        readonly files: readonly ConfigurationFile[];
        readonly modules: readonly ModuleFiles[];
        readonly lockFile?: ConfigurationFile;
      }
    | undefined;
  /** Text of `.terraform.lock.hcl`, when the plan was made with one. */
  readonly lockFile: string | undefined;
}

const folder = 'tfconfig/m-';
const LOCK_FILE = '.terraform.lock.hcl';

/** Whether bytes look like a binary plan file: it is a zip archive. */
export function isPlanFile(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}

/**
 * Reads the configuration inside a binary plan file (`terraform plan -out`): a zip with `tfconfig/m-<path of calls>/…`,
 * `tfconfig/modules.json` and the lock file. File names are those below the directory terraform ran in.
 * @throws InputError for what is no such file.
 */
export function readPlanFile(bytes: Uint8Array, file: string): PlanFile {
  const entries = readZip(bytes, file);
  if (!entries.some(({ name }) => name === 'tfplan')) {
    throw new InputError(
      file,
      undefined,
      'a zip archive, but no Terraform plan file',
      'give the file that terraform plan -out wrote',
    );
  }
  const directories = directoriesOf(entries, file);
  const byKey = new Map<string, ConfigurationFile[]>();
  for (const entry of entries) {
    const [, key, name] = /^tfconfig\/m-([^/]*)\/([^/]+)$/.exec(entry.name) ?? [];
    if (key === undefined || name === undefined || !entry.name.startsWith(folder)) continue;
    const path = posix.join(directories.get(key) ?? '.', name);
    if (!/\.(tf|tofu)(\.json)?$/.test(name)) continue;
    const files = byKey.get(key) ?? [];
    files.push({ file: path, text: decode(entry) });
    byKey.set(key, files);
  }
  const root = byKey.get('');
  const modules = [...byKey].filter(([key]) => key !== '').map(([key, files]) => ({ key, files }));
  const lock = entries.find(({ name }) => name === LOCK_FILE);
  const lockFile = lock === undefined ? undefined : decode(lock);
  return {
    source:
      root === undefined
        ? undefined
        : {
            files: root,
            modules,
            ...(lockFile === undefined ? {} : { lockFile: { file: LOCK_FILE, text: lockFile } }),
          },
    lockFile,
  };
}

/** Directory of each module by its path of calls, from `modules.json`. */
function directoriesOf(entries: readonly ZipEntry[], file: string): ReadonlyMap<string, string> {
  const directories = new Map<string, string>();
  const manifest = entries.find(({ name }) => name === 'tfconfig/modules.json');
  if (manifest === undefined) return directories;
  const { value } = readJson(decode(manifest), `${file}:tfconfig/modules.json`);
  for (const module of isArray(value) ? value : []) {
    const key = isObject(module) ? module.get('Key') : undefined;
    const directory = isObject(module) ? module.get('Dir') : undefined;
    if (typeof key === 'string' && typeof directory === 'string') directories.set(key, directory.replaceAll('\\', '/'));
  }
  return directories;
}

function decode(entry: ZipEntry): string {
  return Buffer.from(entry.read()).toString('utf8');
}
