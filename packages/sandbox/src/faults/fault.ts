import { type ErrorCode, isErrorCode } from '../errors.ts';

/** What goes wrong. */
export type Effect =
  | { readonly kind: 'error'; readonly code: ErrorCode }
  /** The connection ends: before anything was done, or when it was done and only its answer is lost. */
  | { readonly kind: 'drop'; readonly done: boolean }
  /** The answer comes so much later. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The actions that the request begins take so much longer, or fail. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  | { readonly kind: 'fail'; readonly code: string };

/** A fault as it was asked for. */
export interface Fault {
  /** The line it was read from. */
  readonly text: string;
  readonly effect: Effect;
  /** Whether a request is one it means: by operationId, or by method and path. */
  readonly on: string;
  /** Every project when it is not said. */
  readonly project?: string;
  /** So many matching requests are let through first. */
  readonly after: number;
  /** How often it strikes; Infinity: always. */
  readonly times: number;
  /** Of how many matching requests it strikes, 0 to 1. */
  readonly probability: number;
}

/** Longest delay, an hour in milliseconds. */
const LONGEST = 3_600_000;

const WHAT =
  'an error code such as resource_unavailable, a status (429, 500, 502, 503, 504), drop, drop-answer, delay:<ms>, slow:<ms> or fail[:<code>]';

/** Error codes by the status they stand for, so that a status can be asked for. */
const BY_STATUS: Readonly<Record<string, ErrorCode>> = {
  '409': 'conflict',
  '412': 'resource_unavailable',
  '423': 'locked',
  '429': 'rate_limit_exceeded',
  '500': 'server_error',
  '502': 'bad_gateway',
  '503': 'service_error',
  '504': 'timeout',
};

/**
 * Reads a fault, such as `resource_unavailable,on=create_server,times=2`: what goes wrong, then in any order `on` (an
 * operationId or `METHOD /path`, `*` for any part), `project`, `after`, `times` and `probability`.
 * @throws Error saying which part cannot be read and what was expected
 */
export function parseFault(text: string): Fault {
  const [what = '', ...parts] = text.split(',').map((part) => part.trim());
  const given = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    const [key, value] = [part.slice(0, at), part.slice(at + 1)];
    if (at === -1 || value === '' || !['on', 'project', 'after', 'times', 'probability'].includes(key))
      throw new Error(
        `fault '${text}': cannot read '${part}'; expected on=, project=, after=, times= or probability= and a value`,
      );
    if (given.has(key)) throw new Error(`fault '${text}': ${key} is given twice`);
    given.set(key, value);
  }
  const number = (key: string, otherwise: number, pattern: RegExp, expected: string): number => {
    const value = given.get(key) ?? String(otherwise);
    if (given.has(key) && !pattern.test(value))
      throw new Error(`fault '${text}': ${key}=${value}: expected ${expected}`);
    return Number(value);
  };
  const project = given.get('project');
  return {
    text,
    effect: effectOf(what, text),
    on: given.get('on') ?? '*',
    ...(project === undefined ? {} : { project }),
    after: number('after', 0, /^\d{1,9}$/, 'a whole number'),
    times: number('times', Number.POSITIVE_INFINITY, /^[1-9]\d{0,8}$/, 'a whole number above zero'),
    probability: number('probability', 1, /^(0\.\d{1,9}|1(\.0+)?)$/, 'a number above 0 and at most 1, such as 0.25'),
  };
}

function effectOf(what: string, text: string): Effect {
  const [name = '', argument] = what.split(':', 2);
  if (name === 'drop' && argument === undefined) return { kind: 'drop', done: false };
  if (name === 'drop-answer' && argument === undefined) return { kind: 'drop', done: true };
  if (name === 'delay') return { kind: 'delay', milliseconds: milliseconds(argument, text) };
  if (name === 'slow') return { kind: 'slow', milliseconds: milliseconds(argument, text) };
  if (name === 'fail') {
    const code = argument ?? 'unknown_error';
    if (!/^[a-z][a-z_]{0,63}$/.test(code))
      throw new Error(`fault '${text}': '${code}' is no error code; write one such as unknown_error`);
    return { kind: 'fail', code };
  }
  const code = Object.hasOwn(BY_STATUS, name) ? BY_STATUS[name] : name;
  if (argument === undefined && code !== undefined && isErrorCode(code)) return { kind: 'error', code };
  throw new Error(`fault '${text}': nothing is known as '${what}'; expected ${WHAT}`);
}

function milliseconds(argument: string | undefined, text: string): number {
  if (argument === undefined || !/^[1-9]\d{0,8}$/.test(argument) || Number(argument) > LONGEST)
    throw new Error(`fault '${text}': expected milliseconds from 1 to ${LONGEST} after the colon`);
  return Number(argument);
}
