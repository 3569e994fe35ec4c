import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { InputError } from '../errors.ts';

/**
 * Keeps a second sandbox from the same log by a file beside it that names this process. One that is left by a process that is
 * gone is taken over.
 * @returns removes the lock. @throws InputError while another sandbox holds it
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  for (let tries = 0; tries < 2; tries += 1) {
    if (create(lock)) return () => rmSync(lock, { force: true });
    const [owner = '', started = ''] = readFileSync(lock, 'utf8').split(' ');
    if (startOf(Number(owner)) === started)
      throw new InputError(`${path}: process ${owner} has it open as its sandbox; stop that, or name another file`);
    rmSync(lock, { force: true });
  }
  throw new InputError(`${path}: another sandbox opened it just now; name another file`);
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
