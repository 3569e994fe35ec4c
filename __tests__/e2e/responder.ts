import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/**
 * Answers the Hetzner Cloud API just well enough for the provider to plan and apply the stacks: it keeps what it is sent,
 * fills in what the provider reads back, and every action has finished at once. No locks, no protection, no error but 404 and
 * 501: it says nothing about how Hetzner behaves, only that a plan can be made and applied. The sandbox takes its place.
 */
export async function startResponder(): Promise<{
  readonly url: string;
  readonly requests: readonly string[];
  stop(): Promise<void>;
}> {
  const objects = new Map<string, Map<number, Json>>();
  const requests: string[] = [];
  let last = 1000;
  const server = createServer((request, response) => {
    void body(request).then((sent) => {
      const url = new URL(request.url ?? '/', 'http://responder');
      requests.push(`${request.method} ${url.pathname}`);
      const answer = route(request.method ?? 'GET', url, sent);
      reply(response, answer.status, answer.json);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };

  function route(method: string, url: URL, sent: Json): { status: number; json: Json } {
    const [, , collection = '', id, part, name, type] = url.pathname.split('/');
    if (collection in CATALOGUE) return catalogue(collection as keyof typeof CATALOGUE, id, url);
    if (collection === 'actions')
      return {
        status: 200,
        json: { actions: url.searchParams.getAll('id').map((each) => action(Number(each))), ...page },
      };
    const kind = KINDS[collection];
    if (kind === undefined) return { status: 501, json: error('not_implemented', `${method} ${url.pathname}`) };
    const all = objects.get(collection) ?? new Map<number, Json>();
    objects.set(collection, all);
    if (id === undefined) {
      if (method === 'POST') return create(kind, all, sent);
      const wanted = url.searchParams.get('name');
      return {
        status: 200,
        json: { [collection]: [...all.values()].filter((each) => wanted === null || each.name === wanted), ...page },
      };
    }
    const found = [...all.values()].find((each) => String(each.id) === id || each.name === decodeURIComponent(id));
    if (found === undefined) return { status: 404, json: error('not_found', `no ${kind} ${id}`) };
    if (part === 'rrsets') return rrsets(method, found, name, type, sent);
    if (part === 'actions' && method === 'POST') return act(found, name ?? '', sent);
    if (method === 'PUT') Object.assign(found, sent);
    if (method === 'DELETE') all.delete(Number(found.id));
    return method === 'DELETE' ? { status: 200, json: { action: action() } } : { status: 200, json: { [kind]: found } };
  }

  function create(kind: string, all: Map<number, Json>, sent: Json): { status: number; json: Json } {
    last += 1;
    const made = {
      id: last,
      created: EPOCH,
      labels: {},
      protection: { delete: false, rebuild: false, change: false },
      ...DEFAULTS[kind]?.(sent, last),
    };
    all.set(last, made);
    return {
      status: 201,
      json: { [kind]: made, action: action(), actions: [], next_actions: [], root_password: null },
    };
  }

  function act(found: Json, command: string, sent: Json): { status: number; json: Json } {
    if (command === 'change_protection') found.protection = { ...(found.protection as Json), ...sent };
    if (command === 'add_subnet') found.subnets = [...(found.subnets as Json[]), { ...sent, gateway: '10.0.0.1' }];
    if (command === 'attach' && 'server' in sent) found.server = sent.server;
    if (command === 'set_rules') found.rules = sent.rules;
    if (command === 'change_dns_ptr') found.dns_ptr = [sent];
    if (command === 'attach_to_network')
      found.private_net = [{ network: sent.network, ip: sent.ip, alias_ips: [], mac_address: '86:00:00:00:00:01' }];
    return { status: 201, json: { action: action(), actions: [] } };
  }

  function rrsets(
    method: string,
    zone: Json,
    name: string | undefined,
    type: string | undefined,
    sent: Json,
  ): { status: number; json: Json } {
    const kept = (zone.rrsets ?? []) as Json[];
    // Kept with its zone, but no part of it in an answer.
    Object.defineProperty(zone, 'rrsets', { value: kept, enumerable: false });
    if (method === 'POST' && name === undefined) {
      const made = {
        ...sent,
        id: `${sent.name}/${sent.type}`,
        zone: zone.id,
        ttl: sent.ttl ?? null,
        labels: sent.labels ?? {},
        protection: { change: false },
      };
      kept.push(made);
      return { status: 201, json: { rrset: made, action: action() } };
    }
    const found = kept.find((each) => each.name === decodeURIComponent(name ?? '') && each.type === type);
    if (name === undefined) return { status: 200, json: { rrsets: kept, ...page } };
    return found === undefined
      ? { status: 404, json: error('not_found', 'no such record set') }
      : { status: 200, json: { rrset: found, action: action() } };
  }
}

const EPOCH = '2025-01-01T00:00:00Z';
const page = {
  meta: { pagination: { page: 1, per_page: 50, previous_page: null, next_page: null, last_page: 1, total_entries: 1 } },
};
const action = (id = 1): Json => ({
  id,
  command: 'done',
  status: 'success',
  progress: 100,
  started: EPOCH,
  finished: EPOCH,
  resources: [],
  error: null,
});
const error = (code: string, message: string): Json => ({ error: { code, message } });

const location = (name: unknown): Json => ({
  id: ['fsn1', 'nbg1', 'hel1'].indexOf(String(name)) + 1,
  name,
  description: '',
  country: name === 'hel1' ? 'FI' : 'DE',
  city: '',
  latitude: 0,
  longitude: 0,
  network_zone: 'eu-central',
});
const serverType = (name: unknown): Json => ({
  id: 22,
  name,
  description: '',
  cores: 2,
  memory: 4,
  disk: 40,
  architecture: 'x86',
  storage_type: 'local',
  cpu_type: 'shared',
  category: 'cost_optimized',
  deprecated: false,
  deprecation: null,
  prices: [],
  locations: [],
});
const image = (name: unknown): Json => ({
  id: 67,
  name,
  type: 'system',
  status: 'available',
  description: '',
  os_flavor: 'debian',
  os_version: '13',
  architecture: 'x86',
  rapid_deploy: true,
  disk_size: 5,
  image_size: null,
  created: EPOCH,
  created_from: null,
  bound_to: null,
  protection: { delete: false },
  labels: {},
  deprecated: null,
  deleted: null,
});

/** What cannot be created: asked by name or listed. */
const CATALOGUE = { locations: location, server_types: serverType, images: image };

function catalogue(
  collection: keyof typeof CATALOGUE,
  id: string | undefined,
  url: URL,
): { status: number; json: Json } {
  const names = { locations: ['fsn1', 'nbg1', 'hel1'], server_types: ['cx23', 'cx33'], images: ['debian-13'] }[
    collection
  ];
  const make = CATALOGUE[collection];
  if (id !== undefined)
    return { status: 200, json: { [collection.slice(0, -1)]: make(names.includes(id) ? id : names[0]) } };
  const wanted = url.searchParams.get('name');
  return { status: 200, json: { [collection]: (wanted === null ? names : [wanted]).map(make), ...page } };
}

const KINDS: Record<string, string> = {
  networks: 'network',
  firewalls: 'firewall',
  placement_groups: 'placement_group',
  ssh_keys: 'ssh_key',
  primary_ips: 'primary_ip',
  zones: 'zone',
  servers: 'server',
  volumes: 'volume',
};

const address = (type: unknown, id: number): string =>
  type === 'ipv6' ? `2001:db8:${id.toString(16)}::/64` : `203.0.113.${id % 250}`;

/** What the API adds to what it is sent, by kind. */
const DEFAULTS: Record<string, (sent: Json, id: number) => Json> = {
  network: (sent) => ({
    ...sent,
    subnets: sent.subnets ?? [],
    routes: [],
    servers: [],
    load_balancers: [],
    expose_routes_to_vswitch: false,
  }),
  firewall: (sent) => ({ ...sent, applied_to: [] }),
  placement_group: (sent) => ({ ...sent, servers: [] }),
  ssh_key: (sent) => ({ ...sent, fingerprint: '00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff' }),
  primary_ip: (sent, id) => ({
    ...sent,
    ip: address(sent.type, id),
    location: location(sent.location),
    assignee_type: 'server',
    blocked: false,
    dns_ptr: [],
    assignee_id: null,
    auto_delete: false,
  }),
  zone: (sent) => ({
    ...sent,
    status: 'ok',
    record_count: 0,
    registrar: 'other',
    authoritative_nameservers: {
      assigned: [],
      delegated: [],
      delegation_last_check: null,
      delegation_status: 'unknown',
    },
    primary_nameservers: [],
  }),
  volume: (sent) => ({
    ...sent,
    status: 'available',
    location: location(sent.location),
    server: sent.server ?? null,
    linux_device: '/dev/disk/by-id/scsi-0HC_Volume_1',
    format: null,
  }),
  server: (sent, id) => ({
    ...sent,
    status: 'running',
    server_type: serverType(sent.server_type),
    image: image('debian-13'),
    location: location(sent.location),
    public_net: {
      ipv4: { id: 1, ip: address('ipv4', id), blocked: false, dns_ptr: '' },
      ipv6: { id: 2, ip: address('ipv6', id), blocked: false, dns_ptr: [] },
      floating_ips: [],
      firewalls: ((sent.firewalls ?? []) as Json[]).map((each) => ({ id: each.firewall, status: 'applied' })),
    },
    private_net: [],
    iso: null,
    rescue_enabled: false,
    locked: false,
    backup_window: null,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: 0,
    primary_disk_size: 40,
    volumes: [],
    load_balancers: [],
    placement_group:
      sent.placement_group === undefined
        ? null
        : { id: sent.placement_group, name: 'placement', type: 'spread', servers: [], labels: {}, created: EPOCH },
  }),
};

function body(request: IncomingMessage): Promise<Json> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () =>
      resolve(pieces.length === 0 ? {} : (JSON.parse(Buffer.concat(pieces).toString('utf8')) as Json)),
    );
  });
}

function reply(response: ServerResponse, status: number, json: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(json));
}
