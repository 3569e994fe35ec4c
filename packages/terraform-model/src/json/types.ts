/** JSON as our reader yields it. Objects are maps, so that no key (`__proto__`) means anything to the language. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

export function isObject(json: Json | undefined): json is JsonObject {
  return json instanceof Map;
}

export function isArray(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

/** No document we read nests anywhere near this deep; beyond it every later step would need a stack of its own. */
export const maximumDepth = 500;

/** The longest text an argument of a configuration may be: 128 times what Hetzner takes as user_data, and what patterns can still be tried on. */
export const longestText = 1 << 22;
