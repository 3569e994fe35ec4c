import { isMap, isScalar, isSeq, LineCounter, type Node as YamlNode } from 'yaml';
import type { Command, Container, PayloadFile } from '../types.ts';
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
  return { containers, unread };
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
  return services.items.flatMap(({ key, value }): Container[] => {
    if (!isMap(value)) return [];
    const image = value.get('image', true) as YamlNode | undefined;
    const name = `${String(isScalar(key) ? key.value : key)}.compose`;
    return [
      {
        unit: { name, file, entries: [], started, guards: [] },
        image: textOf(image) ?? '',
        line: image?.range ? lines.linePos(image.range[0]).line : 1,
        volumes: items(value.get('volumes', true)).flatMap(mountOf),
        networkHost: textOf(value.get('network_mode', true)) === 'host',
        publishes: items(value.get('ports', true)).flatMap((port) => textOf(port) ?? portOf(port)),
      },
    ];
  });
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
