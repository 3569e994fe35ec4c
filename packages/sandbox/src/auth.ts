import { timingSafeEqual } from 'node:crypto';
import { ApiError } from './errors.ts';
import type { ProjectOptions } from './types.ts';

/** Which project a request may reach, and whether it may write there.
 * @throws ApiError unauthorized without a bearer token that one of them knows. */
export function authenticate(
  projects: readonly ProjectOptions[],
  authorization: string | undefined,
): { readonly project: string; readonly mayWrite: boolean } {
  const [, token] = /^bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (token !== undefined) {
    for (const { name, token: full, readOnlyToken } of projects) {
      if (same(token, full)) return { project: name, mayWrite: true };
      if (readOnlyToken !== undefined && same(token, readOnlyToken)) return { project: name, mayWrite: false };
    }
  }
  throw new ApiError('unauthorized', 'the token you provided is invalid');
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
