import { referenced } from '../../collection.ts';
import type { Context } from '../../context.ts';
import { ApiError, invalidField } from '../../errors.ts';
import { labelSelector } from '../../label-selector.ts';
import type { Json, Server } from '../../types.ts';
import type { LoadBalancer, Target } from './types.ts';

export interface TargetBody {
  readonly type: 'server' | 'label_selector' | 'ip';
  readonly server?: { readonly id: number };
  readonly label_selector?: { readonly selector: string };
  readonly ip?: { readonly ip: string };
  readonly use_private_ip?: boolean;
}

/** Servers that are gone are no targets. */
export const liveTargets = (context: Context, balancer: Pick<LoadBalancer, 'targets'>): readonly Target[] =>
  balancer.targets.filter((each) => !('server' in each) || context.store.get('server', each.server) !== undefined);

/** The load balancers that send to a server, by hand or by a selector. */
export const balancersOf = (context: Context, server: Server): readonly LoadBalancer[] =>
  context.store
    .all('load_balancer')
    .filter(({ targets }) =>
      targets.some((each) =>
        'server' in each ? each.server === server.id : labelSelector(each.selector)(server.labels),
      ),
    );

/** Whether a load balancer reaches a server by its public address. */
export const isPublicTarget = (context: Context, server: Server): boolean =>
  balancersOf(context, server).some(({ targets }) =>
    targets.some((each) => 'server' in each && each.server === server.id && !each.privately),
  );

export const sameTarget = (a: Target, b: Target): boolean =>
  'server' in a ? 'server' in b && a.server === b.server : 'selector' in b && a.selector === b.selector;

/** What a body names, whether it is a target or not. @throws ApiError invalid_input */
export function targetOf(body: TargetBody): Target {
  const privately = body.use_private_ip ?? false;
  if (body.type === 'server') {
    if (body.server === undefined) throw invalidField('server', 'is required for this type');
    return { server: body.server.id, privately };
  }
  const selector = body.label_selector?.selector;
  if (selector === undefined) throw invalidField('label_selector', 'is required for this type');
  labelSelector(selector, 'label_selector.selector');
  return { selector, privately };
}

/** A target that may be added.
 * @throws ApiError target_already_defined, missing_ipv4, *_not_attached_to_network, ip_not_owned and others */
export function newTarget(context: Context, balancer: LoadBalancer, body: TargetBody): Target {
  if (body.type === 'ip') refuseAddress(context, body.ip?.ip);
  const target = targetOf(body);
  const targets = liveTargets(context, balancer);
  if (targets.some((each) => sameTarget(each, target)))
    throw new ApiError('target_already_defined', `load balancer ${balancer.id} has this target already`);
  const most = context.lookups.loadBalancerType(balancer.type)?.max_targets ?? 0;
  if (targets.length >= most)
    throw new ApiError('resource_limit_exceeded', `load balancer ${balancer.id} has ${most} targets already`);
  if (target.privately && balancer.privateNet.length === 0)
    throw new ApiError(
      'load_balancer_not_attached_to_network',
      `load balancer ${balancer.id} is not attached to a network`,
    );
  if (!target.privately && !balancer.publicly)
    throw new ApiError(
      'load_balancer_public_interface_disabled',
      `the public interface of load balancer ${balancer.id} is disabled`,
    );
  if ('server' in target) refuseUnreachable(context, balancer, target);
  return target;
}

function refuseUnreachable(context: Context, balancer: LoadBalancer, target: Target & { server: number }): void {
  const server = referenced(context, 'server', target.server);
  if (target.privately && !inSameNetwork(balancer, server))
    throw new ApiError(
      'server_not_attached_to_network',
      `server ${server.id} is not attached to the network of load balancer ${balancer.id}`,
    );
  if (!target.privately && !hasIpv4(context, server.id))
    throw new ApiError('missing_ipv4', `server ${server.id} has no public IPv4 address`);
}

const inSameNetwork = ({ privateNet }: LoadBalancer, server: Server): boolean =>
  server.privateNet.some(({ network }) => privateNet.some((each) => each.network === network));

const hasIpv4 = (context: Context, server: number): boolean =>
  context.store.referringTo('primary_ip', server).some(({ type }) => type === 'ipv4');

/** Address targets are dedicated servers of the same owner, and the sandbox has none. */
function refuseAddress(context: Context, ip: string | undefined): never {
  if (ip === undefined) throw invalidField('ip', 'is required for this type');
  const { store } = context;
  const ours = [...store.all('primary_ip'), ...store.all('floating_ip')].some((each) => each.ip === ip);
  if (ours || store.all('load_balancer').some(({ ipv4, ipv6 }) => ipv4 === ip || ipv6 === ip))
    throw new ApiError('cloud_resource_ip_not_allowed', `${ip} belongs to a resource of the cloud`);
  throw new ApiError('ip_not_owned', `${ip} is no address of a dedicated server of yours`);
}

/**
 * A target as the API shows it. What serves on a server the sandbox cannot know: a running server counts as healthy, any other as
 * unhealthy.
 */
export function renderTarget(context: Context, { services }: LoadBalancer, target: Target): Json {
  const ofServer = (server: Server | undefined): Json => ({
    type: 'server',
    server: { id: server?.id ?? 0 },
    // Of one that is off no connection comes about.
    health_status: services.map(({ listen_port }) =>
      server?.status === 'running'
        ? { listen_port, status: 'healthy' }
        : { listen_port, status: 'unhealthy', detail: 'layer4_no_connection' },
    ),
    use_private_ip: target.privately,
  });
  if ('server' in target) return ofServer(context.store.get('server', target.server));
  const matches = labelSelector(target.selector);
  return {
    type: 'label_selector',
    label_selector: { selector: target.selector },
    use_private_ip: target.privately,
    targets: context.store
      .all('server')
      .filter(({ labels }) => matches(labels))
      .map(ofServer),
  };
}
