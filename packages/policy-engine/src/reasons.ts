import type { Cause } from '@lukko/terraform-model';

/** A reason of a rule, or of a report that was read. */
export interface AnyReason {
  readonly at: string;
  readonly saw: string;
  readonly causes?: readonly Cause[] | undefined;
}

/** Reasons kept per finding; `reasons` tells how many there were. */
export const keptReasons = 20;

/** Facts that build on each other give the same reason more than once. */
export function distinct<R extends AnyReason>(because: readonly R[]): readonly R[] {
  if (because.length < 2) return because;
  return [...new Map(because.map((reason) => [JSON.stringify(reason), reason])).values()];
}

/** The reasons a finding keeps. */
export function shownReasons<R extends AnyReason>(because: readonly R[]): readonly R[] {
  return because.length <= keptReasons ? because : distinct(because).slice(0, keptReasons);
}
