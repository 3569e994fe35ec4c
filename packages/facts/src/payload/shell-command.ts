import type { Command } from '../types.ts';
import { expandWhole, type Substitute } from './shell-expand.ts';
import { type Expanded, type Scope, setVariable, together } from './shell-scope.ts';
import type { Assignment, Redirect } from './shell-syntax.ts';
import { documentText } from './shell-tree.ts';

/** What is known of a command beside its words. */
export interface Recorded {
  readonly opaque?: boolean;
  readonly followed?: boolean;
  readonly writes?: readonly (string | undefined)[];
}

/** Where a command stands: the entry point it is reached from, what it is given and in which pipeline. */
interface Around {
  readonly entry: string;
  readonly input: Command['input'];
  readonly pipe: number | undefined;
}

const NONE: readonly undefined[] = [];

/** A command as a fact, from its expanded words. */
export function commandOf(
  words: readonly Expanded[],
  scope: Scope,
  line: number,
  around: Around,
  more: Recorded,
): Command {
  const [program, ...args] = words;
  const text = program?.text ?? '';
  const slash = text.lastIndexOf('/');
  const command: { -readonly [Key in keyof Command]: Command[Key] } = {
    program: slash < 0 ? text : text.slice(slash + 1),
    programPath: slash < 0 ? undefined : text,
    args: args.map((arg) => arg.text),
    at: scope.at,
    line,
    always: scope.guards.length === 0,
    guards: scope.guards,
    mentions: together(...words.map((word) => word.mentions)),
    writes: more.writes ?? NONE,
    opaque: more.opaque ?? false,
  };
  if (more.followed === true) command.followed = true;
  if (around.entry !== '') command.entry = around.entry;
  if (around.input !== undefined) command.input = around.input;
  if (around.pipe !== undefined) command.pipeline = around.pipe;
  return command;
}

/** What the last redirection of standard input gives; undefined without one. */
export function inputOf(redirects: readonly Redirect[], scope: Scope, substitute: Substitute): Command['input'] {
  const last = redirects.filter(({ operator }) => operator.startsWith('<') && operator !== '<&').pop();
  if (last === undefined) return undefined;
  if (last.document !== undefined) return { text: documentText(last.document, scope) };
  const { text } = expandWhole(last.target, scope, substitute);
  return last.operator === '<<<' ? { text } : { path: text };
}

/** Variables before a command hold for that command; whatever else a built-in or function changed stays. */
export function takeBack(own: Scope, scope: Scope, assignments: readonly Assignment[]): void {
  for (const { name } of assignments) {
    const value = scope.variables.get(name);
    if (value === undefined) setVariable(own, name, undefined);
    else setVariable(own, name, value);
  }
  // Names exported for this command alone; others it exported itself.
  const taken = new Set(assignments.map(({ name }) => name).filter((name) => !scope.exported.has(name)));
  if (taken.size > 0) own.exported = new Set([...own.exported].filter((name) => !taken.has(name)));
  Object.assign(scope, own);
}
