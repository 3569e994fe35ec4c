import type { Manner } from '../actions.ts';
import { ApiError } from '../errors.ts';
import type { Standing } from './faults.ts';

/** What the faults that struck a request make of it. */
export interface Outcome {
  /** The request is refused with it. */
  readonly error?: ApiError;
  /** The connection ends: instead of the request, or of its answer. */
  readonly dropped?: 'request' | 'answer';
  /** Milliseconds the answer is held back. */
  readonly delay: number;
  readonly manner: Manner;
  /** Named in the answer, so that nobody takes a fault that was asked for for one of the sandbox. */
  readonly headers: Readonly<Record<string, string>>;
}

const NONE: Outcome = { delay: 0, manner: {}, headers: {} };

/** Sentences of the API where one is known, else the code. */
const MESSAGES: Readonly<Record<string, string>> = {
  resource_unavailable: 'the requested resource is currently unavailable',
  placement_error: 'error during placement',
  locked: 'the resource is locked by another action',
  conflict: 'the resource was changed while the request was processed, try again',
  rate_limit_exceeded: 'rate limit of the project is exceeded',
  no_space_left_in_location: 'there is no space left in the location',
};

/** Puts together what several faults do to one request. */
export function outcomeOf(strikes: readonly Standing[]): Outcome {
  if (strikes.length === 0) return NONE;
  const ids = strikes.map(({ id }) => id).join(', ');
  const outcome: { -readonly [K in keyof Outcome]: Outcome[K] } = { ...NONE, headers: { 'lukko-sandbox-fault': ids } };
  for (const { id, fault } of strikes) {
    const { effect } = fault;
    const asked = `(fault ${id} of the sandbox)`;
    switch (effect.kind) {
      case 'error':
        outcome.error = new ApiError(effect.code, `${MESSAGES[effect.code] ?? effect.code} ${asked}`);
        break;
      case 'drop':
        outcome.dropped = effect.done ? 'answer' : 'request';
        break;
      case 'delay':
        outcome.delay += effect.milliseconds;
        break;
      case 'slow':
        outcome.manner = { ...outcome.manner, slower: (outcome.manner.slower ?? 0) + effect.milliseconds };
        break;
      case 'fail':
        outcome.manner = {
          ...outcome.manner,
          fails: { code: effect.code, message: `the action failed ${asked}` },
        };
    }
  }
  return outcome;
}
