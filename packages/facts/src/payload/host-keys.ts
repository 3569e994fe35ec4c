import type { PayloadHost } from '../types.ts';
import { hasHole } from './marked.ts';
import { hostPart, isAddress, isName } from './urls.ts';
import { readYaml, YamlError, type YamlTree } from './yaml-tree.ts';

type Named = Pick<PayloadHost, 'text' | 'position' | 'class' | 'line'>;

/** Keys whose value is a host by their name, in files of programs this engine has no reader for. */
const HOST_KEY =
  /(^|[_.-])(endpoint|host|hostname|server|address|addr|dsn|upstream|remote|relay|relayhost|smarthost|proxy|mirror|broker|brokers|registry|uri|url|backend|origin|target|bootstrap[_.-]?servers)s?$/i;
/** Endings that make a dotted word a file, and values that are classes or packages of a program rather than hosts. */
const FILE =
  /\.(sh|py|rb|pl|js|ts|txt|gz|conf|cfg|ini|json|ya?ml|toml|pem|crt|key|log|html?|tar|zip|deb|sock|socket|service|so|db|sqlite)$/i;

const isHostKey = (key: string): boolean => HOST_KEY.test(key.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));

/** A value that is nothing but a host, with or without port and path; URLs are found wherever they stand. */
function bareHost(value: string): string | undefined {
  if (value.includes('://') || /\s/.test(value) || value.length > 300) return undefined;
  const part = hostPart(value);
  if (part === undefined || FILE.test(part)) return undefined;
  return isName(part) || isAddress(part) || (hasHole(part) && !part.includes('/')) ? value : undefined;
}

const endpoint = (text: string, line: number): Named => ({ text, position: 'endpoint', class: 'data', line });

const STRUCTURED = /\.(ya?ml|json)$/;
const LINES = /\.(toml|ini|cfg|cnf|conf|properties)$/;

/**
 * Bare hosts in configuration of programs that have no reader of their own, where the key says that it is one: `endpoint: storage.example`,
 * `"host": "db.example"`, `server = log.example:6514`. A dotted word under another key is more often a file or a label.
 */
export function hostsByKey(path: string, text: string): Named[] {
  if (STRUCTURED.test(path)) return inTree(text) ?? inLines(text);
  return LINES.test(path) ? inLines(text) : [];
}

function inTree(text: string): Named[] | undefined {
  let root: YamlTree | undefined;
  try {
    root = readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return undefined;
  }
  const found: Named[] = [];
  const open: { readonly tree: YamlTree; readonly named: boolean }[] =
    root === undefined ? [] : [{ tree: root, named: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { tree, named } = next;
    if (tree.kind === 'map') for (const { key, value } of tree.items) open.push({ tree: value, named: isHostKey(key) });
    else if (tree.kind === 'seq') for (const item of tree.items) open.push({ tree: item, named });
    else if (tree.kind === 'text' && named) {
      for (const each of tree.text.split(',')) {
        const host = bareHost(each.trim());
        if (host !== undefined) found.push(endpoint(host, tree.line));
      }
    }
  }
  return found.sort((left, right) => left.line - right.line);
}

function inLines(text: string): Named[] {
  return text.split('\n').flatMap((each, index) => {
    const [, key = '', value = ''] =
      /^\s*["']?([A-Za-z][\w.-]{0,63})["']?\s*[=:]\s*["']?([^"'#;]+)["']?/.exec(each) ?? [];
    if (!isHostKey(key)) return [];
    return value.split(',').flatMap((one) => {
      const host = bareHost(one.trim());
      return host === undefined ? [] : [endpoint(host, index + 1)];
    });
  });
}
