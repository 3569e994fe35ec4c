import { invalidField } from '../../errors.ts';

const KINDS = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9\s]/];
const SHORTEST = 12;
const LONGEST = 128;

/** Compares a password with Hetzner's rules and forgets it: nothing of the sandbox can be logged in to.
 * @throws ApiError invalid_input */
export function checkPassword(password: string): void {
  const fits = password.length >= SHORTEST && password.length <= LONGEST && KINDS.every((kind) => kind.test(password));
  if (!fits)
    throw invalidField(
      'password',
      `must have from ${SHORTEST} to ${LONGEST} characters: small and capital letters, digits and others`,
    );
}
