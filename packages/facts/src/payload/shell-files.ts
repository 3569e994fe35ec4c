import type { PayloadFile } from '../types.ts';
import { isHook } from './hook-places.ts';
import type { Expanded } from './shell-scope.ts';

/** Places from which this engine reads files that a command may also write. */
const READ_PLACES = /^\/etc\/(systemd|containers|caddy|fstab|crypttab|chrony|apt|ssh|tmpfiles\.d)\b|Caddyfile$/;

/** Whether a file at this path counts, so that one whose content is not determined must not be passed over. */
export const isReadPlace = (path: string): boolean => READ_PLACES.test(path) || isHook(path);

type Find = (path: string) => PayloadFile | undefined;

const SYSTEM = /^\/(usr\/)?(s?bin|lib|libexec|lib\/systemd|lib\/cryptsetup)\//;
/** Where a shell looks for a program when nothing says otherwise, in Debian's order (login.defs(5), ENV_SUPATH). */
export const USUAL_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The file of the payload behind a program's name, looked for along `PATH` as the shell does (POSIX.1-2024, §2.9.1.4): a payload may
 * put its own `mount` before the system's. `path`: the text of `PATH`; undefined where nothing sets it, null where what it is set to is not
 * determined. `mayBeThere`: whether any file of the payload has this name. `foreign`: some program that is neither the payload's nor the system's.
 */
export function findProgram(
  name: string | undefined,
  path: string | null | undefined,
  find: Find,
  mayBeThere: (name: string) => boolean = () => true,
): FoundProgram {
  if (name === undefined) return FOREIGN;
  if (name.includes('/')) {
    const file = name.startsWith('/') ? find(name) : undefined;
    return { file, foreign: file === undefined && !SYSTEM.test(name) };
  }
  if (path === null) return FOREIGN;
  if (path === undefined && !mayBeThere(name)) return SYSTEMS_OWN;
  const directories = path === undefined ? USUAL_PATH : path.split(':');
  const passed = new Set<string>();
  for (const directory of directories) {
    const file = find(`${directory}/${name}`);
    if (file !== undefined) return { file, foreign: false };
    if (!USUAL_PATH.includes(directory)) {
      // What comes after the system's own directories only adds programs.
      return USUAL_PATH.every((each) => passed.has(each)) ? SYSTEMS_OWN : FOREIGN;
    }
    passed.add(directory);
  }
  return SYSTEMS_OWN;
}

interface FoundProgram {
  readonly file: PayloadFile | undefined;
  readonly foreign: boolean;
}
const FOREIGN: FoundProgram = { file: undefined, foreign: true };
const SYSTEMS_OWN: FoundProgram = { file: undefined, foreign: false };

/** The name of a file without its directories. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const words = (args: readonly Expanded[]): string[] => args.flatMap(({ text }) => (text === undefined ? [] : [text]));
const plain = (args: readonly string[]): string[] => args.filter((arg) => !arg.startsWith('-'));

const CHANGES = new Set('rm unlink truncate shred patch mv cp install ln rsync scp sed dd curl wget chmod'.split(' '));

/** Paths whose content or mode a command changes by its arguments; redirections and plain copies are followed elsewhere. */
export function filesChanged(program: string, args: readonly Expanded[], find: Find): string[] {
  const name = baseName(program);
  if (!CHANGES.has(name)) return [];
  const given = words(args);
  const paths = plain(given).filter((arg) => arg.startsWith('/'));
  switch (name) {
    case 'rm':
    case 'unlink':
    case 'truncate':
    case 'shred':
    case 'patch':
      return paths;
    case 'mv':
      return [...paths.slice(0, -1), ...unlessCopied(paths, find)];
    case 'cp':
    case 'install':
    case 'ln':
    case 'rsync':
    case 'scp':
      return unlessCopied(paths, find);
    case 'sed':
      return given.some((arg) => /^(-[nEersuz]*i|--in-place)/.test(arg)) ? paths : [];
    case 'dd':
      return given.flatMap((arg) => (arg.startsWith('of=/') ? [arg.slice(3)] : []));
    case 'curl':
    case 'wget':
      return downloaded(given);
    case 'chmod':
      return takesExecution(plain(given)[0] ?? '', given) ? paths.filter((path) => isScript(find(path))) : [];
    default:
      return [];
  }
}

/** The last path of a copy, unless what is copied is a file of the payload too. */
function unlessCopied(paths: readonly string[], find: Find): string[] {
  const target = paths[paths.length - 1];
  const [source] = paths;
  return target === undefined || (paths.length === 2 && source !== undefined && find(source) !== undefined)
    ? []
    : [target];
}

function downloaded(given: readonly string[]): string[] {
  return given.flatMap((arg, index) => {
    const attached = /^(?:--output=|--output-document=|-[oO])(\/.*)$/.exec(arg)?.[1];
    if (attached !== undefined) return [attached];
    const next = given[index + 1];
    return /^(-[a-zA-Z]*[oO]|--output|--output-document)$/.test(arg) && next?.startsWith('/') === true ? [next] : [];
  });
}

/** `0644`, `a-x`, `-x`: what was a program is none any more. */
function takesExecution(mode: string, given: readonly string[]): boolean {
  if (given.some((arg) => /^[ugoa]*-[rwst]*x/.test(arg))) return true;
  return /^[0-7]{3,4}$/.test(mode) && !/[1357]/.test(mode.slice(-3));
}

const isScript = (file: PayloadFile | undefined): boolean => file?.text.marked.startsWith('#!') === true;

/** The first line of a program that a shell does not read; undefined for shell scripts, and for files that name no interpreter. */
export function otherInterpreter(file: PayloadFile): string | undefined {
  const first = file.text.marked.slice(0, 200).split('\n')[0] ?? '';
  const shell = !first.startsWith('#!') || /^#!\s*\S*\/(env\s+)?(ba|da|k|z)?sh\b/.test(first);
  return shell ? undefined : first.slice(0, 80);
}
