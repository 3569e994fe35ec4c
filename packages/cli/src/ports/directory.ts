import { createHash, randomBytes } from 'node:crypto';
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

/** A directory that is being written: nobody sees any of it before `finish`. */
export interface FreshDirectory {
  /** Writes one file from its pieces, flushed to disk, without holding all of it. */
  readonly write: (name: string, pieces: Iterable<string>) => WrittenFile;
  /** Puts it in the place of the older one. @param ours names of files of the older one that may go */
  readonly finish: (ours: ReadonlySet<string>) => void;
  /** Takes away what was written so far; the older one stays. */
  readonly abandon: () => void;
}

export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  /** In lower-case hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Writes a directory whole: into a new one beside it, flushed to disk, then renamed. Whoever is killed in between leaves the
 * older directory complete, at its place or, between two renames, beside it as `.<name>.previous`, from where the next run
 * puts it back. What a killed run left half-written goes with the next one.
 * @throws as node:fs does; `code: 'EEXIST'` when there is a file in the way, or the directory holds what this did not write.
 */
export function beginDirectory(path: string): FreshDirectory {
  const parent = dirname(path);
  const previous = join(parent, `.${basename(path)}.previous`);
  const fresh = join(parent, `.${basename(path)}.${process.pid}-${randomBytes(6).toString('hex')}.new`);
  mkdirSync(parent, { recursive: true });
  if (!existsSync(path) && existsSync(previous)) renameSync(previous, path);
  removeLeftBehind(parent, basename(path));
  mkdirSync(fresh);
  const written = new Set<string>();
  const below = new Set([fresh]);
  const abandon = () => {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(path) && existsSync(previous)) renameSync(previous, path);
  };
  return {
    write: (name, pieces) => {
      const directory = dirname(join(fresh, name));
      if (!below.has(directory)) mkdirSync(directory, { recursive: true });
      below.add(directory);
      written.add(name);
      return writeFlushed(join(fresh, name), name, pieces);
    },
    finish: (ours) => {
      refuseForeign(path, new Set([...written, ...ours]));
      for (const directory of below) flush(directory);
      rmSync(previous, { recursive: true, force: true });
      if (existsSync(path)) renameSync(path, previous);
      renameSync(fresh, path);
      rmSync(previous, { recursive: true, force: true });
      flush(parent);
    },
    abandon,
  };
}

/** The same with everything at hand. */
export function writeDirectory(path: string, content: Content, ours: ReadonlySet<string> = new Set()): void {
  const fresh = beginDirectory(path);
  try {
    for (const [name, text] of content) fresh.write(name, [text]);
    fresh.finish(ours);
  } catch (error) {
    fresh.abandon();
    throw error;
  }
}

/** Directories of runs that were killed: the number of their process stands in the name, and no such process runs. */
function removeLeftBehind(parent: string, name: string): void {
  for (const one of readdirSync(parent)) {
    if (!one.startsWith(`.${name}.`)) continue;
    const [, pid] = /^(\d+)-[0-9a-f]{12}\.new$/.exec(one.slice(name.length + 2)) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(parent, one), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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

function writeFlushed(path: string, name: string, pieces: Iterable<string>): WrittenFile {
  const file = openSync(path, 'wx', 0o644);
  const hash = createHash('sha256');
  let all = 0;
  try {
    for (const piece of pieces) {
      const bytes = Buffer.from(piece);
      hash.update(bytes);
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      all += bytes.length;
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return { path: name, bytes: all, sha256: hash.digest('hex') };
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
