import { LONGEST_TEXT } from './marked.ts';

/** One directive with its arguments and, where it has one, the block below it. */
export interface Directive {
  readonly words: readonly string[];
  readonly line: number;
  readonly block: readonly Directive[] | undefined;
}

interface Token {
  readonly text: string;
  readonly line: number;
  readonly quoted: boolean;
}

/** Thrown with the line where a Caddyfile is not understood. */
export class CaddyfileError extends Error {}

const DEEPEST = 50;

/**
 * Reads a Caddyfile (caddyserver.com/docs/caddyfile/concepts): blocks, `"…"` and backquoted tokens, here-documents, comments,
 * line continuation. The result is the list of its top-level blocks and directives; snippets are not yet expanded.
 *
 * @throws CaddyfileError where braces do not match or nesting passes fifty levels.
 */
export function parseCaddyfile(text: string): Directive[] {
  const tokens = tokenize(text);
  const root: Directive[] = [];
  const open: { block: Directive[]; line: number }[] = [{ block: root, line: 1 }];
  let index = 0;
  while (index < tokens.length) {
    const first = tokens[index];
    if (first === undefined) break;
    if (first.text === '}' && !first.quoted) {
      open.pop();
      if (open.length === 0) throw new CaddyfileError(`line ${first.line}: expected an opening { before }`);
      index += 1;
      continue;
    }
    const words: string[] = [];
    let last = first.line;
    let opens = false;
    while (index < tokens.length) {
      const token = tokens[index];
      // Site addresses may go on after a comma at the end of a line.
      const goesOn = token !== undefined && open.length === 1 && words[words.length - 1]?.endsWith(',') === true;
      if (token === undefined || (token.line !== last && !goesOn) || (token.text === '}' && !token.quoted)) break;
      index += 1;
      last = token.line;
      if (token.text === '{' && !token.quoted) {
        opens = true;
        break;
      }
      words.push(token.text);
      last += token.quoted ? token.text.split('\n').length - 1 : 0;
    }
    const block: Directive[] | undefined = opens ? [] : undefined;
    open[open.length - 1]?.block.push({ words, line: first.line, block });
    if (block === undefined) continue;
    open.push({ block, line: first.line });
    if (open.length > DEEPEST)
      throw new CaddyfileError(`line ${first.line}: expected at most ${DEEPEST} levels of nesting`);
  }
  const unclosed = open.length > 1 ? open[open.length - 1] : undefined;
  if (unclosed !== undefined) throw new CaddyfileError(`line ${unclosed.line}: expected a closing }`);
  return root;
}

function tokenize(text: string): Token[] {
  if (text.length > LONGEST_TEXT) throw new CaddyfileError(`line 1: expected at most ${LONGEST_TEXT} characters`);
  const tokens: Token[] = [];
  const pattern =
    /(\n)|(\\\r?\n)|([ \t\r]+)|(#[^\n]*)|"((?:[^"\\]|\\[^])*)"?|`([^`]*)`?|<<([A-Za-z0-9_-]+)\r?\n|((?:[^\s\\]|\\[^\n])+|\\)/gy;
  let line = 1;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const [whole, newline, continued, , , double, back, marker, plain] = found;
    if (newline !== undefined) line += 1;
    else if (continued !== undefined) continue;
    else if (double !== undefined) tokens.push({ text: double.replace(/\\"/g, '"'), line, quoted: true });
    else if (back !== undefined) tokens.push({ text: back, line, quoted: true });
    else if (plain !== undefined) tokens.push({ text: plain, line, quoted: false });
    if (marker !== undefined) {
      const end = text.indexOf(marker, pattern.lastIndex);
      const stop = end < 0 ? text.length : end;
      const body = text.slice(pattern.lastIndex, stop);
      tokens.push({ text: body, line, quoted: true });
      pattern.lastIndex = Math.min(text.length, stop + (end < 0 ? 0 : marker.length));
      line += body.split('\n').length;
    } else if (newline === undefined && (double ?? back) !== undefined) {
      line += whole.split('\n').length - 1;
    }
  }
  return tokens;
}

/** No directive of Caddy: an import stood here that was not found. */
export const UNFOLLOWED = '\uE000import';

/**
 * Puts snippets (`(name) { … }`) where `import name` stands, and files where a path stands. Imports inside imports are followed
 * eight deep; what cannot be found is reported through `missing`, and a directive `UNFOLLOWED` stands in its place.
 */
export function expandImports(
  directives: readonly Directive[],
  readFile: (path: string) => readonly Directive[] | undefined,
  missing: (what: string, line: number) => void,
): Directive[] {
  const snippets = new Map<string, readonly Directive[]>();
  for (const { words, block } of directives) {
    const name = /^\((.+)\)$/.exec(words[0] ?? '')?.[1];
    if (name !== undefined) snippets.set(name, block ?? []);
  }
  let budget = 10_000;
  const walk = (nodes: readonly Directive[], depth: number): Directive[] =>
    nodes.flatMap((node): Directive[] => {
      budget -= 1;
      if (budget < 0) return [];
      if (/^\(.+\)$/.test(node.words[0] ?? '')) return [];
      if (node.words[0] !== 'import')
        return [{ ...node, block: node.block === undefined ? undefined : walk(node.block, depth) }];
      const [, what = '', ...args] = node.words;
      const body = depth < 8 ? (snippets.get(what) ?? readFile(what)) : undefined;
      if (body === undefined) {
        missing(what, node.line);
        return [{ words: [UNFOLLOWED, what], line: node.line, block: undefined }];
      }
      return walk(
        body.map((each) => withArguments(each, args)),
        depth + 1,
      );
    });
  const expanded = walk(directives, 0);
  if (budget < 0) missing('more than ten thousand directives', 1);
  return expanded;
}

/** `{args[0]}` in a snippet. */
function withArguments(directive: Directive, args: readonly string[]): Directive {
  const words = directive.words.map((word) =>
    word.replace(/\{args\[(\d{1,3})\]\}/g, (found, index: string) => args[Number(index)] ?? found),
  );
  return { ...directive, words, block: directive.block?.map((each) => withArguments(each, args)) };
}
