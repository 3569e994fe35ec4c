import type { Facts } from '@lukko/facts';
import { all, type Truth, unknown } from '@lukko/policy-engine';
import type { Resource } from '@lukko/terraform-model';
import { asSetUp } from './host-setup.ts';
import { speaksTls } from './listeners.ts';
import { addressOf } from './words.ts';

/**
 * Whether everything behind a service of a load balancer that passes bytes through (protocol tcp) speaks TLS: each server that is a target, by its
 * payload. Unknown where a target is no server of this graph, or where there may be others.
 */
export function passedThrough(service: Resource, facts: Facts): Truth {
  const protocol = service.attr('protocol');
  const open = (at: string, saw: string): Truth => unknown({ at, saw, causes: ['outside'] });
  const port = portOf(service);
  if (port === undefined) return open(protocol.at, 'tcp: bytes are passed on to a port that is not known');
  const balancers = facts.graph.to(service, ['load_balancer_id'], 'hcloud_load_balancer');
  const [balancer] = balancers.edges;
  if (balancer?.certainty !== 'certain' || balancers.edges.length > 1)
    return open(protocol.at, 'tcp: bytes are passed through');
  const inline = balancer.resource.attr('target');
  if (inline.value.state !== 'unset' && inline.items().length > 0)
    return open(inline.at, 'tcp: bytes are passed on to targets that are not followed');
  const targets = facts.graph.from('hcloud_load_balancer_target', ['load_balancer_id'], balancer.resource);
  const judged = targets.edges.map(({ resource }) => behind(resource, port, facts));
  const more = targets.complete
    ? []
    : [open(protocol.at, 'tcp: bytes are passed through, and other targets may stand elsewhere')];
  return judged.length + more.length === 0
    ? open(protocol.at, 'tcp: bytes are passed through, and no target is shown')
    : all([...judged, ...more]);
}

function behind(target: Resource, port: number, facts: Facts): Truth {
  const type = target.attr('type');
  const servers = facts.graph.to(target, ['server_id'], 'hcloud_server');
  const [server] = servers.edges;
  if (type.text !== 'server' || server?.certainty !== 'certain' || servers.edges.length > 1)
    return unknown({ at: type.at, saw: 'a target that is no server of these', causes: ['outside'] });
  const host = facts.server(server.resource);
  const seen = speaksTls(host, port);
  return seen === undefined
    ? unknown({
        at: host.payload.attr.at,
        saw: `nothing that ${addressOf(server.resource)} runs is seen to answer on port ${port}`,
        causes: ['outside'],
      })
    : asSetUp(host, seen);
}

/** Both ports are needed for tcp (docs/resources/load_balancer_service.md of the provider); one that is left out is not known. */
function portOf(service: Resource): number | undefined {
  const { value } = service.attr('destination_port');
  return value.state === 'known' && typeof value.value === 'number' ? value.value : undefined;
}
