import { isArray, isObject, type Json } from '../json/types.ts';
import type { Deepen } from '../navigate.ts';
import type { Cause, Unknown, Value } from '../value.ts';
import {
  carrying,
  causesOf,
  distinct,
  isUnordered,
  known,
  ledTo,
  list,
  ownReferences,
  possibly,
  referencesOf,
  text,
  unknown,
  weaken,
} from '../values.ts';
import { type Expression, ExpressionError, type Template, type TemplatePart } from './ast.ts';
import { call } from './call.ts';
import { failure, isFailure, step as stepInto } from './failure.ts';
import { callFile, fileFunctions } from './files.ts';
import { evaluateFor, loopValues } from './for.ts';
import { binary, negate } from './operators.ts';
import { parseTemplate } from './parse.ts';
import { asBoolean, asText, equal, isList, isMap, normal, numberText, type Plain, plainOf, toValue } from './plain.ts';
import { within } from './size.ts';
import { Unwritten } from './unwritten.ts';

/** What a name leads to: the value, how many of the following attribute steps it used up, and whether it stands for many. */
export interface Resolved {
  readonly value: Value;
  readonly used: number;
  /** The instances are not known; `value` is one that stands for each of them, so an index or splat after it adds nothing. */
  readonly collective?: boolean;
}

/** Where names end: locals, variables, resources of one module instance. */
export interface Names {
  resolve(name: string, steps: readonly string[], text: string): Resolved;
  readonly deepen: Deepen;
  /** A file the configuration names; undefined when it must not, or cannot, be looked at. */
  readFile?(path: string): Uint8Array | 'absent' | undefined;
  /** Set inside a template file, which may not call another. */
  readonly inTemplate?: boolean;
}

export interface Scope {
  readonly names: Names;
  /** Names bound by `for` expressions and `dynamic` blocks. */
  readonly bound: ReadonlyMap<string, Value>;
}

/** Nested evaluations, through however many locals, before an expression is given up as not evaluated. */
const deepest = 400;

/** Expressions evaluated for one value, loops within loops included, before the rest of it is given up. */
const mostSteps = 5_000_000;

/** Computes expressions with partial knowledge. One for all roots of an input, since outputs lead from one to another. */
export class Evaluator {
  #depth = 0;
  #steps = 0;
  readonly #parsed = new Map<string, Template | ExpressionError>();

  /** JSON of a configuration: strings are templates, everything else stands for itself. */
  json(json: Json, scope: Scope): Value {
    if (typeof json === 'string') return this.template(json, scope);
    if (isArray(json)) return list(json.map((item) => this.json(item, scope)));
    if (json instanceof Unwritten) return this.#unwritten(json, scope);
    if (!isObject(json)) return known(json);
    const entries = new Map<string, Value>();
    let extra: Unknown | undefined;
    for (const [key, item] of json) {
      const name = plainOf(this.template(key, scope));
      if (typeof name === 'string') entries.set(name, this.json(item, scope));
      else extra = unknown(['function'], key);
    }
    return { state: 'map', entries, complete: extra === undefined };
  }

  template(written: string, scope: Scope): Value {
    const source = normal(written);
    if (!source.includes('${') && !source.includes('%{')) return known(source);
    const template = this.#parse(source);
    if (template instanceof ExpressionError) return unknown(['function'], source);
    return this.parts(template, scope);
  }

  parts(template: Template, scope: Scope): Value {
    const only = template.length === 1 ? template[0] : undefined;
    if (only !== undefined && typeof only !== 'string' && only.kind === 'interpolation') {
      return written(this.evaluate(only.expression, scope), only.expression.text);
    }
    const pieces: (string | Unknown)[] = [];
    const references = template.flatMap((part) => {
      const value = this.#part(part, scope);
      for (const piece of piecesOf(value, part)) pieces.push(piece);
      return value.state === 'unknown' || value.state === 'text' ? [] : ownReferences(value);
    });
    return text(pieces, references);
  }

  evaluate(expression: Expression, scope: Scope): Value {
    if (this.#depth === 0) this.#steps = 0;
    if (this.#depth >= deepest || this.#steps >= mostSteps) return unknown(['function'], expression.text);
    this.#depth++;
    this.#steps++;
    try {
      return within(this.#evaluate(expression, scope), expression.text);
    } finally {
      this.#depth--;
    }
  }

  #evaluate(expression: Expression, scope: Scope): Value {
    switch (expression.kind) {
      case 'literal':
        return known(expression.value);
      case 'template':
        return this.parts(expression.template, scope);
      case 'name':
        return this.#traverse(expression.name, [], expression.text, scope);
      case 'traversal':
        return expression.from.kind === 'name'
          ? this.#traverse(expression.from.name, expression.steps, expression.text, scope)
          : this.#follow(this.evaluate(expression.from, scope), expression.steps, expression.text, scope);
      case 'call':
        if (fileFunctions.has(expression.name) && !expression.expanded) return callFile(expression, scope, this);
        return call(expression, (inner) => this.evaluate(inner, scope));
      case 'conditional':
        return this.#conditional(expression, scope);
      case 'binary':
        return binary(expression, (inner) => this.evaluate(inner, scope));
      case 'unary':
        return negate(expression, this.evaluate(expression.operand, scope));
      case 'tuple':
        return list(expression.items.map((item) => this.evaluate(item, scope)));
      case 'object':
        return this.#object(expression, scope);
      case 'for':
        return evaluateFor(expression, scope, this);
    }
  }

  #object(expression: Expression & { kind: 'object' }, scope: Scope): Value {
    const entries = new Map<string, Value>();
    let complete = true;
    for (const { key, value } of expression.entries) {
      const name = plainOf(this.evaluate(key, scope));
      if (typeof name === 'string' || typeof name === 'number') entries.set(String(name), this.evaluate(value, scope));
      else complete = false;
    }
    return { state: 'map', entries, complete };
  }

  #conditional(expression: Expression & { kind: 'conditional' }, scope: Scope): Value {
    const condition = this.evaluate(expression.condition, scope);
    const decided = truthOf(condition);
    const led = weaken(referencesOf(condition));
    if (decided !== undefined) {
      const [taken, other] = decided
        ? [expression.whenTrue, expression.whenFalse]
        : [expression.whenFalse, expression.whenTrue];
      const value = this.evaluate(taken, scope);
      return carrying(isPlainNumber(value) ? besideArm(value, this.evaluate(other, scope)) : value, led);
    }
    const arms = [this.evaluate(expression.whenTrue, scope), this.evaluate(expression.whenFalse, scope)];
    return oneOf(arms, causesOf(condition), expression.text, led);
  }

  #traverse(name: string, steps: (Expression & { kind: 'traversal' })['steps'], source: string, scope: Scope): Value {
    const bound = scope.bound.get(name);
    if (bound !== undefined) return this.#follow(bound, steps, source, scope);
    const leading: string[] = [];
    for (const step of steps) {
      if (step.kind !== 'attribute') break;
      leading.push(step.name);
    }
    const { value, used, collective = false } = scope.names.resolve(name, leading, source);
    const rest = steps.slice(used);
    const first = rest[0];
    if (!collective || first === undefined) return this.#follow(value, rest, source, scope);
    if (first.kind === 'index') return this.#follow(value, rest.slice(1), source, scope);
    if (first.kind === 'splat') return list([this.#follow(value, rest.slice(1), source, scope)], false);
    return this.#follow(value, rest, source, scope);
  }

  #follow(value: Value, steps: (Expression & { kind: 'traversal' })['steps'], source: string, scope: Scope): Value {
    let at = value;
    for (const [position, step] of steps.entries()) {
      if (step.kind === 'attribute') at = stepInto(at, step.name, source, scope.names.deepen);
      else if (step.kind === 'index') at = this.#index(at, step.key, source, scope);
      else {
        const end = step.full ? steps.length : attributesEnd(steps, position + 1);
        const inner = steps.slice(position + 1, end);
        at = splat(at, source, (item) => this.#follow(item, inner, source, scope));
        return this.#follow(at, steps.slice(end), source, scope);
      }
    }
    return at;
  }

  #index(value: Value, key: Expression, source: string, scope: Scope): Value {
    const index = this.evaluate(key, scope);
    const plain = plainOf(index);
    if (typeof plain === 'string' || typeof plain === 'number')
      return stepInto(value, plain, source, scope.names.deepen);
    const all = value.state === 'list' ? value.items : value.state === 'map' ? [...value.entries.values()] : [];
    const complete = (value.state === 'list' || value.state === 'map') && value.complete && all.length > 0;
    if (complete) return oneOf(all, causesOf(index), source, weaken(referencesOf(index)));
    const causes: readonly Cause[] = [...causesOf(value), ...causesOf(index), 'possible'];
    return unknown(causes, source, weaken([...referencesOf(value), ...referencesOf(index)]));
  }

  #part(part: TemplatePart, scope: Scope): Value {
    if (typeof part === 'string') return known(part);
    switch (part.kind) {
      case 'interpolation':
        return written(this.evaluate(part.expression, scope), part.expression.text);
      case 'if': {
        const condition = this.evaluate(part.condition, scope);
        const decided = truthOf(condition);
        if (decided !== undefined) return this.parts(decided ? part.whenTrue : part.whenFalse, scope);
        const arms = [this.parts(part.whenTrue, scope), this.parts(part.whenFalse, scope)];
        return oneOf(arms, causesOf(condition), part.condition.text, weaken(referencesOf(condition)));
      }
      case 'for': {
        const collection = this.evaluate(part.collection, scope);
        const rounds = loopValues(collection);
        if (rounds === undefined) {
          return unknown([...causesOf(collection), 'possible'], part.collection.text, weaken(referencesOf(collection)));
        }
        const values = rounds.map((round) => this.parts(part.body, bind(scope, part, round)));
        return text(
          values.flatMap((value) => piecesOf(value, part)),
          values.flatMap(ownReferences),
        );
      }
    }
  }

  /** Bare references. */
  #unwritten({ templates }: Unwritten, scope: Scope): Value {
    return ledTo(bare, () => distinct(weaken(templates.flatMap((one) => referencesOf(this.template(one, scope))))));
  }

  #parse(source: string): Template | ExpressionError {
    const found = this.#parsed.get(source);
    if (found !== undefined) return found;
    let parsed: Template | ExpressionError;
    try {
      parsed = parseTemplate(source);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      parsed = error;
    }
    this.#parsed.set(source, parsed);
    return parsed;
  }
}

const bare: readonly Cause[] = ['source'];

/** A scope in which the names of a loop are bound to one of its rounds. */
export function bind(
  scope: Scope,
  names: { readonly keyName: string | undefined; readonly valueName: string },
  [key, value]: readonly [Value, Value],
): Scope {
  const bound = new Map(scope.bound);
  if (names.keyName !== undefined) bound.set(names.keyName, key);
  bound.set(names.valueName, value);
  return { ...scope, bound };
}

/** Whether the other arm of a conditional could turn the value into text. */
function isPlainNumber(value: Value): boolean {
  const plain = plainOf(value);
  const items = isList(plain) ? plain : isMap(plain) ? [...plain.values()] : [plain];
  return items.some((item) => typeof item === 'number' || typeof item === 'boolean');
}

/** Both arms of a conditional are of one type: beside a text, a number or truth is text; so are items of lists and maps. */
function besideArm(value: Value, other: Value): Value {
  const [own, beside] = [plainOf(value), plainOf(other)];
  if (own === undefined) return value;
  // What is not known may be a text, and then this is one too.
  if (beside === undefined) return unknown(causesOf(other), '', referencesOf(value));
  const items = (plain: Plain) => (isList(plain) ? plain : isMap(plain) ? [...plain.values()] : [plain]);
  if (!items(beside).some((item) => typeof item === 'string')) return value;
  const asWord = (plain: Plain): Plain =>
    typeof plain === 'number' || typeof plain === 'boolean' ? asText(plain) : plain;
  try {
    if (isList(own) && isList(beside)) return carrying(toValue(own.map(asWord)), referencesOf(value));
    if (isMap(own) && isMap(beside)) {
      const worded = [...own].map(([key, item]): [string, Plain] => {
        return [key, typeof beside.get(key) === 'string' || !beside.has(key) ? asWord(item) : item];
      });
      return carrying(toValue(new Map(worded)), referencesOf(value));
    }
    return isList(own) || isMap(own) ? value : carrying(toValue(asWord(own)), referencesOf(value));
  } catch {
    return unknown(['function'], '', referencesOf(value));
  }
}

export function truthOf(value: Value): boolean | undefined {
  const plain = plainOf(value);
  try {
    return plain === undefined || plain === null ? undefined : asBoolean(plain);
  } catch {
    return undefined;
  }
}

const mostCandidates = 32;

/** One of several values, it is not known which. When all are the same it is that one. */
export function oneOf(
  arms: readonly Value[],
  why: readonly Cause[],
  expression: string,
  led: Unknown['references'],
): Value {
  const plains = arms.map(plainOf);
  const first = plains[0];
  if (first !== undefined && plains.every((plain) => plain !== undefined && equal(plain, first))) {
    return carrying(arms[0] as Value, [...weaken(arms.flatMap(referencesOf)), ...led]);
  }
  const candidates = arms.map(possibly).flatMap((arm) => (arm.state === 'unknown' && arm.candidates) || [arm]);
  return unknown(
    [...why, 'possible'],
    expression,
    [...weaken(arms.flatMap(referencesOf)), ...led],
    candidates.length > mostCandidates ? {} : { candidates },
  );
}

function written(value: Value, source: string): Value {
  if (isFailure(value)) return failure(source);
  return value.state === 'unknown' && value.expression !== source ? { ...value, expression: source } : value;
}

/** The text a value becomes inside a template; lists, maps and null are refused by Terraform there. */
function piecesOf(value: Value, part: TemplatePart): readonly (string | Unknown)[] {
  const source = typeof part === 'string' || part.kind !== 'interpolation' ? '' : part.expression.text;
  switch (value.state) {
    case 'known':
      return value.value === null ? [unknown(['function'], source)] : [scalarText(value.value, source)];
    case 'text':
      return value.parts;
    case 'unknown':
      return [value];
    case 'unset':
      return [unknown(['function'], source)];
    default:
      return [unknown(['function', ...causesOf(value)], source, weaken(referencesOf(value)))];
  }
}

function scalarText(value: NonNullable<Plain>, source: string): string | Unknown {
  try {
    return typeof value === 'number' ? numberText(value) : String(value);
  } catch {
    return unknown(['function'], source);
  }
}

function attributesEnd(steps: readonly { readonly kind: string }[], start: number): number {
  let end = start;
  while (steps[end]?.kind === 'attribute') end++;
  return end;
}

/** `[*]`: over a list each item, over anything else that one value, over nothing an empty list. */
function splat(value: Value, source: string, each: (item: Value) => Value): Value {
  switch (value.state) {
    case 'list':
      if (isUnordered(value)) return unknown(causesOf(value), source, weaken(referencesOf(value)));
      return list(value.items.map(each), value.complete);
    case 'known':
      return list(value.value === null ? [] : [each(value)]);
    case 'unknown': {
      // A whole resource is one object; any other unknown may be a list of any length.
      if (value.traversal?.attribute.length === 0) return list([each(value)]);
      const { traversal: _, candidates: __, ...rest } = value;
      return { ...rest, expression: source, references: weaken(value.references) };
    }
    default:
      return list([each(value)]);
  }
}
