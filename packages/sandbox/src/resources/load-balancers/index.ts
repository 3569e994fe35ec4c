import { instant } from '../../actions.ts';
import { actionHandlers, commonHandlers, found, referenced, refuseProtected } from '../../collection.ts';
import { type Answer, answerAction, begin, type Context, created, type Handlers, rendered } from '../../context.ts';
import { ApiError, invalidField, notFound } from '../../errors.ts';
import { checkName } from '../../names.ts';
import type { Json, Labels, ResourceRef } from '../../types.ts';
import { balancerMetrics } from '../metrics.ts';
import { refuseCrowded } from '../networks.ts';
import { freeAddress, type Place } from '../servers/private-net.ts';
import { addressesFor, changeBalancerPointer, releasedBy, renderPublicNet, type WantedIps } from './addresses.ts';
import { withoutNetwork } from './network.ts';
import { newService, type ServiceBody, serviceAt, updatedServices } from './services.ts';
import { liveTargets, newTarget, renderTarget, sameTarget, type TargetBody, targetOf } from './targets.ts';
import type { LoadBalancer } from './types.ts';

const render = (context: Context, balancer: LoadBalancer): Json => ({
  id: balancer.id,
  name: balancer.name,
  labels: balancer.labels,
  created: instant(balancer.created),
  location: context.lookups.location(balancer.location),
  load_balancer_type: context.lookups.loadBalancerType(balancer.type),
  algorithm: { type: balancer.algorithm },
  public_net: renderPublicNet(context, balancer),
  private_net: balancer.privateNet,
  services: balancer.services,
  targets: liveTargets(context, balancer).map((each) => renderTarget(context, balancer, each)),
  protection: { delete: balancer.deleteProtected },
  included_traffic:
    context.lookups.loadBalancerType(balancer.type)?.prices.find(({ location }) => location === balancer.location)
      ?.included_traffic ?? 0,
  ingoing_traffic: 0,
  outgoing_traffic: 0,
});

const ref = ({ id }: LoadBalancer): ResourceRef => ({ id, type: 'load_balancer' });

function unlocked(context: Context): LoadBalancer {
  const balancer = found(context, 'load_balancer');
  context.actions.refuseLocked('load_balancer', balancer.id);
  return balancer;
}

/** A verb that changes fields at once. */
function change(
  context: Context,
  command: string,
  balancer: LoadBalancer,
  fields: Partial<LoadBalancer>,
  others: readonly ResourceRef[] = [],
): Answer {
  context.store.update('load_balancer', balancer.id, fields);
  return answerAction(context, { command, resources: [ref(balancer), ...others] });
}

interface CreateBody {
  readonly name: string;
  readonly load_balancer_type: string | number;
  readonly location?: string | number;
  readonly network_zone?: string;
  readonly algorithm?: { readonly type: LoadBalancer['algorithm'] };
  readonly public_interface?: boolean;
  readonly public_net?: WantedIps;
  readonly network?: number;
  readonly services?: readonly ServiceBody[];
  readonly targets?: readonly TargetBody[];
  readonly labels?: Labels;
}

/** Where it goes: the location that is named, or the first of a network zone. */
function placeOf(context: Context, { location: named, network_zone: zone }: CreateBody): string {
  if ((named === undefined) === (zone === undefined))
    throw invalidField('location', 'give either a location or a network_zone');
  const { lookups } = context;
  const location =
    named === undefined ? lookups.locations.find((each) => each.network_zone === zone) : lookups.location(named);
  if (location === undefined) throw invalidField(zone === undefined ? 'location' : 'network_zone', 'no such place');
  return location.name;
}

function createBalancer(context: Context): Answer {
  const body = context.body as CreateBody;
  const type = context.lookups.loadBalancerType(body.load_balancer_type);
  if (type === undefined) throw invalidField('load_balancer_type', `'${body.load_balancer_type}' is no such type`);
  const location = placeOf(context, body);
  checkName(context, 'load_balancer', body.name);
  const id = context.nextId();
  let balancer: LoadBalancer = {
    id,
    name: body.name,
    labels: body.labels ?? {},
    created: context.now,
    type: type.id,
    location,
    algorithm: body.algorithm?.type ?? 'round_robin',
    publicly: body.public_interface ?? true,
    ...addressesFor(context, id, location, body.public_net ?? {}),
    pointers: {},
    privateNet: [],
    services: [],
    targets: [],
    deleteProtected: false,
  };
  if (body.network !== undefined)
    balancer = { ...balancer, privateNet: [attachment(context, balancer, { network: body.network })] };
  else if (!balancer.publicly)
    throw new ApiError('load_balancer_not_attached_to_network', 'without a public interface it needs a network');
  for (const each of body.services ?? [])
    balancer = { ...balancer, services: [...balancer.services, newService(context, balancer, each)] };
  for (const each of body.targets ?? [])
    balancer = { ...balancer, targets: [...balancer.targets, newTarget(context, balancer, each)] };
  context.store.put('load_balancer', balancer);
  const action = begin(context, { command: 'create_load_balancer', resources: [ref(balancer)] });
  return created({ load_balancer: render(context, balancer), action: rendered(context, action) });
}

function attachment(context: Context, { location }: LoadBalancer, place: Place): LoadBalancer['privateNet'][number] {
  const network = referenced(context, 'network', place.network);
  context.actions.refuseLocked('network', network.id);
  refuseCrowded(context, network.id);
  return { network: network.id, ip: freeAddress(context, network, location, place) };
}

const networkRef = (id: number): ResourceRef => ({ id, type: 'network' });

export const loadBalancers: Handlers = {
  ...commonHandlers({ kind: 'load_balancer', plural: 'load_balancers', render }),
  ...actionHandlers('load_balancer'),
  create_load_balancer: createBalancer,
  delete_load_balancer: (context) => {
    const balancer = unlocked(context);
    refuseProtected('load balancer', balancer.deleteProtected);
    return answerAction(context, {
      command: 'delete_load_balancer',
      resources: [ref(balancer)],
      effects: [...releasedBy(context, balancer), { kind: 'load_balancer', id: balancer.id, remove: true }],
    });
  },
  add_service: (context) => {
    const balancer = unlocked(context);
    const service = newService(context, balancer, context.body as ServiceBody);
    return change(context, 'add_service', balancer, { services: [...balancer.services, service] });
  },
  update_service: (context) => {
    const balancer = unlocked(context);
    const services = updatedServices(context, balancer, context.body as ServiceBody);
    return change(context, 'update_service', balancer, { services });
  },
  delete_service: (context) => {
    const balancer = unlocked(context);
    const gone = serviceAt(balancer, (context.body as { listen_port: number }).listen_port);
    return change(context, 'delete_service', balancer, { services: balancer.services.filter((each) => each !== gone) });
  },
  add_target: (context) => {
    const balancer = unlocked(context);
    const target = newTarget(context, balancer, context.body as TargetBody);
    const targets = [...liveTargets(context, balancer), target];
    return change(context, 'add_target', balancer, { targets }, serverRef(target));
  },
  remove_target: (context) => {
    const balancer = unlocked(context);
    const body = context.body as TargetBody;
    const target = body.type === 'ip' ? undefined : targetOf(body);
    const live = liveTargets(context, balancer);
    const targets = live.filter((each) => target === undefined || !sameTarget(each, target));
    if (target === undefined || targets.length === live.length)
      throw new ApiError('load_balancer_target_not_found', 'target not found');
    return change(context, 'remove_target', balancer, { targets }, serverRef(target));
  },
  attach_load_balancer_to_network: (context) => {
    const balancer = unlocked(context);
    if (balancer.privateNet.length > 0)
      throw new ApiError(
        'load_balancer_already_attached',
        `load balancer ${balancer.id} is already attached to a network`,
      );
    const added = attachment(context, balancer, context.body as Place);
    return change(context, 'attach_to_network', balancer, { privateNet: [added] }, [networkRef(added.network)]);
  },
  detach_load_balancer_from_network: (context) => {
    const balancer = unlocked(context);
    const { network } = context.body as { network: number };
    if (!balancer.privateNet.some((each) => each.network === network))
      throw notFound('network of the load balancer', network);
    if (!balancer.publicly) throw new ApiError('conflict', 'without a public interface the load balancer needs it');
    return change(context, 'detach_from_network', balancer, withoutNetwork(balancer, network), [networkRef(network)]);
  },
  enable_public_interface_of_load_balancer: (context) =>
    change(context, 'enable_public_interface', unlocked(context), { publicly: true }),
  disable_public_interface_of_load_balancer: (context) => {
    const balancer = unlocked(context);
    if (balancer.privateNet.length === 0)
      throw new ApiError(
        'load_balancer_not_attached_to_network',
        `load balancer ${balancer.id} is not attached to a network`,
      );
    if (liveTargets(context, balancer).some(({ privately }) => !privately))
      throw new ApiError('targets_without_use_private_ip', `load balancer ${balancer.id} has public targets`);
    return change(context, 'disable_public_interface', balancer, { publicly: false });
  },
  change_algorithm: (context) => {
    const { type: algorithm } = context.body as { type: LoadBalancer['algorithm'] };
    return change(context, 'change_algorithm', unlocked(context), { algorithm });
  },
  change_type_of_load_balancer: (context) => {
    const balancer = unlocked(context);
    const { load_balancer_type: wanted } = context.body as { load_balancer_type: string | number };
    const type = context.lookups.loadBalancerType(wanted);
    if (type === undefined) throw invalidField('load_balancer_type', `'${wanted}' is no such type`);
    const certificates = Math.max(0, ...balancer.services.map(({ http }) => http?.certificates.length ?? 0));
    if (
      balancer.services.length > type.max_services ||
      liveTargets(context, balancer).length > type.max_targets ||
      certificates > type.max_assigned_certificates
    )
      throw new ApiError(
        'invalid_load_balancer_type',
        `type ${type.name} is too small for load balancer ${balancer.id}`,
      );
    return answerAction(context, {
      command: 'change_load_balancer_type',
      resources: [ref(balancer)],
      effects: [{ kind: 'load_balancer', id: balancer.id, set: { type: type.id } }],
    });
  },
  change_load_balancer_protection: (context) => {
    const balancer = found(context, 'load_balancer');
    const { delete: deleteProtected = balancer.deleteProtected } = context.body as { delete?: boolean };
    return change(context, 'change_protection', balancer, { deleteProtected });
  },
  change_reverse_dns_entry_for_this_load_balancer: (context) => {
    const balancer = found(context, 'load_balancer');
    const { ip, dns_ptr: name } = context.body as { ip: string; dns_ptr: string | null };
    changeBalancerPointer(context, balancer, ip, name);
    return answerAction(context, { command: 'change_dns_ptr', resources: [ref(balancer)] });
  },
  get_metrics_for_loadbalancer: (context) => {
    found(context, 'load_balancer');
    return balancerMetrics(context);
  },
};

const serverRef = (target: object): readonly ResourceRef[] =>
  'server' in target ? [{ id: target.server as number, type: 'server' }] : [];
