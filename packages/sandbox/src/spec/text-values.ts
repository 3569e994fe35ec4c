import type { Schema } from './document.ts';

/** Values of a path or a query, with the types the description gives them. Text that does not fit stays text, for the validator to refuse. */
export type TypedValues = Readonly<Record<string, unknown>>;

/** The parameters of a path, by name. */
export function pathValues(params: Readonly<Record<string, string | undefined>>, schema: Schema): TypedValues {
  const typed = empty();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const text = Object.hasOwn(params, name) ? params[name] : undefined;
    if (text !== undefined) typed[name] = typedText(text, property);
  }
  return typed;
}

/** The query parameters the description names; others are left out. A list is what stands several times. */
export function queryValues(query: URLSearchParams, schema: Schema): TypedValues {
  const typed = empty();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const [first, ...others] = query.getAll(name);
    if (first === undefined) continue;
    const list = property.type === 'array';
    typed[name] = list
      ? [first, ...others].map((text) => typedText(text, property.items ?? {}))
      : typedText(first, property);
  }
  return typed;
}

function typedText(text: string, { type }: Schema): unknown {
  if (type === 'integer' && /^-?\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function empty(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
