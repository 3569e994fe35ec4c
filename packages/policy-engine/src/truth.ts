import type { Proof, Statement } from '@lukko/facts';
import type { Attr, Cause, Reason, Scalar, Value } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';

/** Kleene truth plus what decided it: the reasons are what makes a pass evidence. */
export interface Truth {
  readonly is: boolean | 'unknown';
  readonly because: readonly Reason[];
}

export const yes = (...because: readonly Reason[]): Truth => ({ is: true, because });
export const no = (...because: readonly Reason[]): Truth => ({ is: false, because });
export const unknown = (...because: readonly Reason[]): Truth => ({ is: 'unknown', because });

/** Conjunction: false when one part is false (its reasons), unknown when one is unknown, else true with every reason. */
export function all(parts: readonly Truth[]): Truth {
  return decide(parts, false, true);
}

/** Disjunction: true when one part is true (its reasons), unknown when one is unknown, else false with every reason. */
export function any(parts: readonly Truth[]): Truth {
  return decide(parts, true, false);
}

export function not(truth: Truth): Truth {
  return truth.is === 'unknown' ? truth : { is: !truth.is, because: truth.because };
}

function decide(parts: readonly Truth[], decisive: boolean, otherwise: boolean): Truth {
  let is: Truth['is'] = otherwise;
  for (const part of parts) {
    if (part.is === decisive) {
      is = decisive;
      break;
    }
    if (part.is === 'unknown') is = 'unknown';
  }
  const deciding = is === otherwise ? parts : parts.filter((part) => part.is === is);
  const [only] = deciding;
  if (only !== undefined && deciding.length === 1) return only;
  return { is, because: deciding.flatMap((part) => part.because) };
}

/**
 * Whether a known value passes a test. `unset` is judged as `whenUnset` says (default: the test fails, since the provider's
 * default is not what was asked for); of an unknown with candidates every candidate must agree, else it is unknown.
 */
export function holds(attr: Attr, test: (value: NonNullable<Scalar>) => boolean, whenUnset = false): Truth {
  return valueHolds(attr.value, attr.at, test, whenUnset);
}

function valueHolds(
  value: Value,
  at: string,
  test: (value: NonNullable<Scalar>) => boolean,
  whenUnset: boolean,
): Truth {
  const reason = { at, saw: describe(value) };
  switch (value.state) {
    case 'known':
      return { is: value.value === null ? whenUnset : test(value.value), because: [reason] };
    case 'unset':
      return { is: whenUnset, because: [reason] };
    case 'unknown': {
      const open: Truth = { is: 'unknown', because: [{ ...reason, causes: value.causes }] };
      const candidates = value.candidates ?? [];
      if (candidates.length === 0) return open;
      const verdicts = candidates.map((candidate) => valueHolds(candidate, at, test, whenUnset).is);
      const first = verdicts[0];
      return first !== undefined && first !== 'unknown' && verdicts.every((verdict) => verdict === first)
        ? { is: first, because: [reason] }
        : open;
    }
    default:
      return { is: 'unknown', because: [{ ...reason, causes: causesOf(value) }] };
  }
}

function causesOf(value: Value): readonly Cause[] {
  if (value.state !== 'text') return ['function'];
  return [...new Set(value.parts.flatMap((part) => (typeof part === 'string' ? [] : part.causes)))].sort();
}

/** A fact's statement or proof as truth. Of a failed proof only the steps that failed are reasons. */
export function shown(fact: Statement | Proof): Truth {
  if (!('steps' in fact)) return { is: fact.is, because: fact.because };
  return all(fact.steps.map((step) => ({ is: step.is, because: step.because })));
}
