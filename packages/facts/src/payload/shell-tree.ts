import { type Scope, setVariable, undetermined } from './shell-scope.ts';
import type { List, Node } from './shell-syntax.ts';

/** The text of a here-document; undefined where something in it is not determined. */
export function documentText(
  document: { readonly text: string; readonly expands: boolean },
  scope: Scope,
): string | undefined {
  if (!document.expands) return document.text;
  if (/`|\$\(|\$\{[A-Za-z_]\w*[^\w}]|\$[0-9@*#?!$-]/.test(document.text)) return undefined;
  let determined = true;
  const text = document.text.replace(
    /\\([$`\\])|\$\{?([A-Za-z_]\w*)\}?/g,
    (_, escaped: string | undefined, name: string | undefined) => {
      if (escaped !== undefined) return escaped;
      const value = scope.variables.get(name ?? '')?.text;
      determined &&= value !== undefined;
      return value ?? '';
    },
  );
  return determined ? text : undefined;
}

export function lineOf(node: Node): number {
  if ('line' in node) return node.line;
  if (node.type === 'and-or') return lineOf(node.first);
  const [first] = node.type === 'pipeline' ? node.nodes : node.body;
  return first === undefined ? 1 : lineOf(first);
}

/** Variables a loop assigns are not determined in it, nor after it. */
export function forgetAssigned(nodes: List, scope: Scope): void {
  const open: Node[] = [...nodes];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'command') {
      for (const { name } of node.assignments)
        setVariable(scope, name, undetermined(scope.variables.get(name)?.mentions));
    } else {
      open.push(...childrenOf(node));
    }
  }
}

function childrenOf(node: Node): List {
  switch (node.type) {
    case 'pipeline':
      return node.nodes;
    case 'and-or':
      return [node.first, ...node.rest.map((each) => each.node)];
    case 'if':
      return [...node.branches.flatMap((branch) => [...branch.condition, ...branch.body]), ...(node.otherwise ?? [])];
    case 'while':
      return [...node.condition, ...node.body];
    case 'case':
      return node.clauses.flatMap((clause) => clause.body);
    case 'for':
    case 'group':
    case 'function':
      return node.body;
    default:
      return [];
  }
}
