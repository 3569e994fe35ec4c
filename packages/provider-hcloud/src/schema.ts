/** What `terraform providers schema -json` prints, as far as it is kept: what there is; the parts of a block are the generator's business. */
export interface ProviderSchema {
  readonly format_version: string;
  readonly provider_schemas: Readonly<
    Record<
      string,
      {
        readonly provider: unknown;
        readonly resource_schemas: Readonly<Record<string, unknown>>;
        readonly data_source_schemas: Readonly<Record<string, unknown>>;
        readonly functions?: Readonly<Record<string, unknown>>;
      }
    >
  >;
}

/**
 * The schema in the form in which it is committed: keys sorted, and without the descriptions, which are the provider's
 * documentation (three quarters of the text) and change without a change of meaning.
 *
 * Terraform names resources and attributes freely, so `description` is dropped only where the schema's own grammar puts it:
 * never among the names of attributes, and never inside a type.
 */
export function canonicalSchema(schema: unknown): ProviderSchema {
  return canonical(schema, 'grammar') as ProviderSchema;
}

const prose = new Set(['description', 'description_kind']);
/** Keys whose value is a map from names to parts. */
const named = new Set([
  'provider_schemas',
  'resource_schemas',
  'data_source_schemas',
  'functions',
  'attributes',
  'block_types',
]);

type Keys = 'grammar' | 'names' | 'type';

function canonical(value: unknown, keys: Keys): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item, keys));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => keys !== 'grammar' || !prose.has(key));
  const sorted = kept.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(sorted.map(([key, part]) => [key, canonical(part, keysBelow(keys, key))]));
}

function keysBelow(keys: Keys, key: string): Keys {
  if (keys === 'names') return 'grammar';
  if (keys === 'type' || key === 'type' || key === 'return_type') return 'type';
  return named.has(key) ? 'names' : 'grammar';
}
