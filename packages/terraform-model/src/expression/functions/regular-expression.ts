import { NotEvaluated } from '../plain.ts';
import { type Node, parseRegex } from './regular-expression-syntax.ts';

/**
 * Go's regular expressions (https://github.com/google/re2/wiki/Syntax) as a machine that runs all ways at once, so that no
 * pattern takes longer than its length times that of the text: JavaScript's own backtrack, and a configuration nobody trusts
 * could make them run for ever.
 */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** Texts of the groups, in order; null for one that took no part. */
  readonly groups: readonly (string | null)[];
}

export interface Program {
  readonly code: readonly Instruction[];
  readonly names: readonly (string | undefined)[];
}

type Instruction =
  | { readonly op: 'one'; readonly accepts: (point: number) => boolean }
  | { readonly op: 'look'; readonly holds: (text: readonly string[], at: number) => boolean }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'found' };

/** Go itself allows a thousand repetitions; with these limits a match stays a matter of milliseconds. */
const longestProgram = 5000;
const mostSteps = 20_000_000;

/** @throws NotEvaluated for what Go refuses, and for the few forms that are not known here. */
export function compile(pattern: string): Program {
  const { node, names } = parseRegex(pattern);
  const code: Instruction[] = [];
  const add = (instruction: Instruction): number => {
    if (code.length >= longestProgram) throw new NotEvaluated('a pattern this long');
    return code.push(instruction) - 1;
  };
  const emit = (one: Node): void => {
    switch (one.kind) {
      case 'one':
        add({ op: 'one', accepts: one.accepts });
        return;
      case 'look':
        add({ op: 'look', holds: one.holds });
        return;
      case 'sequence':
        for (const item of one.items) emit(item);
        return;
      case 'group':
        add({ op: 'save', slot: one.index * 2 });
        emit(one.item);
        add({ op: 'save', slot: one.index * 2 + 1 });
        return;
      case 'either': {
        const ends: { op: 'jump'; to: number }[] = [];
        for (const [index, item] of one.items.entries()) {
          if (index === one.items.length - 1) {
            emit(item);
            break;
          }
          const split = { op: 'split' as const, first: 0, second: 0 };
          split.first = add(split) + 1;
          emit(item);
          const jump = { op: 'jump' as const, to: 0 };
          ends.push(jump);
          split.second = add(jump) + 1;
        }
        for (const jump of ends) jump.to = code.length;
        return;
      }
      case 'repeat': {
        for (let count = 0; count < one.least; count++) emit(one.item);
        const split = () => {
          const made = { op: 'split' as const, first: 0, second: 0 };
          const at = add(made);
          return { made, at };
        };
        const join = (made: { first: number; second: number }, inside: number, outside: number) => {
          [made.first, made.second] = one.lazy ? [outside, inside] : [inside, outside];
        };
        if (one.most === undefined) {
          const { made, at } = split();
          emit(one.item);
          add({ op: 'jump', to: at });
          join(made, at + 1, code.length);
          return;
        }
        const open: { made: { first: number; second: number }; at: number }[] = [];
        for (let count = one.least; count < one.most; count++) {
          open.push(split());
          emit(one.item);
        }
        for (const { made, at } of open) join(made, at + 1, code.length);
      }
    }
  };
  emit({ kind: 'group', index: 0, item: node });
  add({ op: 'found' });
  return { code, names };
}

/** The leftmost match from a character on; of several there the one that Perl would find. */
export function matchAt(program: Program, text: readonly string[], from: number): Match | undefined {
  const { code } = program;
  let steps = 0;
  let threads: { pc: number; saved: readonly number[] }[] = [];
  let best: readonly number[] | undefined;
  for (let at = from; at <= text.length; at++) {
    const seen = new Set<number>();
    const reached: { pc: number; saved: readonly number[] }[] = [];
    const follow = (pc: number, saved: readonly number[]): void => {
      const open = [{ pc, saved }];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (seen.has(next.pc)) continue;
        seen.add(next.pc);
        if (++steps > mostSteps) throw new NotEvaluated('a match that takes this long');
        const instruction = code[next.pc] as Instruction;
        switch (instruction.op) {
          case 'jump':
            open.push({ pc: instruction.to, saved: next.saved });
            break;
          case 'split':
            open.push({ pc: instruction.second, saved: next.saved }, { pc: instruction.first, saved: next.saved });
            break;
          case 'look':
            if (instruction.holds(text, at)) open.push({ pc: next.pc + 1, saved: next.saved });
            break;
          case 'save': {
            const saves = [...next.saved];
            saves[instruction.slot] = at;
            open.push({ pc: next.pc + 1, saved: saves });
            break;
          }
          default:
            reached.push(next);
        }
      }
    };
    for (const thread of threads) follow(thread.pc, thread.saved);
    if (best === undefined) follow(0, []);
    threads = [];
    const point = text[at]?.codePointAt(0);
    for (const { pc, saved } of reached) {
      const instruction = code[pc] as Instruction;
      if (instruction.op === 'found') {
        best = saved;
        // Ways of less weight need not be followed.
        break;
      }
      if (instruction.op === 'one' && point !== undefined && instruction.accepts(point)) {
        threads.push({ pc: pc + 1, saved });
      }
    }
    if (best !== undefined && threads.length === 0) break;
  }
  return best === undefined ? undefined : matchOf(program, text, best);
}

function matchOf({ names }: Program, text: readonly string[], saved: readonly number[]): Match {
  const groups = names.map((_, index): string | null => {
    const [start, end] = [saved[index * 2 + 2], saved[index * 2 + 3]];
    return start === undefined || end === undefined ? null : text.slice(start, end).join('');
  });
  return { start: saved[0] ?? 0, end: saved[1] ?? 0, groups };
}

/** Every match, none over another; an empty one directly after another does not count (Go: FindAll). */
export function* allMatches(program: Program, text: readonly string[]): Generator<Match> {
  let previous = -1;
  for (let at = 0; at <= text.length; ) {
    const match = matchAt(program, text, at);
    if (match === undefined) return;
    const empty = match.start === match.end;
    if (!(empty && match.end === previous)) yield match;
    previous = match.end;
    at = empty ? match.end + 1 : match.end;
  }
}
