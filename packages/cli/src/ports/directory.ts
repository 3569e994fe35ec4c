import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Files of one directory by name; a name with `/` lies in a directory below. */
export type Content = ReadonlyMap<string, string>;

/**
 * Writes a directory whole: into a new one beside it, flushed to disk, then renamed. Whoever is killed in between leaves the
 * older directory complete, at its place or, between two renames, beside it as `.<name>.previous`, from where the next run
 * puts it back.
 * @param ours names of files of the older directory that may go, beside those of `content`
 * @throws as node:fs does; `code: 'EEXIST'` when there is a file in the way, or the directory holds what this did not write.
 */
export function writeDirectory(path: string, content: Content, ours: ReadonlySet<string> = new Set()): void {
  const parent = dirname(path);
  const previous = join(parent, `.${basename(path)}.previous`);
  const fresh = join(parent, `.${basename(path)}.${randomBytes(6).toString('hex')}.new`);
  mkdirSync(parent, { recursive: true });
  if (!existsSync(path) && existsSync(previous)) renameSync(previous, path);
  refuseForeign(path, new Set([...content.keys(), ...ours]));
  mkdirSync(fresh);
  try {
    const below = new Set([...content.keys()].map((name) => dirname(join(fresh, name))));
    for (const directory of below) mkdirSync(directory, { recursive: true });
    for (const [name, text] of content) writeFlushed(join(fresh, name), text);
    for (const directory of new Set([...below, fresh])) flush(directory);
    rmSync(previous, { recursive: true, force: true });
    if (existsSync(path)) renameSync(path, previous);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(path) && existsSync(previous)) renameSync(previous, path);
    throw error;
  }
  rmSync(previous, { recursive: true, force: true });
  flush(parent);
}

/** A directory with anything else in it is somebody's, and is not replaced. */
function refuseForeign(path: string, ours: ReadonlySet<string>): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const foreign = stat.isDirectory() ? filesIn(path).find((name) => !ours.has(name)) : basename(path);
  if (foreign === undefined) return;
  throw Object.assign(
    new Error(stat.isDirectory() ? `it holds ${foreign}, which is not ours to replace` : 'it is a file'),
    { code: 'EEXIST' },
  );
}

/** Everything below a directory that is none, and directories that are empty, with forward slashes. */
function filesIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    const inner = filesIn(join(path, entry.name));
    return inner.length === 0 ? [entry.name] : inner.map((name) => `${entry.name}/${name}`);
  });
}

function writeFlushed(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o644);
  try {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Some systems cannot open directories; then flushing their entries is up to them. */
function flush(directory: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(directory, 'r');
    fsyncSync(handle);
  } catch {
    // The files themselves are flushed either way.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
