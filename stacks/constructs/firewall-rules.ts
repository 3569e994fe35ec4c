import type { FirewallRule } from '@cdktf/provider-hcloud/firewall';

/** Everybody, in both families. */
export const WORLD: readonly string[] = ['0.0.0.0/0', '::/0'];

/** Admits TCP to a port from networks or addresses. What no rule admits is dropped once a firewall has one inbound rule. */
export function inboundFrom(sources: readonly string[], port: string, description: string): FirewallRule {
  return { direction: 'in', protocol: 'tcp', port, sourceIps: [...sources], description };
}

/** Lets connections out to a port. Hetzner drops the rest once a firewall has one outbound rule. */
export function outboundTo(
  destinations: readonly string[],
  protocol: 'tcp' | 'udp',
  port: string,
  description: string,
): FirewallRule {
  return { direction: 'out', protocol, port, destinationIps: [...destinations], description };
}
