import { holds, rule, type Truth, unknown } from '@lukko/policy-engine';
import type { Resource, TerraformJson } from '@lukko/terraform-model';
import { type Body, hcloud } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const service = (attributes: Partial<Body<'hcloud_load_balancer_service'>>, extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_load_balancer: { web: { name: 'web', load_balancer_type: 'lb11', location: 'hel1' } },
      hcloud_load_balancer_service: {
        web: { load_balancer_id: '${hcloud_load_balancer.web.id}', protocol: 'https', ...attributes },
      },
    },
    extra,
  );

export const loadBalancerServicesOverTls = rule({
  id: 'load-balancer-services-over-tls',
  title: 'Load balancers speak TLS to the public',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.20', 'ISO27001:2022/A.5.14', 'NIS2/21(2)(h)'],
  rationale:
    'Protocol http of a load balancer is plain text on the open internet. Protocol tcp passes bytes through: whether they are encrypted is decided by what listens behind it, so here it is not shown. Protocol https with redirect_http closes the plain door.',
  remediation: 'Use protocol https with redirect_http, or tcp with TLS on the target, shown by its payload',
  sources: [
    'https://docs.hetzner.com/networking/load-balancers/getting-started/enabling-ssl-termination',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/load_balancer_service.md',
  ],
  appliesTo: ['hcloud_load_balancer_service'],
  check: (resource) => encrypted(resource),
  message: (resource, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to speak TLS: what listens behind it decides`)
      : fit(`${addressOf(resource)} speaks plain HTTP to the public`),
  examples: [
    {
      name: 'HTTPS, and plain HTTP sent there',
      verdict: 'pass',
      terraform: service({ http: [{ certificates: [4711], redirect_http: true }] }),
    },
    { name: 'plain HTTP', verdict: 'fail', terraform: service({ protocol: 'http' }) },
    {
      name: 'TCP passed through',
      verdict: 'unknown',
      terraform: service({ protocol: 'tcp', listen_port: 443, destination_port: 443 }),
    },
    {
      name: 'a protocol that a variable without value names',
      verdict: 'unknown',
      terraform: service({ protocol: '${var.protocol}' }, { variable: { protocol: { type: 'string' } } }),
    },
  ],
});

function encrypted(resource: Resource): Truth {
  const protocol = resource.attr('protocol');
  if (protocol.text === 'tcp')
    return unknown({ at: protocol.at, saw: 'tcp: bytes are passed through', causes: ['outside'] });
  return holds(protocol, (text) => text === 'https');
}
