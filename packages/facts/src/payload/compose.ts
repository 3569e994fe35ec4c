import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type YAMLMap, type Node as YamlNode } from 'yaml';
import type { Command, Container, PayloadFile, Unit } from '../types.ts';
import { hasHole } from './marked.ts';
import { parseYaml } from './yaml.ts';

const COMPOSE = /(^|\/)(docker-|podman-)?compose(\.[\w-]+)?\.ya?ml$/;

/**
 * Services of a compose file (compose-spec, `services`): each becomes a container with a unit of its own, named `<service>.compose`,
 * which runs when some command of the payload runs compose.
 */
export function composeContainers(
  files: readonly PayloadFile[],
  commands: readonly Command[],
): { containers: Container[]; unread: { at: string; why: string }[] } {
  const unread: { at: string; why: string }[] = [];
  const starts = commands.filter(
    ({ program, args }) =>
      /^(docker|podman)-compose$/.test(program) ||
      (/^(docker|podman|nerdctl)$/.test(program) && args.includes('compose')),
  );
  const started = starts.length > 0;
  const named = new Set(starts.flatMap(({ args }) => filesNamed(args)));
  const brought = files.filter((file) => COMPOSE.test(file.path) || named.has(file.path));
  for (const { at, args } of starts) {
    const missing = filesNamed(args).find((path) => !brought.some((file) => file.path === path));
    if (missing !== undefined) unread.push({ at, why: `${missing}, a compose file that the payload does not bring` });
    else if (brought.length === 0) unread.push({ at, why: 'the compose file, which the payload does not bring' });
  }
  const containers = brought.flatMap((file) => {
    try {
      return servicesOf(file, started);
    } catch {
      unread.push({ at: file.at, why: 'compose file not understood' });
      return [];
    }
  });
  return { containers: together(containers), unread };
}

/** Services of one name in files of one directory are one: an override adds to what it overrides. */
function together(containers: readonly Container[]): Container[] {
  const found = new Map<string, Container>();
  for (const each of containers) {
    const { path } = each.unit.file;
    const key = `${path.slice(0, path.lastIndexOf('/'))}\n${each.unit.name}`;
    const before = found.get(key);
    if (before === undefined) {
      found.set(key, each);
      continue;
    }
    const [base, over] =
      before.image === '' || /override\.ya?ml$/.test(before.unit.file.path) ? [each, before] : [before, each];
    found.set(key, {
      ...base,
      unit: { ...base.unit, entries: [...base.unit.entries, ...over.unit.entries] },
      image: over.image === '' ? base.image : over.image,
      volumes: [...base.volumes, ...over.volumes],
      networkHost: base.networkHost || over.networkHost,
      publishes: [...base.publishes, ...over.publishes],
    });
  }
  return [...found.values()];
}

/** `-f path`, `--file=path`: compose may be given several; one that is not determined is none of the payload's. */
function filesNamed(args: Command['args']): string[] {
  return args.flatMap((arg, index) => {
    const inline = /^(?:--file=|-f)(.+)$/.exec(arg ?? '')?.[1];
    if (inline !== undefined) return [inline];
    return /^(-f|--file)$/.test(args[index - 1] ?? '') ? [arg ?? 'a file that is not determined'] : [];
  });
}

function servicesOf(file: PayloadFile, started: boolean): Container[] {
  const lines = new LineCounter();
  const document = parseYaml(file.text.marked, { lineCounter: lines, merge: true });
  if (document === undefined) return [];
  if (document.errors.length > 0) throw new Error('not YAML');
  const services = isMap(document.contents) ? document.contents.get('services', true) : undefined;
  if (!isMap(services)) return [];
  return services.items.flatMap(({ key, value: written }): Container[] => {
    const value = resolved(written, document);
    if (!isMap(value)) return [];
    const get = (name: string): unknown => memberOf(value, name, document, 0);
    const lineOf = (node: unknown): number => {
      const range = (node as YamlNode | undefined)?.range;
      return range ? lines.linePos(range[0]).line : 1;
    };
    const image = get('image');
    const name = `${String(isScalar(key) ? key.value : key)}.compose`;
    return [
      {
        unit: { name, file, entries: entriesOf(get, lineOf), started, guards: [] },
        image: withDefault(textOf(image) ?? ''),
        line: lineOf(image),
        volumes: items(get('volumes')).flatMap(mountOf),
        networkHost: textOf(get('network_mode')) === 'host',
        publishes: items(get('ports')).flatMap((port) => textOf(port) ?? portOf(port)),
      },
    ];
  });
}

/** What a service is started with, as the entries of a quadlet say it: its command, its environment. */
function entriesOf(get: (name: string) => unknown, lineOf: (node: unknown) => number): Unit['entries'] {
  const entry = (key: string, value: string, node: unknown) => ({
    section: 'Container',
    key,
    value,
    line: lineOf(node),
  });
  const words = (node: unknown): string | undefined =>
    isSeq(node) ? node.items.map((item) => quoted(textOf(item) ?? '…')).join(' ') : textOf(node);
  const told = (name: string, key: string) => {
    const node = get(name);
    const text = words(node);
    return text === undefined ? [] : [entry(key, text.replaceAll('$$', '$'), node)];
  };
  const environment = get('environment');
  const pairs = isMap(environment)
    ? environment.items.map((pair) =>
        entry('Environment', `${textOf(pair.key) ?? ''}=${textOf(pair.value) ?? ''}`, pair.key),
      )
    : items(environment).map((item) => entry('Environment', textOf(item) ?? '', item));
  const files = get('env_file');
  const named = isSeq(files) ? files.items : files === undefined ? [] : [files];
  return [
    ...told('entrypoint', 'Entrypoint'),
    ...told('command', 'Exec'),
    ...pairs,
    ...named.map((node) => entry('EnvironmentFile', textOf(isMap(node) ? node.get('path', true) : node) ?? '…', node)),
  ];
}

const quoted = (word: string): string => (/\s/.test(word) ? `"${word}"` : word);

/** `${POSTGRES_IMAGE:-postgres:17}`: what holds where nobody sets the variable. */
const withDefault = (text: string): string => text.replace(/\$\{\w+:?-([^{}]*)\}/g, '$1');

const DEEPEST = 8;

function resolved(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** A member of a mapping, or of what is merged into it by `<<` (https://yaml.org/type/merge.html). */
function memberOf(map: YAMLMap, name: string, document: Document, depth: number): unknown {
  const own = resolved(map.get(name, true), document);
  if (own !== undefined || depth === DEEPEST) return own;
  for (const { key, value } of map.items) {
    const word = isScalar(key) ? key.value : key;
    if (word !== '<<' && !(typeof word === 'symbol' && word.description === '<<')) continue;
    const merged = resolved(value, document);
    for (const each of isSeq(merged) ? merged.items : [merged]) {
      const from = resolved(each, document);
      const found = isMap(from) ? memberOf(from, name, document, depth + 1) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function items(node: unknown): readonly unknown[] {
  return isSeq(node) ? node.items : [];
}

function textOf(node: unknown): string | undefined {
  return isScalar(node) && node.value !== null ? String(node.value) : undefined;
}

function mountOf(node: unknown): Container['volumes'][number][] {
  const text = textOf(node);
  if (text !== undefined) {
    const [source = '', target, options = ''] = text.split(':');
    const readOnly = options.split(',').includes('ro');
    if (target === undefined) return [{ host: 'volume:', container: source, readOnly }];
    return [
      { host: /^[./~]/.test(source) || hasHole(source) ? source : `volume:${source}`, container: target, readOnly },
    ];
  }
  if (!isMap(node)) return [];
  const field = (name: string): string => textOf(node.get(name, true)) ?? '';
  if (field('type') === 'tmpfs') return [];
  const host = field('type') === 'bind' ? field('source') : `volume:${field('source')}`;
  return [{ host, container: field('target'), readOnly: field('read_only') === 'true' }];
}

/** The long form: `published`, `target`, `host_ip`. */
function portOf(node: unknown): string[] {
  if (!isMap(node)) return [];
  const field = (name: string): string => textOf(node.get(name, true)) ?? '';
  return [[field('host_ip'), field('published'), field('target')].filter((part) => part !== '').join(':')];
}
