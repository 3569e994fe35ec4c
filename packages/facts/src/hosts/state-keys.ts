import type { Graph, KeyProvider } from '@lukko/terraform-model';
import type { HostUse } from '../types.ts';
import { hostUses, type Spot } from './place-of.ts';

/** Key providers that ask somebody: the host when no argument names another, and the arguments that do. */
const KEEPERS: ReadonlyMap<
  string,
  { readonly host: string | undefined; readonly given: readonly (readonly string[])[] }
> = new Map([
  ['aws_kms', { host: 'kms.amazonaws.com', given: [] }],
  ['gcp_kms', { host: 'cloudkms.googleapis.com', given: [] }],
  ['azure_vault', { host: 'vault.azure.net', given: [['az_vault_uri']] }],
  ['azure_kms', { host: 'vault.azure.net', given: [] }],
  ['stackit_kms', { host: 'kms.api.stackit.cloud', given: [] }],
  // Without an address it is the one in BAO_ADDR, which stands in no file.
  ['openbao', { host: undefined, given: [['address']] }],
]);

/** Key providers that ask nobody: the key is derived from a text, or put together from it. */
const LOCAL: ReadonlySet<string> = new Set(['pbkdf2', 'static', 'xor']);

/**
 * Who keeps the key of a state that OpenTofu encrypts (https://opentofu.org/docs/language/state/encryption/#key-providers): whoever hands
 * it out can read the state. A provider that is not known here, or a program, may ask anybody.
 */
export function stateKeyHosts(graph: Graph): HostUse[] {
  return graph.roots.flatMap(({ encryption }) => (encryption?.keyProviders ?? []).flatMap(keptBy));
}

function keptBy(provider: KeyProvider): HostUse[] {
  const { id, type, place } = provider;
  if (LOCAL.has(type)) return [];
  const spot: Omit<Spot, 'at'> = { position: 'keeper of the state key', class: 'data', place, owner: id };
  const known = KEEPERS.get(type);
  const given = (known?.given ?? []).flatMap((path) => hostUses(provider.attr(...path), spot));
  // Roles are assumed at a service of their own: endpoints of aws_kms stand for those alone.
  const beside = type === 'aws_kms' ? [...hostUses(provider.attr('endpoints'), spot)] : [];
  if (given.length > 0) return given;
  const implied = { position: spot.position, class: spot.class, place, owner: id, at: id, implicit: true };
  const causes = known?.host === undefined ? (['outside'] as const) : [];
  return [{ ...implied, host: known?.host, causes }, ...beside];
}
