import type { LoadBalancer } from './types.ts';

/** What is left of a load balancer without a network: it no longer reaches targets there. */
export const withoutNetwork = (
  { privateNet, targets }: LoadBalancer,
  network: number,
): Pick<LoadBalancer, 'privateNet' | 'targets'> => ({
  privateNet: privateNet.filter((each) => each.network !== network),
  targets: targets.filter(({ privately }) => !privately),
});
