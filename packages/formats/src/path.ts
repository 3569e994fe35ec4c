/** Where in a document: keys and list positions from the root. */
export type Path = readonly PropertyKey[];

/** `keys.servers[0].thumbprint`; a key that is no plain word stands in quotes. */
export function printPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(String(step))) text += text === '' ? String(step) : `.${String(step)}`;
    else text += `[${JSON.stringify(String(step))}]`;
  }
  return text;
}

/** The steps of a path as `printPath` writes it. */
export function readPath(text: string): Path {
  const steps: PropertyKey[] = [];
  for (const [, word, index, quoted] of text.matchAll(/([\w-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)) {
    if (word !== undefined) steps.push(word);
    else if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(JSON.parse(quoted) as string);
  }
  return steps;
}
