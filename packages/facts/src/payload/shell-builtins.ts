import type { ShellRun } from './shell-run.ts';
import {
  type Expanded,
  exportNames,
  fork,
  known,
  type Outcome,
  type Scope,
  setVariable,
  undetermined,
} from './shell-scope.ts';
import { evaluateTest } from './shell-test.ts';

type Builtin = (run: ShellRun, args: readonly Expanded[], scope: Scope, line: number) => Outcome | undefined;

const OPEN: Outcome = { ok: undefined, mentions: [] };
const ENDS_WELL: Outcome = { ok: true, mentions: [] };

/** Runs a word that the shell itself, or a program that only starts another, understands; undefined: an ordinary program. */
export function builtin(
  run: ShellRun,
  program: string,
  args: readonly Expanded[],
  scope: Scope,
  line: number,
): Outcome | undefined {
  const name = program.startsWith('/') ? program.slice(program.lastIndexOf('/') + 1) : program;
  return BUILTINS.get(name)?.(run, args, scope, line);
}

const nothing: Builtin = () => OPEN;

const BUILTINS = new Map<string, Builtin>([
  [':', () => ENDS_WELL],
  ['true', () => ENDS_WELL],
  ['false', () => ({ ok: false, mentions: [] })],
  ['test', (_run, args) => evaluateTest(args)],
  ['[', (_run, args) => evaluateTest(args.slice(0, -1))],
  ['exit', (_run, args, scope) => stop('exit', args, scope)],
  ['return', (_run, args, scope) => stop('return', args, scope)],
  ['break', (_run, _args, scope) => stop('break', [], scope)],
  ['continue', (_run, _args, scope) => stop('break', [], scope)],
  ['export', (_run, args, scope) => exportAll(args, scope)],
  ['readonly', nothing],
  ['local', (_run, args, scope) => forget(args, scope)],
  ['declare', (_run, args, scope) => forget(args, scope)],
  ['typeset', (_run, args, scope) => forget(args, scope)],
  ['read', (_run, args, scope) => forget(args, scope)],
  ['mapfile', (_run, args, scope) => forget(args, scope)],
  ['readarray', (_run, args, scope) => forget(args, scope)],
  ['getopts', (_run, args, scope) => forget(args.slice(1), scope)],
  ['unset', (_run, args, scope) => forget(args, scope)],
  ['shift', shift],
  ['set', set],
  ['shopt', nothing],
  ['umask', nothing],
  ['wait', nothing],
  ['cd', nothing],
  ['trap', trap],
  ['eval', (run, args, scope, line) => shellText(run, joined(args), scope, line)],
  ['.', source],
  ['source', source],
  ['exec', exec],
  ['command', (run, args, scope, line) => (args[0]?.text === '-v' ? OPEN : wrapped(run, args, scope, line, []))],
  ['builtin', (run, args, scope, line) => wrapped(run, args, scope, line, [])],
  ['time', (run, args, scope, line) => wrapped(run, args, scope, line, [])],
  ['nohup', (run, args, scope, line) => wrapped(run, args, scope, line, [])],
  ['setsid', (run, args, scope, line) => wrapped(run, args, scope, line, [])],
  ['nice', (run, args, scope, line) => wrapped(run, args, scope, line, ['-n'])],
  ['ionice', (run, args, scope, line) => wrapped(run, args, scope, line, ['-c', '-n'])],
  ['stdbuf', (run, args, scope, line) => wrapped(run, args, scope, line, ['-i', '-o', '-e'])],
  ['sudo', (run, args, scope, line) => wrapped(run, args, scope, line, ['-u', '-g'])],
  ['timeout', (run, args, scope, line) => wrapped(run, args, scope, line, ['-k', '-s'], 1)],
  ['flock', (run, args, scope, line) => wrapped(run, args, scope, line, ['-w', '-E'], 1)],
  ['env', env],
  ['sh', shell],
  ['bash', shell],
  ['dash', shell],
  ['ash', shell],
  ['tee', tee],
  ['cp', copy],
  ['mv', copy],
  ['install', copy],
  ['ln', copy],
  ['doas', (run, args, scope, line) => wrapped(run, args, scope, line, ['-u', '-C'])],
  ['setpriv', (run, args, scope, line) => wrapped(run, args, scope, line, [])],
  ['unshare', (run, args, scope, line) => wrapped(run, args, scope, line, [])],
  // How often, and a name to remember it by; then what is run.
  ['cloud-init-per', (run, args, scope, line) => wrapped(run, args, scope, line, [], 2)],
  ['chroot', (run, args, scope, line) => wrapped(run, args, scope, line, [], 1)],
  ['nsenter', (run, args, scope, line) => wrapped(run, args, scope, line, ['-t'])],
  ['runuser', (run, args, scope, line) => wrapped(run, args, scope, line, ['-u', '-g', '-G'])],
  ['strace', (run, args, scope, line) => wrapped(run, args, scope, line, ['-o', '-e', '-s', '-p'])],
  ['busybox', (run, args, scope, line) => wrapped(run, args, scope, line, [])],
  ['systemd-run', (run, args, scope, line) => wrapped(run, args, scope, line, ['-u', '-p', '-E', '-M', '-H', '-t'])],
  ['systemd-cat', (run, args, scope, line) => wrapped(run, args, scope, line, ['-t', '-p'])],
  ['systemd-inhibit', (run, args, scope, line) => wrapped(run, args, scope, line, [])],
  ['xargs', xargs],
  ['find', find],
  ...['awk', 'gawk', 'mawk', 'nawk'].map((name): [string, Builtin] => [name, awk]),
  ['systemctl', systemctl],
  // A package that is no file of the payload brings scripts of its own; the rest of dpkg(1) reads.
  [
    'dpkg',
    (run, args, scope, line) =>
      args.some(({ text }) => text === undefined || /^(-\w*i\w*|--install|--unpack|--configure)$/.test(text))
        ? opaque(run, [known('dpkg'), ...args], scope, line)
        : undefined,
  ],
  // What runs here is text the engine does not read, or comes from a file or a pipe.
  ...[
    ...[
      'python',
      'python3',
      'perl',
      'ruby',
      'node',
      'php',
      'lua',
      'tclsh',
      'expect',
      'ansible-pull',
      'ansible-playbook',
    ],
    ...[
      'make',
      'alias',
      'at',
      'batch',
      'crontab',
      'parallel',
      'watch',
      'script',
      'su',
      'socat',
      'ed',
      'ex',
      'vi',
      'vim',
    ],
    ...['zsh', 'ksh', 'fish', 'rpm', 'snap', 'flatpak', 'kexec'],
  ].map((name): [string, Builtin] => [
    name,
    (run, args, scope, line) => opaque(run, [known(name), ...args], scope, line),
  ]),
]);

/** Verbs of systemctl(1) that read, or whose effect on units is followed elsewhere; others change what units are or see. */
const FOLLOWED_VERBS =
  /^(start|restart|try-restart|reload|reload-or-restart|try-reload-or-restart|stop|kill|enable|reenable|disable|mask|unmask|preset|add-wants|daemon-reload|daemon-reexec|status|show|cat|is-\w+|list-\w[\w-]*|reset-failed|reboot|poweroff)$/;

function systemctl(run: ShellRun, args: readonly Expanded[], scope: Scope, line: number): Outcome | undefined {
  const verb = args.find((arg) => !arg.text?.startsWith('-'));
  if (verb?.text === undefined || FOLLOWED_VERBS.test(verb.text)) return undefined;
  return opaque(run, [known('systemctl'), ...args], scope, line);
}

/** The command it starts, with words nobody knows behind its own. */
function xargs(run: ShellRun, args: readonly Expanded[], scope: Scope, line: number): Outcome {
  const rest = args.map((arg) => (arg.text?.includes('{}') === true ? undetermined(arg.mentions) : arg));
  const valued = ['-I', '-n', '-P', '-d', '-a', '-L', '-s', '-E'];
  return wrapped(run, [...rest, undetermined()], scope, line, valued);
}

/** `find … -exec command {} ;` */
function find(run: ShellRun, args: readonly Expanded[], scope: Scope, line: number): Outcome | undefined {
  const start = args.findIndex(({ text }) => text !== undefined && /^-(exec|execdir|ok|okdir)$/.test(text));
  if (start < 0) return undefined;
  const end = args.findIndex(({ text }, index) => index > start && (text === ';' || text === '+'));
  const command = args.slice(start + 1, end < 0 ? args.length : end);
  const words = command.map((arg) => (arg.text?.includes('{}') === true ? undetermined(arg.mentions) : arg));
  run.record([known('find'), ...args.slice(0, start)], scope, line, {});
  if (words.length > 0) run.invoke(words, scope, line);
  return end < 0 ? OPEN : (find(run, args.slice(end + 1), scope, line) ?? OPEN);
}

/** An awk program may start others: `system(…)`, a pipe, a file of program text. */
function awk(run: ShellRun, args: readonly Expanded[], scope: Scope, line: number): Outcome | undefined {
  const starts = args.some(
    ({ text }) => text === '-f' || (text !== undefined && /\bsystem\s*\(|\|\s*&?\s*("|getline)|"\s*\|/.test(text)),
  );
  return starts ? opaque(run, [known('awk'), ...args], scope, line) : undefined;
}

function stop(flow: 'exit' | 'return' | 'break', args: readonly Expanded[], scope: Scope): Outcome {
  const status = args[0]?.text;
  scope.flow = flow;
  scope.failed = flow === 'exit' && status !== undefined && /^0*[1-9][0-9]*$/.test(status);
  return status === undefined ? OPEN : { ok: /^0+$/.test(status), mentions: [] };
}

function exportAll(args: readonly Expanded[], scope: Scope): Outcome {
  exportNames(
    scope,
    args.flatMap(({ text }) => (text === undefined || text.startsWith('-') ? [] : [text])),
  );
  return ENDS_WELL;
}

function forget(args: readonly Expanded[], scope: Scope): Outcome {
  for (const { text } of args)
    if (text !== undefined && !text.startsWith('-')) setVariable(scope, text, undetermined());
  return OPEN;
}

function shift(_run: ShellRun, args: readonly Expanded[], scope: Scope): Outcome {
  const count = args[0]?.text ?? '1';
  scope.positional = /^[0-9]{1,4}$/.test(count) ? scope.positional.slice(Number(count)) : [];
  return OPEN;
}

function set(_run: ShellRun, args: readonly Expanded[], scope: Scope): Outcome {
  const end = args.findIndex((arg) => arg.text === '--');
  if (end >= 0) scope.positional = args.slice(end + 1);
  const options = args.map((arg) => arg.text ?? '');
  if (options.some((text, index) => /^-[a-z]*a/.test(text) || (text === 'allexport' && options[index - 1] === '-o')))
    scope.exportsAll = true;
  if (options.some((text, index) => /^\+[a-z]*a/.test(text) || (text === 'allexport' && options[index - 1] === '+o')))
    scope.exportsAll = false;
  return OPEN;
}

function trap(run: ShellRun, args: readonly Expanded[], scope: Scope, line: number): Outcome {
  const action = args.find((arg) => arg.text !== '--');
  if (args.length < 2 || action?.text === undefined || action.text === '' || action.text === '-') return OPEN;
  const guard = { line, mentions: [] };
  const later = fork(scope, guard);
  shellText(run, action, later, line);
  return OPEN;
}

function joined(args: readonly Expanded[]): Expanded {
  const texts = args.map((arg) => arg.text);
  return texts.includes(undefined) ? undetermined(args.flatMap((arg) => arg.mentions)) : known(texts.join(' '));
}

function shellText(run: ShellRun, script: Expanded, scope: Scope, line: number): Outcome {
  if (script.text === undefined) return opaque(run, [script], scope, line);
  return run.text(script.text, scope, line);
}

function opaque(run: ShellRun, words: readonly Expanded[], scope: Scope, line: number): Outcome {
  run.record(words, scope, line, { opaque: true });
  return OPEN;
}

/** `. file`: in the same shell. Of a file the payload does not hold nobody knows which variables it sets. */
function source(run: ShellRun, args: readonly Expanded[], scope: Scope, line: number): Outcome {
  const [path] = args;
  const file = path?.text === undefined ? undefined : run.place.file(path.text);
  if (file !== undefined) {
    const { at } = scope;
    scope.at = file.at;
    const outcome = run.text(file.text.marked, scope);
    scope.at = at;
    if (scope.flow === 'return') scope.flow = undefined;
    return outcome;
  }
  if (path?.text === '/etc/os-release' || path?.text === '/usr/lib/os-release') return OPEN;
  for (const name of scope.variables.keys()) setVariable(scope, name, undetermined());
  return opaque(run, [known('.'), ...args], scope, line);
}

function exec(run: ShellRun, args: readonly Expanded[], scope: Scope, line: number): Outcome {
  if (args.length === 0) return ENDS_WELL;
  const outcome = run.invoke(args, scope, line);
  scope.flow = 'exit';
  scope.failed = false;
  return outcome;
}

/** A program that only starts another: its options, those that take a value, and how many words stand before the command. */
function wrapped(
  run: ShellRun,
  args: readonly Expanded[],
  scope: Scope,
  line: number,
  valued: readonly string[],
  before = 0,
): Outcome {
  let index = 0;
  for (; index < args.length; index += 1) {
    const text = args[index]?.text;
    if (text === undefined || !text.startsWith('-') || text === '-') break;
    if (valued.includes(text)) index += 1;
    if (text === '--') {
      index += 1;
      break;
    }
  }
  const words = args.slice(index + before);
  return words.length === 0 ? OPEN : run.invoke(words, scope, line);
}

function env(run: ShellRun, args: readonly Expanded[], scope: Scope, line: number): Outcome {
  const own = fork(scope);
  let index = 0;
  for (; index < args.length; index += 1) {
    const text = args[index]?.text;
    const assignment = text === undefined ? undefined : /^([A-Za-z_]\w*)=([^]*)$/.exec(text);
    if (assignment?.[1] !== undefined) {
      setVariable(own, assignment[1], known(assignment[2] ?? ''));
      exportNames(own, [assignment[1]]);
    } else if (text === undefined || !text.startsWith('-')) {
      break;
    }
  }
  const words = args.slice(index);
  return words.length === 0 ? OPEN : run.invoke(words, own, line);
}

/** `sh -c text`, `sh script`; a shell that reads its commands from elsewhere cannot be followed. */
function shell(run: ShellRun, args: readonly Expanded[], scope: Scope, line: number): Outcome {
  let index = 0;
  for (; index < args.length; index += 1) {
    const text = args[index]?.text;
    if (text === undefined || !/^[-+]./.test(text)) break;
    if (/^-[a-z]*c$/.test(text)) {
      const script = args[index + 1] ?? undetermined();
      const inner = fork(scope);
      inner.positional = args.slice(index + 3);
      const outcome = shellText(run, script, inner, line);
      return { ok: undefined, mentions: outcome.mentions };
    }
    if (text === '-o') index += 1;
  }
  const path = args[index];
  const file = path?.text === undefined ? undefined : run.place.file(path.text);
  if (file === undefined) return opaque(run, [known('sh'), ...args], scope, line);
  return { ok: undefined, mentions: run.script(file, args.slice(index + 1), scope).mentions };
}

function tee(run: ShellRun, args: readonly Expanded[], scope: Scope, line: number): Outcome {
  const paths = args.filter((arg) => !arg.text?.startsWith('-'));
  for (const { text } of paths) if (text !== undefined && text !== '/dev/null') run.write(text, undefined, scope);
  run.record([known('tee'), ...args], scope, line, { writes: paths.map((path) => path.text) });
  return OPEN;
}

/** Copies of a payload's file are files of the payload too; other copies are ordinary commands. */
function copy(run: ShellRun, args: readonly Expanded[], scope: Scope): Outcome | undefined {
  const paths = args.map((arg) => arg.text).filter((text): text is string => text?.startsWith('/') === true);
  const [from, to] = paths;
  if (paths.length !== 2 || from === undefined || to === undefined) return undefined;
  const file = run.place.file(from);
  if (file === undefined) return undefined;
  const target = to.endsWith('/') ? `${to}${from.slice(from.lastIndexOf('/') + 1)}` : to;
  if (scope.guards.length > 0) run.write(target, undefined, scope);
  else run.place.put({ ...file, path: target });
  return undefined;
}
