import type { Command, Guard, PayloadFile } from '../types.ts';
import { HostFiles } from './host-files.ts';
import { builtin } from './shell-builtins.ts';
import { commandOf, inputOf, type Recorded, takeBack } from './shell-command.ts';
import { expand, expandWhole } from './shell-expand.ts';
import { filesChanged, findProgram, isReadPlace, otherInterpreter } from './shell-files.ts';
import { DECLARES, parsedShell } from './shell-parse.ts';
import {
  childScope,
  type Expanded,
  exportNames,
  fork,
  outcome as later,
  leave,
  merge,
  type Outcome,
  type Scope,
  setVariable,
  together,
  undetermined,
} from './shell-scope.ts';
import { type List, type Node, type Redirect, ShellSyntaxError, TooMuch, type Word } from './shell-syntax.ts';
import { evaluateTest, matchesPattern } from './shell-test.ts';
import { documentText, forgetAssigned, lineOf } from './shell-tree.ts';

const MOST_STEPS = 20_000;
const DEEPEST_CALL = 20;
const MOST_ROUNDS = 32;

/**
 * Follows shell scripts without running them: which commands they run, with which words, under which conditions. Both arms
 * of a condition that is not determined are followed, each command with that condition as its guard; a variable the arms leave
 * different is not determined. Nothing here claims that a command succeeds.
 */
export class ShellRun {
  readonly commands: Command[] = [];
  readonly unread: { at: string; why: string }[] = [];
  readonly refusals: (Guard & { at: string })[] = [];
  /** What stands on the host: the payload's files, and those that commands write. */
  readonly place: HostFiles;
  /** The entry point that is followed: a unit, runcmd. */
  entry = '';
  private steps = 0;
  /** Standard input and the pipeline of the command that is followed; what it runs inherits both. */
  input: Command['input'];
  pipe: number | undefined;
  private pipes = 0;

  constructor(files: ReadonlyMap<string, PayloadFile>) {
    this.place = new HostFiles(files);
  }

  /** Follows the text of a script; what is not understood is recorded as unread. */
  text(text: string, scope: Scope, line = 1): Outcome {
    try {
      return this.list(parsedShell(text, line), scope);
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      this.unread.push({ at: scope.at, why: `shell script not understood: ${error.message}` });
      this.record([], scope, error.line, { opaque: true });
      return { ok: undefined, mentions: [] };
    }
  }

  /** Runs a program of the payload in a scope of its own. */
  script(file: PayloadFile, positional: readonly Expanded[], scope: Scope): Outcome {
    if (scope.depth >= DEEPEST_CALL) throw new TooMuch(`scripts call each other more than ${DEEPEST_CALL} deep`);
    return this.text(file.text.marked, childScope(scope, file, positional));
  }

  list(nodes: List, scope: Scope): Outcome {
    let ok: boolean | undefined = true;
    const seen: Outcome[] = [];
    for (const node of nodes) {
      if (scope.flow !== undefined) break;
      const outcome = this.node(node, scope);
      ok = outcome.ok;
      seen.push(outcome);
    }
    return later(ok, () => together(...seen.map(({ mentions }) => mentions)));
  }

  private node(node: Node, scope: Scope): Outcome {
    this.steps += 1;
    if (this.steps > MOST_STEPS) throw new TooMuch(`more than ${MOST_STEPS} steps`);
    switch (node.type) {
      case 'command':
        return this.simple(node, scope);
      case 'test':
        return evaluateTest(this.words(node.words, scope));
      case 'pipeline':
        return this.pipeline(node, scope);
      case 'and-or':
        return this.andOr(node, scope);
      case 'if':
        return this.conditional(node, scope);
      case 'while':
        return this.loop(node, scope);
      case 'for':
        return this.forEach(node, scope);
      case 'case':
        return this.choice(node, scope);
      case 'group':
        return this.group(node, scope);
      case 'function':
        scope.functions = new Map(scope.functions).set(node.name, { body: node.body, at: scope.at });
        return { ok: true, mentions: [] };
    }
  }

  words(words: readonly Word[], scope: Scope): Expanded[] {
    const expanded: Expanded[] = [];
    for (const word of words) expanded.push(...expand(word, scope, this.substitute));
    return expanded;
  }

  readonly substitute = (body: List, scope: Scope): readonly string[] => {
    const { pipe, input } = this;
    Object.assign(this, { pipe: undefined, input: undefined });
    const { mentions } = this.list(body, fork(scope));
    Object.assign(this, { pipe, input });
    return mentions;
  };

  private simple(node: Node & { type: 'command' }, scope: Scope): Outcome {
    const words = this.words(node.words, scope);
    const [program] = words;
    const declares = program?.text !== undefined && DECLARES.includes(program.text);
    // Only variables before the command hold for it alone.
    const own = words.length > 0 && !declares && node.assignments.length > 0 ? fork(scope) : scope;
    const seen: (readonly string[])[] = [];
    for (const assignment of node.assignments) {
      const value = assignment.other ? undetermined() : expandWhole(assignment.value, scope, this.substitute);
      seen.push(value.mentions);
      setVariable(own, assignment.name, value);
      if (own !== scope || scope.exportsAll || program?.text === 'export') exportNames(own, [assignment.name]);
    }
    const writes = this.redirects(node.redirects, scope, words);
    if (words.length === 0) return { ok: undefined, mentions: together(...seen) };
    const inherited = this.input;
    this.input = inputOf(node.redirects, scope, this.substitute) ?? inherited;
    const outcome = this.invoke(words, own, node.line, writes);
    this.input = inherited;
    if (own !== scope) takeBack(own, scope, node.assignments);
    return later(outcome.ok, () => together(outcome.mentions, ...seen));
  }

  private redirects(redirects: readonly Redirect[], scope: Scope, words: readonly Expanded[]): (string | undefined)[] {
    const writes: (string | undefined)[] = [];
    for (const { operator, target, document } of redirects) {
      if (!operator.includes('>') || operator === '>&') continue;
      const path = expandWhole(target, scope, this.substitute).text;
      if (path === '/dev/null' || path === '/dev/stderr' || path === '/dev/stdout') continue;
      writes.push(path);
      const source = document ?? redirects.find((each) => each.document !== undefined)?.document;
      const whole = words.length === 1 && words[0]?.text === 'cat' && operator === '>' ? source : undefined;
      if (path !== undefined) this.write(path, whole && documentText(whole, scope), scope);
    }
    return writes;
  }

  /** Records a file a command writes; `text` undefined: what it holds is not determined. */
  write(path: string, text: string | undefined, scope: Scope): void {
    const known = this.place.file(path);
    if (text === undefined || scope.guards.length > 0) {
      if (known !== undefined || isReadPlace(path))
        this.unread.push({ at: scope.at, why: `${path} is written by a command, its content is not determined` });
      if (text === undefined) return;
    }
    const holes = this.holes;
    this.place.put({
      path,
      text: { marked: text, holes },
      permissions: undefined,
      owner: undefined,
      at: `${scope.at}:${path}`,
    });
  }

  /** A file or directory that a command changes or takes away: what the payload holds there is no longer what counts. */
  private touch(path: string, scope: Scope): void {
    for (const at of this.place.below(path)) this.unread.push({ at: scope.at, why: `${at} is changed by a command` });
  }

  /** The holes of the whole payload, for files that scripts write. */
  holes: PayloadFile['text']['holes'] = [];

  /** One command with its expanded words: a function, a built-in, a program of the payload, or anything else. */
  invoke(
    words: readonly Expanded[],
    scope: Scope,
    line: number,
    writes: readonly (string | undefined)[] = [],
  ): Outcome {
    this.steps += 1;
    if (this.steps > MOST_STEPS) throw new TooMuch(`more than ${MOST_STEPS} steps`);
    const [program, ...args] = words;
    const shown = (): readonly string[] => together(...words.map((word) => word.mentions));
    if (program === undefined) return { ok: true, mentions: [] };
    const defined = program.text === undefined ? undefined : scope.functions.get(program.text);
    if (defined !== undefined) return this.call(defined.body, defined.at, args, scope, shown);
    const built = program.text === undefined ? undefined : builtin(this, program.text, args, scope, line);
    if (built !== undefined) return later(built.ok, () => together(built.mentions, shown()));
    const { file, foreign } = findProgram(
      program.text,
      scope.variables.has('PATH') ? (scope.variables.get('PATH')?.text ?? null) : undefined,
      this.place.file,
      this.place.isNamed,
    );
    this.record(words, scope, line, { opaque: foreign, followed: file !== undefined, writes });
    for (const path of filesChanged(program.text ?? '', args, this.place.file)) this.touch(path, scope);
    if (file === undefined) return later(undefined, shown);
    const run = this.program(file, args, scope);
    return later(undefined, () => together(shown(), run?.mentions ?? []));
  }

  private program(file: PayloadFile, args: readonly Expanded[], scope: Scope): Outcome | undefined {
    const interpreter = otherInterpreter(file);
    if (interpreter === undefined) return this.script(file, args, scope);
    this.unread.push({ at: file.at, why: `not a shell script: ${interpreter}` });
    this.record([], scope, 1, { opaque: true });
    return undefined;
  }

  private call(
    body: List,
    at: string,
    args: readonly Expanded[],
    scope: Scope,
    shown: () => readonly string[],
  ): Outcome {
    if (scope.depth >= DEEPEST_CALL) throw new TooMuch(`functions call each other more than ${DEEPEST_CALL} deep`);
    const { guards, positional } = scope;
    const from = scope.at;
    Object.assign(scope, { positional: args, at, depth: scope.depth + 1 });
    const outcome = this.list(body, scope);
    leave(scope, guards, 'return');
    Object.assign(scope, { positional, at: from, depth: scope.depth - 1 });
    return later(outcome.ok, () => together(shown(), outcome.mentions));
  }

  record(words: readonly Expanded[], scope: Scope, line: number, more: Recorded): void {
    this.commands.push(commandOf(words, scope, line, this, more));
  }

  private pipeline(node: Node & { type: 'pipeline' }, scope: Scope): Outcome {
    const [only] = node.nodes;
    const outcomes =
      only !== undefined && node.nodes.length === 1 ? [this.node(only, scope)] : this.piped(node.nodes, scope);
    const ok = outcomes[outcomes.length - 1]?.ok;
    return later(node.negated && ok !== undefined ? !ok : ok, () =>
      together(...outcomes.map(({ mentions }) => mentions)),
    );
  }

  private piped(nodes: List, scope: Scope): Outcome[] {
    const { pipe, input } = this;
    this.pipes += 1;
    this.pipe = this.pipes;
    const outcomes = nodes.map((each, index) => {
      if (index > 0) this.input = undefined;
      return this.node(each, fork(scope));
    });
    Object.assign(this, { pipe, input });
    return outcomes;
  }

  private andOr(node: Node & { type: 'and-or' }, scope: Scope): Outcome {
    let seen = this.node(node.first, scope);
    let { ok } = seen;
    for (const { operator, node: next } of node.rest) {
      if (scope.flow !== undefined) break;
      const before = seen;
      if (ok !== undefined) {
        if (ok !== (operator === '&&')) continue;
        const outcome = this.node(next, scope);
        ok = outcome.ok;
        seen = later(ok, () => together(before.mentions, outcome.mentions));
        continue;
      }
      const guard: Guard = { line: lineOf(next), mentions: before.mentions };
      const taken = fork(scope, guard);
      const outcome = this.node(next, taken);
      seen = later(ok, () => together(before.mentions, outcome.mentions));
      this.join(scope, [taken, fork(scope)], guard);
      const decided = operator === '||';
      ok = outcome.ok === decided ? decided : undefined;
    }
    return later(ok, () => seen.mentions);
  }

  private join(scope: Scope, branches: readonly Scope[], condition: Guard): void {
    if (branches.some((branch) => branch.flow === 'exit' && branch.failed))
      this.refusals.push({ ...condition, at: scope.at });
    merge(scope, branches, condition);
  }

  private conditional(node: Node & { type: 'if' }, scope: Scope): Outcome {
    const done: Scope[] = [];
    let rest = scope;
    const seen: Outcome[] = [];
    let guard: Guard = { line: node.line, mentions: [] };
    let open = true;
    for (const { condition, body } of node.branches) {
      const outcome = this.list(condition, rest);
      seen.push(outcome);
      if (rest.flow !== undefined) break;
      if (outcome.ok === false) continue;
      if (outcome.ok === true) {
        seen.push(this.list(body, rest));
        open = false;
        break;
      }
      guard = { line: node.line, mentions: together(guard.mentions, outcome.mentions) };
      const taken = fork(rest, guard);
      seen.push(this.list(body, taken));
      done.push(taken);
      rest = fork(rest, guard);
    }
    if (open && rest.flow === undefined && node.otherwise !== undefined) seen.push(this.list(node.otherwise, rest));
    if (done.length > 0) this.join(scope, [...done, rest], guard);
    return later(undefined, () => together(...seen.map(({ mentions }) => mentions)));
  }

  private loop(node: Node & { type: 'while' }, scope: Scope): Outcome {
    forgetAssigned([...node.condition, ...node.body], scope);
    const { guards } = scope;
    const outcome = this.list(node.condition, scope);
    if (outcome.ok !== undefined && outcome.ok === node.until) return { ok: true, mentions: outcome.mentions };
    const guard: Guard = { line: node.line, mentions: outcome.mentions };
    if (outcome.ok === undefined) {
      const taken = fork(scope, guard);
      const body = this.list(node.body, taken);
      leave(taken, taken.guards, 'break');
      merge(scope, [taken, fork(scope)], guard);
      leave(scope, guards, 'break');
      return later(undefined, () => together(outcome.mentions, body.mentions));
    }
    const body = this.list(node.body, scope);
    leave(scope, guards, 'break');
    return later(undefined, () => together(outcome.mentions, body.mentions));
  }

  private forEach(node: Node & { type: 'for' }, scope: Scope): Outcome {
    const words = node.words === undefined ? scope.positional : this.words(node.words, scope);
    const { guards } = scope;
    const mentions = together(...words.map((word) => word.mentions));
    if (node.name !== '_' && words.length <= MOST_ROUNDS && words.every((word) => word.text !== undefined)) {
      const seen: (readonly string[])[] = [mentions];
      for (const word of words) {
        if (scope.flow !== undefined) break;
        setVariable(scope, node.name, word);
        seen.push(this.list(node.body, scope).mentions);
      }
      leave(scope, guards, 'break');
      return { ok: undefined, mentions: together(...seen) };
    }
    forgetAssigned(node.body, scope);
    setVariable(scope, node.name, undetermined(mentions));
    const guard: Guard = { line: node.line, mentions };
    const taken = fork(scope, guard);
    const body = this.list(node.body, taken);
    leave(taken, taken.guards, 'break');
    merge(scope, [taken, fork(scope)], guard);
    leave(scope, guards, 'break');
    return { ok: undefined, mentions: together(mentions, body.mentions) };
  }

  private choice(node: Node & { type: 'case' }, scope: Scope): Outcome {
    const word = expandWhole(node.word, scope, this.substitute);
    const guard: Guard = { line: node.line, mentions: word.mentions };
    const done: Scope[] = [];
    const seen: (readonly string[])[] = [word.mentions];
    let open = true;
    for (const { patterns, body } of node.clauses) {
      const matches = patterns.map((pattern) => matchesPattern(word.text, pattern));
      const certain = matches.includes(true);
      if (!certain && !matches.includes(undefined)) continue;
      if (certain && done.length === 0)
        return { ok: undefined, mentions: together(...seen, this.list(body, scope).mentions) };
      const taken = fork(scope, guard);
      seen.push(this.list(body, taken).mentions);
      done.push(taken);
      open = !certain;
      if (certain) break;
    }
    if (done.length > 0) merge(scope, open ? [...done, fork(scope, guard)] : done, guard);
    return { ok: undefined, mentions: together(...seen) };
  }

  private group(node: Node & { type: 'group' }, scope: Scope): Outcome {
    this.redirects(node.redirects, scope, []);
    if (!node.subshell) return this.list(node.body, scope);
    const inner = fork(scope);
    return this.list(node.body, inner);
  }
}
