import type { Context } from './context.ts';
import { ApiError, invalidField } from './errors.ts';
import type { Kind } from './types.ts';

/** Kinds that have a name, labels and an instant of creation. */
export type NamedKind = Exclude<Kind, 'action' | 'rrset'>;

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

/** What a name of a kind looks like, where docs.hetzner.cloud says so ("Create a Server", "… a Volume", "… a Firewall"). */
const FORMS: Readonly<Partial<Record<NamedKind, readonly [form: RegExp, words: string]>>> = {
  server: [new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`), 'must be a valid hostname as per RFC 1123'],
  volume: [
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/,
    'letters, digits, dashes, underscores and dots, at most 64',
  ],
  firewall: [/^[^]{1,128}$/u, 'must not be longer than 128 characters'],
};

/**
 * Compares a name that an object gets, or is to get, with what its kind may be called, and with the names there are. That no
 * name is empty, of the kinds whose form is not documented, is our inference.
 * @param own the object that already has it
 * @throws ApiError invalid_input, uniqueness_error
 */
export function checkName(context: Context, kind: NamedKind, name: string, own?: number): void {
  if (name.trim() === '') throw invalidField('name', 'must not be empty');
  const [form, words] = FORMS[kind] ?? [];
  if (form !== undefined && !form.test(name)) throw invalidField('name', words ?? '');
  const other = context.store.named(kind, name);
  if (other !== undefined && other.id !== own)
    throw new ApiError('uniqueness_error', `${kind.replaceAll('_', ' ')} name is already used`, {
      fields: [{ name: 'name' }],
    });
}
