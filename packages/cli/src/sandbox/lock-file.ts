import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { InputError } from '../errors.ts';

/**
 * Keeps a second sandbox from the same log by a file beside it that names this process. One that is left by a process that is
 * gone is taken over.
 * @returns removes the lock. @throws InputError while another sandbox holds it, or when nobody here can tell whether one does
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  const mine = `${process.pid} ${startOf(process.pid)} ${world()}`;
  if (!create(lock, mine)) {
    // Of several that find an old lock, one may remove it: else the second would remove the first one's new lock.
    const taking = `${lock}.taking`;
    if (!create(taking, mine))
      throw new InputError(`${path}: another sandbox is opening it; if none is, remove ${taking} and try again`);
    try {
      refuseHeld(path, lock);
      rmSync(lock, { force: true });
      if (!create(lock, mine)) throw new InputError(`${path}: another sandbox opened it just now; name another file`);
    } finally {
      rmSync(taking, { force: true });
    }
  }
  return () => rmSync(lock, { force: true });
}

function refuseHeld(path: string, lock: string): void {
  if (!existsSync(lock)) return;
  const [owner = '', started = '', elsewhere] = readFileSync(lock, 'utf8').split(' ');
  if (elsewhere !== undefined && elsewhere !== world())
    throw new InputError(
      `${path}: process ${owner} of ${hostIn(elsewhere)} had it open as its sandbox, and cannot be seen from here; if it is gone, remove ${lock}`,
    );
  if (startOf(Number(owner)) === started)
    throw new InputError(`${path}: process ${owner} has it open as its sandbox; stop that, or name another file`);
}

/** Makes a file with its content at once: nobody finds it empty. @returns false when there is one */
function create(path: string, content: string): boolean {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(temporary, content, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Among which processes a number means one: those of this machine, and on Linux of this container (pid_namespaces(7)). */
function world(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // No Linux: all processes of the machine see each other.
  }
  return `${encodeURIComponent(hostname())}/${namespace}`;
}

const hostIn = (elsewhere: string): string => elsewhere.slice(0, elsewhere.indexOf('/')) || 'another machine';

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
