import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { importModules } from './modules.ts';
import type { Files, GitAnswer, Ports } from './ports.ts';

/** The disk. */
export const nodeFiles: Files = {
  read,
  real: (path) => realpathSync(path),
  kind: (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return 'none';
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
  },
  list: (directory) => readdirSync(directory).sort(),
  write: writeAtomically,
};

/**
 * A file, or what a pipe holds: one that nobody writes to is empty, and never waited for. A device may have no end.
 * @throws as node:fs does
 */
function read(path: string): Uint8Array {
  const stat = statSync(path);
  if (stat.isCharacterDevice() || stat.isBlockDevice()) throw new Error('it is a device');
  if (!stat.isFIFO()) return readFileSync(path);
  const pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const chunks: Uint8Array[] = [];
  try {
    for (let many = -1; many !== 0; ) {
      const chunk = Buffer.alloc(1 << 16);
      many = readSync(pipe, chunk);
      chunks.push(chunk.subarray(0, many));
    }
  } catch (error) {
    // Somebody holds its other end and has not written yet: another descriptor waits for that.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    chunks.push(readFileSync(path));
  } finally {
    closeSync(pipe);
  }
  return Buffer.concat(chunks);
}

/** This process: its arguments are handed in by main.ts, its streams and clock by this. */
export function nodePorts(): Ports {
  return {
    files: nodeFiles,
    cwd: process.cwd(),
    environment: process.env,
    stdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    color: process.stdout.isTTY === true && process.stdout.hasColors(),
    // Where a size is not told it is 0.
    screen: process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout : undefined,
    git: runGit,
    importModules,
    now: () => new Date(),
  };
}

/** What would make git read other objects than those of the repository it finds here (a hook sets some of them). */
const redirecting =
  /^GIT_(DIR|WORK_TREE|COMMON_DIR|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|REPLACE_REF_BASE|GRAFT_FILE|SHALLOW_FILE)$/;

/** git on the objects that are there: replacements and lazy fetches off, no prompt (https://git-scm.com/docs/git#_environment_variables). */
export function runGit(args: readonly string[], directory: string): GitAnswer {
  const inherited = Object.entries(process.env).filter(([name]) => !redirecting.test(name));
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: directory,
    env: {
      ...Object.fromEntries(inherited),
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_NO_LAZY_FETCH: '1',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
    },
    maxBuffer: 1 << 29,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { code: status ?? undefined, out: stdout ?? Buffer.alloc(0), err: stderr?.toString('utf8') ?? '' };
}

function writeAtomically(path: string, content: string | Uint8Array | Iterable<string>): void {
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  // A device or pipe is written to; renaming onto it would put a file in its place.
  if (nodeFiles.kind(path) === 'other') {
    const file = openSync(path, 'w');
    try {
      for (const piece of pieces) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
    return;
  }
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true });
  const temporary = join(directory, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = openSync(temporary, 'wx', 0o644);
    try {
      for (const piece of pieces) {
        const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
        for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(directory);
}

/** The rename is only safe on disk once its directory is; some systems cannot open directories, and then it is up to them. */
function syncDirectory(directory: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(directory, 'r');
    fsyncSync(handle);
  } catch {
    // The file itself is complete either way.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
