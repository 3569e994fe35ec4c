import { timingSafeEqual } from 'node:crypto';
import { ApiError } from './errors.ts';
import type { ProjectOptions } from './types.ts';

/** What a token opens. */
export interface Access {
  readonly project: string;
  readonly mayWrite: boolean;
}

/**
 * Compiles the tokens of projects.
 * @returns which project the header of a request may reach, and whether it may write there; it throws ApiError unauthorized
 *   without a bearer token that one of them knows
 */
export function authenticator(projects: readonly ProjectOptions[]): (authorization: string | undefined) => Access {
  const known = projects.flatMap(({ name, token, readOnlyToken }) => [
    { token: Buffer.from(token), access: { project: name, mayWrite: true } },
    ...(readOnlyToken === undefined
      ? []
      : [{ token: Buffer.from(readOnlyToken), access: { project: name, mayWrite: false } }]),
  ]);
  return (authorization = '') => {
    const [, text] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
    const given = Buffer.from(text ?? '');
    const found = known.find(({ token }) => token.length === given.length && timingSafeEqual(token, given));
    if (found === undefined) throw new ApiError('unauthorized', 'the token you provided is invalid');
    return found.access;
  };
}
