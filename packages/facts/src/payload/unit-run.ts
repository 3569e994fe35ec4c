import { byText } from '../memo.ts';
import type { Guard, Unit } from '../types.ts';
import { parseEnvironmentFile } from './env-file.ts';
import type { ShellRun } from './shell-run.ts';
import {
  type Expanded,
  exportNames,
  fork,
  known,
  newScope,
  type Scope,
  setVariable,
  together,
  undetermined,
} from './shell-scope.ts';
import { splitWords, valuesOf } from './unit-file.ts';

const STEPS = ['ExecCondition', 'ExecStartPre', 'ExecStart', 'ExecStartPost'];
/** What runs later, and only when somebody reloads or stops the unit. */
const LATER = ['ExecReload', 'ExecStop', 'ExecStopPost'];
/** Settings that give a unit's commands another root, so that neither programs nor mounts are the host's (systemd.exec(5)). */
const OTHER_ROOT =
  /^(RootDirectory|RootImage|MountImages|ExtensionImages|ExtensionDirectories|BindPaths|BindReadOnlyPaths)$/;
/** Settings under which a mount that a command makes is seen by the unit alone (systemd.exec(5), Sandboxing). */
const OWN_MOUNTS =
  /^(PrivateMounts|PrivateTmp|PrivateDevices|ProtectSystem|ProtectHome|ReadOnlyPaths|ReadWritePaths|InaccessiblePaths|TemporaryFileSystem|ProtectKernelTunables|ProtectControlGroups|DynamicUser|NoExecPaths)$/;
const CONDITION = /^(Condition|Assert)[A-Z]\w*$/;

/**
 * Follows what a started unit runs: its commands in systemd's order with the environment of `Environment=` and
 * `EnvironmentFile=`. Its `Condition…=` lines are conditions like those of a script.
 */
export function runUnit(unit: Unit, run: ShellRun): void {
  const scope = newScope(unit.file.at, [...unit.guards, ...conditionsOf(unit)]);
  run.entry = unit.name;
  setEnvironment(unit, run, scope);
  const before = run.commands.length;
  runSteps(unit, STEPS, run, scope);
  const settings = unit.entries.filter(
    ({ section, value }) => section === 'Service' && !/^(|no|false|off|0)$/i.test(value),
  );
  const mounts = run.commands.slice(before).some(({ program }) => program === 'mount');
  for (const { key } of settings)
    if (OTHER_ROOT.test(key) || (mounts && OWN_MOUNTS.test(key)))
      run.unread.push({ at: unit.file.at, why: `its commands run under ${key}=, not in the host's own file tree` });
  runSteps(unit, LATER, run, fork(scope, { line: 1, mentions: [`when ${unit.name} is reloaded or stops`] }));
}

function runSteps(unit: Unit, keys: readonly string[], run: ShellRun, scope: Scope): void {
  for (const key of keys) {
    for (const entry of commandsOf(unit, key)) {
      const words = splitWords(entry.value.replace(/^[@:+!|-]+/, '')).flatMap((word) =>
        expandUnitWord(word, unit, scope),
      );
      if (words.length > 0) run.invoke(words, fork(scope), entry.line);
    }
  }
}

function commandsOf(unit: Unit, key: string): { value: string; line: number }[] {
  let commands: { value: string; line: number }[] = [];
  for (const entry of unit.entries) {
    if (entry.section !== 'Service' || entry.key !== key) continue;
    commands = entry.value === '' ? [] : [...commands, entry];
  }
  return commands;
}

function conditionsOf(unit: Unit): Guard[] {
  return unit.entries
    .filter((entry) => entry.section === 'Unit' && CONDITION.test(entry.key) && entry.value !== '')
    .map((entry) => ({ line: entry.line, mentions: [entry.value.replace(/^[|!]+/, '')] }));
}

function setEnvironment(unit: Unit, run: ShellRun, scope: Scope): void {
  const names: string[] = [];
  const set = (name: string, value: Expanded): void => {
    setVariable(scope, name, value);
    names.push(name);
  };
  for (const assignment of valuesOf(unit.entries, 'Service', 'Environment')) {
    const equals = assignment.indexOf('=');
    if (equals > 0) set(assignment.slice(0, equals), known(assignment.slice(equals + 1)));
  }
  for (const path of valuesOf(unit.entries, 'Service', 'EnvironmentFile')) {
    const file = run.place.file(path.replace(/^-/, ''));
    if (file === undefined) forgetAll(scope);
    else for (const { name, value } of environment(file.text.marked)) set(name, known(value));
  }
  exportNames(scope, names);
}

const environment = byText(parseEnvironmentFile);

/** A file the payload does not hold may set any variable anew. */
function forgetAll(scope: Scope): void {
  for (const name of scope.variables.keys()) setVariable(scope, name, undetermined());
}

/** `$NAME` as a word of its own is split, `${NAME}` is not (systemd.service(5), Command lines); specifiers `%n`, `%i` are names. */
function expandUnitWord(word: string, unit: Unit, scope: Scope): Expanded[] {
  const alone = /^\$([A-Za-z_]\w*)$/.exec(word);
  if (alone?.[1] !== undefined) {
    const value = scope.variables.get(alone[1]);
    if (value?.text === undefined) return [undetermined(value?.mentions)];
    return value.text
      .split(/\s+/)
      .filter((text) => text !== '')
      .map(known);
  }
  let determined = true;
  const mentions: (readonly string[])[] = [];
  const text = word.replace(/\$\$|\$\{([A-Za-z_]\w*)\}|%%|%[A-Za-z]/g, (found, name: string | undefined) => {
    if (found === '$$') return '$';
    if (found === '%%') return '%';
    if (found === '%n') return unit.name;
    if (found === '%p' || found === '%N') return unit.name.replace(/\.[^.]*$/, '');
    const value = name === undefined ? undefined : scope.variables.get(name);
    determined &&= value?.text !== undefined;
    mentions.push(value?.mentions ?? []);
    return value?.text ?? '';
  });
  return [determined ? known(text) : undetermined(together([text], ...mentions))];
}
