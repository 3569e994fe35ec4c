import type { Reason } from '@lukko/terraform-model';
import type { Payload, Statement } from '../types.ts';

/** What is not there, which only a payload that was read whole shows. `is`: what its absence makes of the claim. */
export function absent(claim: string, payload: Payload, whole: boolean, saw: string, is: boolean): Statement {
  const reason: Reason = { at: payload.attr.at, saw };
  if (payload.state === 'unknown') return { claim, is: 'unknown', because: [{ ...reason, causes: payload.causes }] };
  if (whole) return { claim, is, because: [reason] };
  const unread = payload.unread
    .slice(0, 5)
    .map(({ at, why }): Reason => ({ at, saw: `not read: ${why}`, causes: ['function'] }));
  return { claim, is: 'unknown', because: [{ ...reason, causes: ['function'] }, ...unread] };
}
