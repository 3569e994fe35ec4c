import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { InputError } from '../errors.ts';

/**
 * Keeps a second sandbox from the same log by a file beside it that names this process.
 * @returns removes the lock. @throws InputError while another sandbox holds it
 */
export function lockFile(path: string): () => void {
  const taken = takeLock(path);
  if (typeof taken === 'function') return taken;
  throw new InputError(`${path}: process ${taken} has it open as its sandbox; stop that, or name another file`);
}

/**
 * Takes `<path>.lock` for this process. One that is left by a process that is gone is taken over.
 * @returns what removes it again, or the id of the process that holds it.
 */
export function takeLock(path: string): (() => void) | number {
  const lock = `${path}.lock`;
  let holder = 0;
  for (let tries = 0; tries < 2; tries += 1) {
    if (create(lock)) return () => rmSync(lock, { force: true });
    const [owner = '', started = ''] = written(lock).split(' ');
    holder = Number(owner);
    if (startOf(holder) === started) return holder;
    rmSync(lock, { force: true });
  }
  return holder;
}

/** What stands in a lock, nothing when it was removed just now. */
function written(lock: string): string {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return '';
  }
}

function create(lock: string): boolean {
  let file: number;
  try {
    file = openSync(lock, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  writeSync(file, `${process.pid} ${startOf(process.pid)}`);
  closeSync(file);
  return true;
}

/**
 * When a process began, so that another with the same number is not taken for it: clock ticks since the machine's start on
 * Linux (proc_pid_stat(5), field 22), else a word that all share. Undefined when it is gone, or killed and not yet collected.
 */
function startOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (existsSync('/proc/self/stat')) {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch {
      return undefined;
    }
    // The second field, a name in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  }
  try {
    process.kill(pid, 0);
    return 'running';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'running' : undefined;
  }
}
