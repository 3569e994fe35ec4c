/** Texts longer than this are not kept: one that is so long hardly comes twice. */
const LONGEST_KEPT = 1 << 16;
const MOST_KEPT = 512;

/** Lines are shorter, and more. */
export const LINES = { longest: 4096, most: 1 << 15 };

/**
 * A pure function of a text, worked out once per text: hosts share most of their files, so the same text comes once per server.
 * What it gives is shared and must not be changed. Bounded in texts and in their length; a throw is not kept.
 */
export function byText<T>(
  make: (text: string) => T,
  { longest, most } = { longest: LONGEST_KEPT, most: MOST_KEPT },
): (text: string) => T {
  const made = new Map<string, { readonly value: T }>();
  return (text) => {
    if (text.length > longest) return make(text);
    const known = made.get(text);
    if (known !== undefined) return known.value;
    const value = make(text);
    if (made.size >= most) made.clear();
    made.set(text, { value });
    return value;
  };
}

/** A pure function of an object that nobody changes, worked out once per object and forgotten with it. */
export function perObject<K extends object, T>(make: (key: K) => T): (key: K) => T {
  const made = new WeakMap<K, { readonly value: T }>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known.value;
    const value = make(key);
    made.set(key, { value });
    return value;
  };
}

/** What takes long is made when it is first asked for, and kept. A throw is not kept. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
