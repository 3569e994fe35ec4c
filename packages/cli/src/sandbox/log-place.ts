import { lstatSync, readdirSync, realpathSync, rmSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../errors.ts';

/**
 * The one path by which a log is known, however it was named: the lock lies beside it.
 * @throws InputError for what is no file, for a link to nothing, and for a file that has a second name: a sandbox that opened it
 *   by that would not be seen, and it would be another file once the log is written anew
 */
export function placeOf(named: string): string {
  if (isThere(named, lstatSync)?.isSymbolicLink() !== true) return checked(named);
  if (isThere(named, statSync) === undefined)
    throw new InputError(`${named}: is a link to nothing; name the file itself`);
  return checked(realpathSync(named));
}

function checked(path: string): string {
  const found = isThere(path, statSync);
  if (found === undefined) return path;
  if (!found.isFile()) throw new InputError(`${path}: is no file; name one for the log`);
  if (found.nlink > 1)
    throw new InputError(`${path}: has a second name (a hard link), which would keep half a log; name a copy of it`);
  return path;
}

function isThere(path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes what a sandbox that was killed while it wrote its log anew left beside it. Whoever has the lock may. */
export function removeUnfinished(path: string): void {
  const name = basename(path);
  for (const each of readdirSync(dirname(path)))
    if (each.startsWith(`${name}.`) && /^[0-9a-f]{12}\.tmp$/.test(each.slice(name.length + 1)))
      rmSync(join(dirname(path), each), { force: true });
}
