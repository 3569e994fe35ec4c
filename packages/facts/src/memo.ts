/** Texts longer than this are not kept: one that is so long hardly comes twice. */
const LONGEST_KEPT = 1 << 16;
const MOST_KEPT = 512;

/**
 * A pure function of a text, worked out once per text: hosts share most of their files, so the same text comes once per server.
 * What it gives is shared and must not be changed. Bounded in texts and in their length; a throw is not kept.
 */
export function byText<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, { readonly value: T }>();
  return (text) => {
    if (text.length > LONGEST_KEPT) return make(text);
    const known = made.get(text);
    if (known !== undefined) return known.value;
    const value = make(text);
    if (made.size >= MOST_KEPT) made.clear();
    made.set(text, { value });
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
