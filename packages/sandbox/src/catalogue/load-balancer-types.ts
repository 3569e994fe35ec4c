import { everywhere } from './locations.ts';
import { trafficPrice } from './prices.ts';
import type { LoadBalancerType } from './types.ts';

/**
 * Load balancer types. **Realistic, not Hetzner's list**: id and limits of lb11 are held by the acceptance tests of the
 * Terraform provider (v1.68.0, internal/loadbalancertype); the rest, and all prices, look alike.
 */
export const loadBalancerTypes: readonly LoadBalancerType[] = [
  type(1, 'lb11', { connections: 10_000, services: 5, targets: 25, certificates: 10, cents: 749 }),
  type(2, 'lb21', { connections: 20_000, services: 15, targets: 75, certificates: 25, cents: 2099 }),
  type(3, 'lb31', { connections: 40_000, services: 30, targets: 150, certificates: 50, cents: 4099 }),
];

interface Limits {
  readonly connections: number;
  readonly services: number;
  readonly targets: number;
  readonly certificates: number;
  /** Monthly net price. */
  readonly cents: number;
}

function type(id: number, name: string, limits: Limits): LoadBalancerType {
  return {
    id,
    name,
    description: name.toUpperCase(),
    max_connections: limits.connections,
    max_services: limits.services,
    max_targets: limits.targets,
    max_assigned_certificates: limits.certificates,
    deprecated: null,
    deprecation: null,
    prices: everywhere.map((location) => trafficPrice(location, limits.cents)),
  };
}
