import type { Command, Container, Unit } from '../types.ts';
import { hasHole } from './marked.ts';

/** Options of `podman run` and `docker run` that stand alone; every other one without `=` takes the next word. */
const FLAGS =
  /^(-[ditqP]+|--(rm|detach|interactive|tty|privileged|read-only|init|replace|quiet|publish-all|no-healthcheck|oom-kill-disable|tls-verify|env-host|no-hosts|rmi))$/;

/** What a command line of an engine says of the container it starts. */
interface Run {
  readonly image: string;
  readonly options: readonly (readonly [name: string, value: string])[];
  readonly rest: readonly string[];
}

/**
 * Containers that commands start: `docker run`, `podman run`, `create` (docs.docker.com/reference/cli/docker/container/run). A tool that runs once and is gone
 * (`--rm`, not detached, no port, no unit) is none. Where a word is not determined its image is not known either.
 */
export function runContainers(commands: readonly Command[], units: readonly Unit[]): Container[] {
  return commands.flatMap((command): Container[] => {
    if (!/^(podman|docker|nerdctl)$/.test(command.program)) return [];
    const found = runOf(command.args);
    if (found === undefined) return [];
    const { image, options, rest } = found;
    const all = (...names: readonly string[]): string[] =>
      options.flatMap(([name, value]) => (names.includes(name) ? [value] : []));
    const publishes = [...all('-p', '--publish'), ...(all('-P', '--publish-all').length > 0 ? ['every port'] : [])];
    const own = units.find(({ file }) => file.at === command.at);
    if (own === undefined && all('--rm').length > 0 && all('-d', '--detach').length === 0 && publishes.length === 0)
      return [];
    const entry = (key: string) => (value: string) => ({ section: 'Container', key, value, line: command.line });
    const name = all('--name')[0] ?? (/([^/:@]+)(?:[:@][^/]*)?$/.exec(image)?.[1] || 'a container');
    const unit: Unit = {
      name: own?.name ?? `${name} (${command.program} run)`,
      file: own?.file ?? {
        path: '',
        text: { marked: '', holes: [] },
        permissions: undefined,
        owner: undefined,
        at: command.at,
      },
      entries: [
        ...(own?.entries ?? []),
        ...all('-e', '--env').map(entry('Environment')),
        ...all('--env-file').map(entry('EnvironmentFile')),
        ...all('--entrypoint').map(entry('Entrypoint')),
        ...(rest.length === 0 ? [] : [entry('Exec')(rest.map(quoted).join(' '))]),
      ],
      started: true,
      guards: command.guards,
    };
    const networks = all('--net', '--network');
    return [
      {
        unit,
        image,
        line: command.line,
        volumes: all('-v', '--volume').map(volumeOf).concat(all('--mount').flatMap(mountOf)),
        networkHost: networks.includes('host'),
        publishes,
        run: command.program === 'podman' ? 'podman' : 'docker',
      },
    ];
  });
}

const quoted = (word: string): string => (/\s/.test(word) ? `"${word}"` : word);

function runOf(args: Command['args']): Run | undefined {
  const given = args[0] === 'container' ? args.slice(1) : args;
  if (given[0] !== 'run' && given[0] !== 'create') return undefined;
  const options: [string, string][] = [];
  for (let index = 1; index < given.length; index += 1) {
    const word = given[index];
    if (word === undefined) return undefined;
    if (!word.startsWith('-')) {
      const rest = given.slice(index + 1).map((each) => each ?? '…');
      return { image: word, options, rest };
    }
    const [, long, value] = /^(--[\w-]+)=([^]*)$/.exec(word) ?? [];
    const [, flags = '', short, attached] = /^-([ditqP]*)([a-zA-Z])([^]*)$/.exec(word) ?? [];
    if (long !== undefined) options.push([long, value ?? '']);
    else if (FLAGS.test(word)) {
      for (const flag of word.startsWith('--') ? [word] : [...word.slice(1)].map((each) => `-${each}`))
        options.push([flag, 'true']);
    } else if (word.startsWith('--')) {
      index += 1;
      options.push([word, given[index] ?? '…']);
    } else {
      for (const flag of flags) options.push([`-${flag}`, 'true']);
      if (attached === '') index += 1;
      options.push([`-${short}`, attached === '' ? (given[index] ?? '…') : (attached ?? '')]);
    }
  }
  return undefined;
}

type Mounted = Container['volumes'][number];

function volumeOf(text: string): Mounted {
  const [first = '', second, options = ''] = text.split(':');
  const readOnly = options.split(',').includes('ro');
  if (second === undefined) return { host: 'volume:', container: first, readOnly };
  return { host: /^[/.~]/.test(first) || hasHole(first) ? first : `volume:${first}`, container: second, readOnly };
}

/** `type=bind,source=/a,target=/b` */
function mountOf(text: string): Mounted[] {
  const fields = new Map(
    text.split(',').map((part): [string, string] => [part.split('=')[0] ?? '', part.slice(part.indexOf('=') + 1)]),
  );
  const source = fields.get('source') ?? fields.get('src') ?? '';
  const container = fields.get('target') ?? fields.get('destination') ?? fields.get('dst') ?? '';
  if (fields.get('type') === 'tmpfs') return [];
  const readOnly = fields.has('readonly') || fields.has('ro');
  return [{ host: fields.get('type') === 'bind' ? source : `volume:${source}`, container, readOnly }];
}
