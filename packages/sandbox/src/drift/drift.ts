import type { Store } from '../store.ts';
import type { Kind, Labels, SandboxResponse } from '../types.ts';

/** A request made by hand: `path` as clients of the API write it, from `/v1` on. */
export interface ByHand {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** What was done, one line for each request. */
export interface DriftReport {
  readonly done: readonly string[];
}

/** What a verb of drift gets: the objects of the project, and a way to ask for more. */
interface Hands {
  /** @throws Error naming those that are there */
  find(kind: string, nameOrId: string): Found;
  /** @throws Error with the API's own words when it refuses */
  ask(method: string, path: string, body?: unknown): void;
}

interface Found {
  readonly id: number;
  readonly kind: Kind;
  /** Path of the object, such as /v1/servers/100001. */
  readonly path: string;
  readonly record: Readonly<Record<string, unknown>>;
}

interface Verb {
  readonly usage: string;
  readonly about: string;
  /** Words after the verb, as many as `usage` shows: those in brackets may be missing. */
  readonly perform: (hands: Hands, words: readonly string[]) => void;
}

/** Kinds by the names that people write, with the folder of the API they lie in. */
const FOLDERS: Readonly<Partial<Record<Kind, string>>> = {
  server: '/v1/servers',
  volume: '/v1/volumes',
  network: '/v1/networks',
  firewall: '/v1/firewalls',
  primary_ip: '/v1/primary_ips',
  floating_ip: '/v1/floating_ips',
  load_balancer: '/v1/load_balancers',
  certificate: '/v1/certificates',
  placement_group: '/v1/placement_groups',
  ssh_key: '/v1/ssh_keys',
  image: '/v1/images',
  zone: '/v1/zones',
  storage_box: '/hetzner/v1/storage_boxes',
};

const protection = ({ kind }: Found, to: boolean) => (kind === 'server' ? { delete: to, rebuild: to } : { delete: to });

const protect =
  (to: boolean): Verb['perform'] =>
  ({ find, ask }, [kind = '', name = '']) => {
    const found = find(kind, name);
    ask('POST', `${found.path}/actions/change_protection`, protection(found, to));
  };

const power =
  (action: string): Verb['perform'] =>
  ({ find, ask }, [name = '']) =>
    ask('POST', `${find('server', name).path}/actions/${action}`);

const relabel =
  (change: (labels: Labels, word: string) => Labels): Verb['perform'] =>
  ({ find, ask }, [kind = '', name = '', word = '']) => {
    const { path, record } = find(kind, name);
    ask('PUT', path, { labels: change(record.labels as Labels, word) });
  };

/** Everything somebody may do by hand, by the word for it. */
export const DRIFTS: Readonly<Record<string, Verb>> = {
  'open-firewall': {
    usage: '<firewall> [port]',
    about: 'let everybody reach a TCP port, 22 unless said',
    perform: ({ find, ask }, [name = '', port = '22']) => {
      const { path, record } = find('firewall', name);
      const open = { direction: 'in', protocol: 'tcp', port, source_ips: ['0.0.0.0/0', '::/0'] };
      const rules = (record.rules as readonly Readonly<Record<string, unknown>>[]).map(withoutNothing);
      ask('POST', `${path}/actions/set_rules`, { rules: [...rules, open] });
    },
  },
  'clear-firewall': {
    usage: '<firewall>',
    about: 'remove every rule',
    perform: ({ find, ask }, [name = '']) =>
      ask('POST', `${find('firewall', name).path}/actions/set_rules`, { rules: [] }),
  },
  'detach-firewall': {
    usage: '<firewall> <server>',
    about: 'take a server out from behind a firewall',
    perform: ({ find, ask }, [firewall = '', server = '']) =>
      ask('POST', `${find('firewall', firewall).path}/actions/remove_from_resources`, {
        remove_from: [{ type: 'server', server: { id: find('server', server).id } }],
      }),
  },
  'detach-volume': {
    usage: '<volume>',
    about: 'detach a volume from its server',
    perform: ({ find, ask }, [name = '']) => ask('POST', `${find('volume', name).path}/actions/detach`),
  },
  'attach-volume': {
    usage: '<volume> <server>',
    about: 'attach a volume to a server',
    perform: ({ find, ask }, [volume = '', server = '']) =>
      ask('POST', `${find('volume', volume).path}/actions/attach`, { server: find('server', server).id }),
  },
  'power-off': { usage: '<server>', about: 'switch a server off', perform: power('poweroff') },
  'power-on': { usage: '<server>', about: 'switch a server on', perform: power('poweron') },
  'change-type': {
    usage: '<server> <type>',
    about: 'give a server another type: off, changed, on',
    perform: ({ find, ask }, [name = '', type = '']) => {
      const { path } = find('server', name);
      ask('POST', `${path}/actions/poweroff`);
      ask('POST', `${path}/actions/change_type`, { server_type: type, upgrade_disk: false });
      ask('POST', `${path}/actions/poweron`);
    },
  },
  'set-label': {
    usage: '<kind> <name> <key=value>',
    about: 'set a label',
    perform: relabel((labels, word) => {
      const at = word.indexOf('=');
      if (at < 1) throw new Error(`cannot read '${word}' as a label; write it as key=value`);
      return { ...labels, [word.slice(0, at)]: word.slice(at + 1) };
    }),
  },
  'remove-label': {
    usage: '<kind> <name> <key>',
    about: 'remove a label',
    perform: relabel((labels, word) => {
      if (!Object.hasOwn(labels, word)) throw new Error(`there is no label ${word}`);
      return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== word));
    }),
  },
  rename: {
    usage: '<kind> <name> <new name>',
    about: 'give an object another name',
    perform: ({ find, ask }, [kind = '', name = '', to = '']) => ask('PUT', find(kind, name).path, { name: to }),
  },
  protect: { usage: '<kind> <name>', about: 'set delete protection', perform: protect(true) },
  unprotect: { usage: '<kind> <name>', about: 'lift delete protection', perform: protect(false) },
  delete: {
    usage: '<kind> <name>',
    about: 'delete an object, its protection lifted and a volume detached first',
    perform: ({ find, ask }, [kind = '', name = '']) => {
      const found = find(kind, name);
      const { path, record } = found;
      if (record.deleteProtected === true) ask('POST', `${path}/actions/change_protection`, protection(found, false));
      if (found.kind === 'volume' && record.server !== null) ask('POST', `${path}/actions/detach`);
      ask('DELETE', path);
    },
  },
};

/**
 * Does by hand what no code says.
 * @param words a verb of DRIFTS and what belongs to it
 * @throws Error for words that are none, an object that is not there, or what the API refuses
 */
export function drift(
  [name = '', ...words]: readonly string[],
  store: Store,
  request: (request: ByHand) => SandboxResponse,
): DriftReport {
  const verb = Object.hasOwn(DRIFTS, name) ? DRIFTS[name] : undefined;
  if (verb === undefined) throw new Error(`no drift is called '${name}'; there are: ${Object.keys(DRIFTS).join(', ')}`);
  const most = verb.usage.match(/[<[]/g)?.length ?? 0;
  const least = verb.usage.match(/</g)?.length ?? 0;
  if (words.length < least || words.length > most) throw new Error(`write it as: ${name} ${verb.usage}`);
  const done: string[] = [];
  verb.perform(
    {
      find: (kind, nameOrId) => find(store, kind, nameOrId),
      ask: (method, path, body) => {
        const answer = request({ method, path, body });
        if (answer.status >= 300) throw new Error(`${method} ${path} was refused: ${wordsOf(answer)}`);
        done.push(`${method} ${path}`);
      },
    },
    words,
  );
  return { done };
}

function find(store: Store, word: string, nameOrId: string): Found {
  const kind = word.replaceAll('-', '_') as Kind;
  const folder = Object.hasOwn(FOLDERS, kind) ? FOLDERS[kind] : undefined;
  if (folder === undefined)
    throw new Error(`no kind is called '${word}'; there are: ${Object.keys(FOLDERS).join(', ')}`);
  const found = store.named(kind, nameOrId) ?? store.get(kind, Number(nameOrId));
  if (found === undefined) {
    const names = store.all(kind).map((each) => String('name' in each ? (each.name ?? each.id) : each.id));
    const others = names.length === 0 ? 'there is none' : `there are: ${names.slice(0, 20).join(', ')}`;
    throw new Error(`no ${word} is called '${nameOrId}'; ${others}`);
  }
  return { id: found.id, kind, path: `${folder}/${found.id}`, record: found as unknown as Found['record'] };
}

/** Fields that are null are not given back: some may not be said at all. */
const withoutNothing = (rule: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(rule).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );

function wordsOf({ status, body }: SandboxResponse): string {
  const { error } = JSON.parse(body) as { error?: { code?: string; message?: string } };
  return `${status} ${error?.code ?? ''}, ${error?.message ?? ''}`;
}
