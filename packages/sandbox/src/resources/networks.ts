import { instant } from '../actions.ts';
import { actionHandlers, commonHandlers, found, refuseProtected, removeNow } from '../collection.ts';
import { type Answer, answerAction, type Context, created, type Handlers } from '../context.ts';
import { ApiError, invalidField } from '../errors.ts';
import { contains, formatAddress, isPrivate, overlaps, parseAddress, parseRange, type Range } from '../ipv4.ts';
import { checkName } from '../names.ts';
import type { Json, Labels, Network, Route, Subnet } from '../types.ts';
import { withoutNetwork } from './load-balancers/network.ts';
import { listMembers } from './network-members.ts';

interface SubnetBody {
  readonly type: string;
  readonly ip_range?: string;
  readonly network_zone: string;
  readonly vswitch_id?: number;
}

export const serversIn = (context: Context, network: number) =>
  context.store.all('server').filter(({ privateNet }) => privateNet.some((each) => each.network === network));

/** docs.hetzner.com/cloud/networks/faq */
const MOST_RESOURCES = 100;
const MOST_SUBNETS = 50;
const MOST_ROUTES = 100;
const VSWITCH_ZONE = 'eu-central';

/** @throws ApiError resource_limit_exceeded when a network takes no more servers and load balancers. */
export function refuseCrowded(context: Context, network: number): void {
  if (serversIn(context, network).length + balancersIn(context, network).length >= MOST_RESOURCES)
    throw new ApiError('resource_limit_exceeded', `network ${network} has ${MOST_RESOURCES} resources already`);
}

export const balancersIn = (context: Context, network: number) =>
  context.store.all('load_balancer').filter(({ privateNet }) => privateNet.some((each) => each.network === network));

const render = (context: Context, network: Network): Json => ({
  id: network.id,
  name: network.name,
  ip_range: network.ipRange,
  subnets: network.subnets.map((subnet) => ({
    type: subnet.type,
    ip_range: subnet.ipRange,
    network_zone: subnet.zone,
    gateway: subnet.type === 'vswitch' ? formatAddress(rangeOf(subnet.ipRange).first + 1) : gatewayOf(network),
    vswitch_id: subnet.vswitch ?? null,
  })),
  routes: network.routes,
  servers: serversIn(context, network.id).map(({ id }) => id),
  load_balancers: balancersIn(context, network.id).map(({ id }) => id),
  protection: { delete: network.deleteProtected },
  labels: network.labels,
  created: instant(network.created),
  expose_routes_to_vswitch: network.exposeRoutes,
});

/** The first address of the network routes between its subnets (docs.hetzner.com/cloud/networks/faq). */
const gatewayOf = (network: Network): string => formatAddress(rangeOf(network.ipRange).first + 1);

/** A range that was checked when it was stored. */
export function rangeOf(text: string): Range {
  const range = parseRange(text);
  if (range === undefined) throw new ApiError('server_error', `stored range '${text}' is none`);
  return range;
}

function checkedRange(text: string): Range {
  const range = parseRange(text);
  if (range === undefined) throw invalidField('ip_range', 'must be an IPv4 range in CIDR notation without host bits');
  return range;
}

function networkRange(text: string): Range {
  const range = checkedRange(text);
  if (!isPrivate(range)) throw invalidField('ip_range', 'must lie in a private range of RFC 1918');
  if (range.length > 24) throw invalidField('ip_range', 'must be /24 or larger');
  return range;
}

/** The subnet a body asks for, in a network as it is. @throws ApiError invalid_input, networks_overlap */
function subnetOf(context: Context, network: Pick<Network, 'ipRange' | 'subnets'>, body: SubnetBody): Subnet {
  if (network.subnets.length >= MOST_SUBNETS)
    throw new ApiError('resource_limit_exceeded', `a network has at most ${MOST_SUBNETS} subnets`);
  const outer = rangeOf(network.ipRange);
  const taken = network.subnets.map(({ ipRange }) => rangeOf(ipRange));
  const range = body.ip_range === undefined ? firstFree(outer, taken) : checkedRange(body.ip_range);
  if (!contains(outer, range))
    throw invalidField('ip_range', `must lie in the range ${network.ipRange} of the network`);
  if (range.length > 30) throw invalidField('ip_range', 'must be /30 or larger');
  if (taken.some((each) => overlaps(each, range)))
    throw new ApiError('networks_overlap', 'ip_range overlaps with a subnet of the network');
  if (!context.lookups.networkZones.has(body.network_zone)) throw invalidField('network_zone', 'no such network zone');
  // "All subnets within a Network also have to be from the same network zone" (docs.hetzner.com/cloud/networks/faq).
  const zone = network.subnets[0]?.zone ?? body.network_zone;
  if (body.network_zone !== zone)
    throw invalidField('network_zone', `must be ${zone}, as for the other subnets of the network`);
  if (body.type === 'vswitch' && body.network_zone !== VSWITCH_ZONE)
    throw invalidField('network_zone', `a vSwitch is coupled in ${VSWITCH_ZONE} only`);
  if (body.type === 'vswitch' && body.vswitch_id === undefined)
    throw invalidField('vswitch_id', 'is required for a subnet of type vswitch');
  const coupled = context.store.all('network').flatMap(({ subnets }) => subnets.map(({ vswitch }) => vswitch));
  if (body.vswitch_id !== undefined && coupled.includes(body.vswitch_id))
    throw new ApiError('vswitch_id_already_used', `vSwitch ${body.vswitch_id} is coupled to a network already`);
  return {
    type: body.type,
    ipRange: `${formatAddress(range.first)}/${range.length}`,
    zone: body.network_zone,
    ...(body.vswitch_id === undefined ? {} : { vswitch: body.vswitch_id }),
  };
}

/** The first /24 that nothing uses. */
function firstFree(outer: Range, taken: readonly Range[]): Range {
  const size = Math.min(256, outer.last - outer.first + 1);
  for (let first = outer.first; first + size - 1 <= outer.last; first += size) {
    const range = { first, last: first + size - 1, length: 32 - Math.log2(size) };
    if (!taken.some((each) => overlaps(each, range))) return range;
  }
  throw new ApiError('no_subnet_available', 'the network has no free range for a subnet');
}

function routeOf(network: Pick<Network, 'ipRange' | 'routes'>, { destination, gateway }: Route): Route {
  if (network.routes.length >= MOST_ROUTES)
    throw new ApiError('resource_limit_exceeded', `a network has at most ${MOST_ROUTES} routes`);
  const range = parseRange(destination);
  if (range === undefined) throw invalidField('destination', 'must be an IPv4 range in CIDR notation');
  const address = parseAddress(gateway);
  const outer = rangeOf(network.ipRange);
  if (address === undefined || address < outer.first || address > outer.last)
    throw invalidField('gateway', 'must be an address of the network');
  if (address === outer.first + 1) throw invalidField('gateway', 'must not be the gateway of the network itself');
  if (network.routes.some((each) => each.destination === destination))
    throw new ApiError('uniqueness_error', `the network has a route for ${destination} already`);
  return { destination, gateway };
}

function change(context: Context, command: string, network: Network, fields: Partial<Network>): Answer {
  context.store.update('network', network.id, fields);
  return answerAction(context, { command, resources: [{ id: network.id, type: 'network' }] });
}

/** "Attached resources will be detached automatically" (docs.hetzner.cloud, "Delete a Network"). */
function detachAll(context: Context, id: number): void {
  for (const server of serversIn(context, id)) {
    const privateNet = server.privateNet.filter(({ network }) => network !== id);
    context.store.update('server', server.id, { privateNet });
  }
  for (const balancer of balancersIn(context, id))
    context.store.update('load_balancer', balancer.id, withoutNetwork(balancer, id));
}

function changeable(context: Context): Network {
  const network = found(context, 'network');
  context.actions.refuseLocked('network', network.id);
  return network;
}

export const networks: Handlers = {
  ...commonHandlers({
    kind: 'network',
    plural: 'networks',
    render,
    extraUpdate: (_, network, body) => ({
      exposeRoutes: (body.expose_routes_to_vswitch as boolean | undefined) ?? network.exposeRoutes,
    }),
  }),
  ...actionHandlers('network'),
  list_network_members: (context) => listMembers(context),
  create_network: (context) => {
    const body = context.body as {
      name: string;
      ip_range: string;
      labels?: Labels;
      subnets?: SubnetBody[];
      routes?: Route[];
      expose_routes_to_vswitch?: boolean;
    };
    networkRange(body.ip_range);
    checkName(context, 'network', body.name);
    let network: Network = {
      id: context.nextId(),
      name: body.name,
      ipRange: body.ip_range,
      subnets: [],
      routes: [],
      labels: body.labels ?? {},
      created: context.now,
      exposeRoutes: body.expose_routes_to_vswitch ?? false,
      deleteProtected: false,
    };
    for (const subnet of body.subnets ?? [])
      network = { ...network, subnets: [...network.subnets, subnetOf(context, network, subnet)] };
    for (const route of body.routes ?? [])
      network = { ...network, routes: [...network.routes, routeOf(network, route)] };
    return created({ network: render(context, context.store.put('network', network)) });
  },
  delete_network: (context) => {
    const network = changeable(context);
    refuseProtected('network', network.deleteProtected);
    detachAll(context, network.id);
    return removeNow(context, 'network', network.id);
  },
  add_subnet_to_network: (context) => {
    const network = changeable(context);
    const subnet = subnetOf(context, network, context.body as SubnetBody);
    return change(context, 'add_subnet', network, { subnets: [...network.subnets, subnet] });
  },
  delete_subnet_from_network: (context) => {
    const network = changeable(context);
    const { ip_range: text } = context.body as { ip_range: string };
    const subnets = network.subnets.filter(({ ipRange }) => ipRange !== text);
    if (subnets.length === network.subnets.length) throw new ApiError('not_found', `network has no subnet ${text}`);
    const range = rangeOf(text);
    const used = [...serversIn(context, network.id), ...balancersIn(context, network.id)].some(({ privateNet }) =>
      privateNet.some(({ network: id, ip }) => id === network.id && isIn(range, ip)),
    );
    // Code and words by which the provider knows that it has to try again (v1.68.0, internal/network/resource_subnet.go).
    if (used) throw new ApiError('service_error', `cannot remove subnet ${text}: network has attached resources`);
    return change(context, 'delete_subnet', network, { subnets });
  },
  add_route_to_network: (context) => {
    const network = changeable(context);
    const route = routeOf(network, context.body as Route);
    return change(context, 'add_route', network, { routes: [...network.routes, route] });
  },
  delete_route_from_network: (context) => {
    const network = changeable(context);
    const { destination, gateway } = context.body as Route;
    const routes = network.routes.filter((each) => each.destination !== destination || each.gateway !== gateway);
    if (routes.length === network.routes.length) throw new ApiError('not_found', `network has no such route`);
    return change(context, 'delete_route', network, { routes });
  },
  change_ip_range_of_network: (context) => {
    const network = changeable(context);
    const { ip_range: text } = context.body as { ip_range: string };
    const [next, old] = [networkRange(text), rangeOf(network.ipRange)];
    if (next.first !== old.first || next.length > old.length)
      throw invalidField(
        'ip_range',
        `must begin as ${network.ipRange} does, and be no smaller: a network only grows at its end`,
      );
    return change(context, 'change_ip_range', network, { ipRange: text });
  },
  change_network_protection: (context) => {
    const network = found(context, 'network');
    const { delete: deleteProtected = network.deleteProtected } = context.body as { delete?: boolean };
    return change(context, 'change_protection', network, { deleteProtected });
  },
};

const isIn = (range: Range, text: string): boolean => {
  const address = parseAddress(text);
  return address !== undefined && address >= range.first && address <= range.last;
};
