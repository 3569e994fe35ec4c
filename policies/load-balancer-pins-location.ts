import { holds, rule } from '@lukko/policy-engine';
import { type Body, hcloud } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const balancer = (attributes: Partial<Body<'hcloud_load_balancer'>>) =>
  hcloud(
    { hcloud_load_balancer: { public: { name: 'public', load_balancer_type: 'lb11', ...attributes } } },
    { variable: { location: { type: 'string' } } },
  );

export const loadBalancerPinsLocation = rule({
  id: 'load-balancer-pins-location',
  title: 'Load balancers name the location they stand in',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.5.23', 'ISO27001:2022/A.8.9'],
  rationale:
    'A load balancer that names only a network zone stands in a city that Hetzner chooses, in one of several countries, and may stand in another after it was made again. It opens the traffic it carries wherever it terminates TLS.',
  remediation: 'Write location instead of network_zone',
  sources: [
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/load_balancer.md',
    'https://docs.hetzner.com/cloud/networks/faq',
  ],
  appliesTo: ['hcloud_load_balancer'],
  check: (balancer) =>
    unlessIgnored(
      balancer,
      'location',
      holds(balancer.attr('location'), (location) => location !== ''),
    ),
  message: (balancer, truth) => {
    const zone = balancer.attr('network_zone').text;
    if (truth.is === 'unknown') return fit(`${addressOf(balancer)} has a location that is not known for certain`);
    return fit(`${addressOf(balancer)} names ${zone === undefined ? 'no location' : `only the network zone ${zone}`}`);
  },
  examples: [
    { name: 'a location', verdict: 'pass', terraform: balancer({ location: 'hel1' }) },
    { name: 'only a network zone', verdict: 'fail', terraform: balancer({ network_zone: 'eu-central' }) },
    { name: 'a variable without value', verdict: 'unknown', terraform: balancer({ location: '${var.location}' }) },
  ],
});
