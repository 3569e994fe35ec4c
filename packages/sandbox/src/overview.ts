import { renderAction } from './actions.ts';
import type { Standing } from './faults/faults.ts';
import { lookups } from './lookups.ts';
import { shownIp } from './pointers.ts';
import type { Project } from './project.ts';
import type { Store } from './store.ts';
import type { Firewall, Kind, Network, Server, Volume } from './types.ts';

/** Rows of a kind; more are counted, and not shown. */
const MOST_ROWS = 200;

/** What people look at: the objects of each project in short, without tokens, user_data or keys. */
export interface Overview {
  readonly projects: readonly ProjectOverview[];
  readonly faults: readonly {
    readonly id: number;
    readonly text: string;
    readonly struck: number;
    readonly met: number;
  }[];
}

interface ProjectOverview {
  readonly name: string;
  readonly actions: Rows;
  readonly servers: Rows;
  readonly volumes: Rows;
  readonly networks: Rows;
  readonly firewalls: Rows;
  /** Of the other kinds how many there are. */
  readonly others: Readonly<Record<string, number>>;
}

interface Rows {
  readonly total: number;
  /** Each with `id` and texts by column. */
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

/** @param now milliseconds since 1970: progress is counted to it */
export function overviewOf(projects: Iterable<Project>, faults: readonly Standing[], now: number): Overview {
  return {
    projects: [...projects].map((project) => projectOverview(project, now)),
    faults: faults.map(({ id, fault, struck, met }) => ({ id, text: fault.text, struck, met })),
  };
}

const SHOWN: ReadonlySet<Kind> = new Set(['action', 'server', 'volume', 'network', 'firewall', 'rrset']);

function projectOverview({ name, store, actions }: Project, now: number): ProjectOverview {
  const others = store.kinds().filter((kind) => !SHOWN.has(kind) && store.count(kind) > 0);
  return {
    name,
    actions: rows(actions.open(), (action) => {
      const { status, progress } = renderAction(action, now);
      return {
        id: action.id,
        command: action.command,
        on: action.resources.map(({ type, id }) => named(store, type, id)).join(', '),
        status: String(status),
        progress: Number(progress),
      };
    }),
    servers: rows(store.all('server'), (server) => serverRow(store, server)),
    volumes: rows(store.all('volume'), (volume) => volumeRow(store, volume)),
    networks: rows(store.all('network'), (network) => networkRow(store, network)),
    firewalls: rows(store.all('firewall'), (firewall) => firewallRow(store, firewall)),
    others: Object.fromEntries(others.map((kind) => [kind, store.count(kind)])),
  };
}

function rows<T>(records: readonly T[], row: (record: T) => Rows['rows'][number]): Rows {
  return { total: records.length, rows: records.slice(0, MOST_ROWS).map(row) };
}

const named = (store: Store, kind: string, id: number): string => {
  const record: { readonly name?: string | null } | undefined =
    kind === 'image' ? lookups.image(id) : (store.get(kind as Kind, id) as object | undefined);
  return `${kind.replaceAll('_', ' ')} ${record?.name ?? id}`;
};

const protection = (isProtected: boolean): string => (isProtected ? 'protected' : '');

function serverRow(store: Store, server: Server): Rows['rows'][number] {
  const addresses = store.referringTo('primary_ip', server.id).map(shownIp);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    type: lookups.serverType(server.serverType)?.name ?? '',
    location: server.location,
    addresses: [...addresses, ...server.privateNet.map(({ ip }) => ip)].join(', '),
    protection: protection(server.deleteProtected),
    labels: labelsText(server.labels),
  };
}

function volumeRow(store: Store, volume: Volume): Rows['rows'][number] {
  return {
    id: volume.id,
    name: volume.name,
    status: volume.status,
    size: `${volume.size} GB`,
    location: volume.location,
    server: volume.server === null ? '' : (store.get('server', volume.server)?.name ?? String(volume.server)),
    protection: protection(volume.deleteProtected),
    labels: labelsText(volume.labels),
  };
}

function networkRow(store: Store, network: Network): Rows['rows'][number] {
  const members = store
    .all('server')
    .filter(({ privateNet }) => privateNet.some((each) => each.network === network.id));
  return {
    id: network.id,
    name: network.name,
    range: network.ipRange,
    subnets: network.subnets.map(({ ipRange, zone }) => `${ipRange} ${zone}`).join(', '),
    servers: members.length,
    protection: protection(network.deleteProtected),
  };
}

function firewallRow(store: Store, firewall: Firewall): Rows['rows'][number] {
  const rules = firewall.rules.map((rule) => {
    const sources = [rule.source_ips, rule.destination_ips].flat().filter((each) => typeof each === 'string');
    const open = sources.some((each) => /\/0$/.test(each));
    const port = typeof rule.port === 'string' ? ` ${rule.port}` : '';
    return `${rule.direction} ${rule.protocol}${port} ${open ? 'anywhere' : sources.length === 1 ? sources[0] : `${sources.length} ranges`}`;
  });
  const targets = firewall.appliedTo.map((target) =>
    'server' in target ? (store.get('server', target.server)?.name ?? '') : target.selector,
  );
  return {
    id: firewall.id,
    name: firewall.name,
    rules: rules.join('\n'),
    targets: targets.filter((each) => each !== '').join(', '),
  };
}

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
    .join(', ');
