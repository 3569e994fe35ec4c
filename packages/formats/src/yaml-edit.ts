import { isMap, isScalar, type ParsedNode, parseDocument, type Scalar, type YAMLMap } from 'yaml';

/**
 * Sets one text in a YAML file and leaves every other character as it is: comments, order, quotes, alignment.
 * @param path keys and indexes to the field; its holder must be there, the field itself need not.
 * @returns the new text. @throws Error when there is no such holder, or the field is no plain value.
 */
export function setText(text: string, path: readonly (string | number)[], value: string): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  const key = String(path.at(-1));
  const holder = document.getIn(path.slice(0, -1), true) as ParsedNode | undefined;
  if (!isMap(holder) || holder.range == null)
    throw new Error(`there is no ${path.slice(0, -1).join('.')} to write ${key} into`);
  const written = plain(value);
  const found = holder.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
  if (found !== undefined) {
    const node = found.value as Scalar.Parsed | null;
    if (node?.range == null || !isScalar(node)) throw new Error(`${path.join('.')} is no plain value`);
    return text.slice(0, node.range[0]) + written + text.slice(node.range[1]);
  }
  return insert(text, holder as YAMLMap.Parsed, `${key}: ${written}`);
}

function insert(text: string, holder: YAMLMap.Parsed, entry: string): string {
  const last = holder.items.at(-1);
  const end = (last?.value?.range ?? last?.key.range)?.[1];
  if (holder.flow === true) {
    if (end === undefined) return `${text.slice(0, holder.range[0] + 1)} ${entry} ${text.slice(holder.range[0] + 1)}`;
    return `${text.slice(0, end)}, ${entry}${text.slice(end)}`;
  }
  const first = holder.items[0]?.key.range?.[0];
  if (end === undefined || first === undefined) throw new Error('nothing stands there to write beside');
  // Under the last entry, in the column of the first; a comment behind that entry stays with it.
  const column = first - (text.lastIndexOf('\n', first - 1) + 1);
  const lineEnd = text.indexOf('\n', end);
  const at = lineEnd === -1 ? text.length : lineEnd;
  return `${text.slice(0, at)}\n${' '.repeat(column)}${entry}${text.slice(at)}`;
}

/** Plain where YAML reads it back as the same text, else in double quotes. */
function plain(value: string): string {
  const back: unknown = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(value) ? parseDocument(value).toJS() : undefined;
  return back === value ? value : JSON.stringify(value);
}
