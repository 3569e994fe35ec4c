import type { Guard, PayloadFile } from '../types.ts';
import type { List } from './shell-syntax.ts';

/** A word after expansion: its text, or undefined where it is not determined; then what was seen in it all the same. */
export interface Expanded {
  readonly text: string | undefined;
  readonly mentions: readonly string[];
}

/** What running a command tells: its exit status where it is determined, and everything its words showed. */
export interface Outcome {
  readonly ok: boolean | undefined;
  readonly mentions: readonly string[];
}

/**
 * An outcome whose mentions are gathered when somebody asks: only conditions and substitutions do, and most commands stand in neither.
 */
export function outcome(ok: boolean | undefined, gather: () => readonly string[]): Outcome {
  let mentions: readonly string[] | undefined;
  return {
    ok,
    get mentions() {
      mentions ??= gather();
      return mentions;
    },
  };
}

/** Why the rest of a list does not run; the order is how much of the script it ends. */
export type Flow = 'break' | 'return' | 'exit';
const FLOWS: readonly Flow[] = ['break', 'return', 'exit'];
const MOST_MENTIONS = 200;
const MOST_GUARDS = 40;

export interface ShellFunction {
  readonly body: List;
  readonly at: string;
}

/** The state of a shell at one point of a script. */
export interface Scope {
  /** Shared with forks until one of them sets a variable: only `setVariable` may write to it. */
  variables: Map<string, Expanded>;
  shared: boolean;
  exported: ReadonlySet<string>;
  exportsAll: boolean;
  functions: ReadonlyMap<string, ShellFunction>;
  positional: readonly Expanded[];
  guards: readonly Guard[];
  /** The guards that stand because a condition may have ended the whole script well: they outlive loops and functions. */
  lasting: readonly Guard[];
  flow: Flow | undefined;
  /** With flow `exit`: certainly with a status that says failure. */
  failed: boolean;
  at: string;
  depth: number;
}

export const known = (text: string): Expanded => ({ text, mentions: text === '' ? [] : [text] });
export const undetermined = (mentions: readonly string[] = []): Expanded => ({ text: undefined, mentions });

export function newScope(at: string, guards: readonly Guard[] = []): Scope {
  return {
    variables: new Map(),
    shared: false,
    exported: new Set(),
    exportsAll: false,
    functions: new Map(),
    positional: [],
    guards,
    lasting: [],
    flow: undefined,
    failed: false,
    at,
    depth: 0,
  };
}

export function fork(scope: Scope, guard?: Guard): Scope {
  scope.shared = true;
  return {
    ...scope,
    guards: guard === undefined ? scope.guards : withGuard(scope.guards, guard),
  };
}

/** One more condition; beyond forty they are kept as one, so that hostile scripts stay cheap. */
function withGuard(guards: readonly Guard[], guard: Guard): readonly Guard[] {
  if (guards.length < MOST_GUARDS) return [...guards, guard];
  const last = guards[guards.length - 1] ?? guard;
  const merged: Guard = { line: last.line, mentions: together(last.mentions, guard.mentions), several: true };
  return [...guards.slice(0, -1), merged];
}

/** Sets a variable, or removes it; forks that share the table keep theirs. */
export function setVariable(scope: Scope, name: string, value: Expanded | undefined): void {
  if (scope.shared) scope.variables = new Map(scope.variables);
  scope.shared = false;
  if (value === undefined) scope.variables.delete(name);
  else scope.variables.set(name, value);
}

/** Exports names; forks keep what they had. */
export function exportNames(scope: Scope, names: readonly string[]): void {
  if (names.some((name) => !scope.exported.has(name))) scope.exported = new Set([...scope.exported, ...names]);
}

/** The scope a program is started with: exported variables only. */
export function childScope(scope: Scope, file: PayloadFile, positional: readonly Expanded[]): Scope {
  const child = newScope(file.at, scope.guards);
  child.positional = positional;
  child.depth = scope.depth + 1;
  for (const name of scope.exported) {
    const value = scope.variables.get(name);
    if (value !== undefined) child.variables.set(name, value);
  }
  child.exported = new Set(child.variables.keys());
  return child;
}

/**
 * Goes on in `scope` after one of several branches ran. A variable the branches leave different is not determined. A branch
 * that ended the list early makes what follows conditional, unless it ended the script as failed: then what follows is the
 * only way in which the script succeeds.
 */
export function merge(scope: Scope, branches: readonly Scope[], condition: Guard): void {
  const going = branches.filter((branch) => branch.flow === undefined);
  if (going.length === 0) {
    const flows = branches.map((branch) => FLOWS.indexOf(branch.flow ?? 'break'));
    scope.flow = FLOWS[Math.min(...flows)];
    scope.failed = branches.every((branch) => branch.failed);
    return;
  }
  for (const branch of branches) scope.lasting = union(scope.lasting, branch.lasting);
  for (const branch of branches) {
    if (branch.flow === undefined || (branch.flow === 'exit' && branch.failed)) continue;
    scope.guards = withGuard(scope.guards, condition);
    if (branch.flow === 'exit') scope.lasting = union(scope.lasting, [condition]);
    break;
  }
  for (const branch of going) {
    if (branch.guards.length <= scope.guards.length) continue;
    const added = branch.lasting.filter((guard) => !scope.guards.includes(guard));
    scope.guards = [...scope.guards, ...added];
  }
  scope.variables = mergeVariables(going, condition);
  scope.shared = going.some((branch) => branch.variables === scope.variables);
  for (const branch of going) {
    if (branch.exported !== scope.exported) scope.exported = new Set([...scope.exported, ...branch.exported]);
    if (branch.functions !== scope.functions) scope.functions = new Map([...scope.functions, ...branch.functions]);
  }
}

function mergeVariables(branches: readonly Scope[], condition: Guard): Map<string, Expanded> {
  const [first, ...others] = branches;
  if (first === undefined) return new Map();
  if (others.every((branch) => branch.variables === first.variables)) return first.variables;
  const merged = new Map<string, Expanded>();
  for (const name of new Set(branches.flatMap((branch) => [...branch.variables.keys()]))) {
    const values = branches.map((branch) => branch.variables.get(name));
    const [value] = values;
    const same = value?.text !== undefined && values.every((each) => each?.text === value.text);
    if (same) merged.set(name, value);
    else merged.set(name, undetermined(together(condition.mentions, ...values.map((each) => each?.mentions ?? []))));
  }
  return merged;
}

/** After a loop or function: what it made conditional inside ends with it, but for an early end of the whole script. */
export function leave(scope: Scope, before: readonly Guard[], flow: Flow): void {
  scope.guards = [...before, ...scope.lasting.filter((guard) => !before.includes(guard))];
  if (scope.flow !== undefined && FLOWS.indexOf(scope.flow) <= FLOWS.indexOf(flow)) scope.flow = undefined;
}

function union(left: readonly Guard[], right: readonly Guard[]): readonly Guard[] {
  return right.length === 0 ? left : [...new Set([...left, ...right])];
}

/**
 * The texts of several lists, each once, at most two hundred. Runs for every command of every host, mostly before anything is compiled
 * for speed: loops by index, where an iterator would make an object a step.
 */
export function together(...lists: readonly (readonly string[])[]): readonly string[] {
  let only: readonly string[] = [];
  let sum = 0;
  let several = false;
  for (let at = 0; at < lists.length; at += 1) {
    const list = lists[at];
    if (list === undefined || list.length === 0 || list === only) continue;
    several = sum > 0;
    only = list;
    sum += list.length;
  }
  if (!several) return only;
  return sum <= FEW ? fewTogether(lists) : manyTogether(lists);
}

const FEW = 12;

/** Most commands show a handful of words: comparing them is cheaper than a set. */
function fewTogether(lists: readonly (readonly string[])[]): readonly string[] {
  const all: string[] = [];
  for (let at = 0; at < lists.length; at += 1) {
    const list = lists[at] ?? [];
    for (let index = 0; index < list.length; index += 1) {
      const text = list[index] ?? '';
      if (!all.includes(text)) all.push(text);
    }
  }
  return all;
}

function manyTogether(lists: readonly (readonly string[])[]): readonly string[] {
  const all = new Set<string>();
  for (let at = 0; at < lists.length && all.size < MOST_MENTIONS; at += 1) {
    const list = lists[at] ?? [];
    for (let index = 0; index < list.length && all.size < MOST_MENTIONS; index += 1) all.add(list[index] ?? '');
  }
  return [...all];
}
