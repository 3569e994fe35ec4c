import type { Facts } from '@lukko/facts';
import { holds, rule, type Truth } from '@lukko/policy-engine';
import type { Resource, TerraformJson } from '@lukko/terraform-model';
import { cloudConfig } from './shared/example-payloads.ts';
import { type Body, hcloud, server } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { passedThrough } from './shared/passed-through.ts';
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

/** Port 443 passed on to a server with this Caddyfile. */
const through = (caddyfile: string) =>
  hcloud({
    hcloud_load_balancer: { web: { name: 'web', load_balancer_type: 'lb11', location: 'hel1' } },
    hcloud_load_balancer_service: {
      web: {
        load_balancer_id: '${hcloud_load_balancer.web.id}',
        protocol: 'tcp',
        listen_port: 443,
        destination_port: 443,
      },
    },
    hcloud_load_balancer_target: {
      web: {
        load_balancer_id: '${hcloud_load_balancer.web.id}',
        type: 'server',
        server_id: '${hcloud_server.host.id}',
      },
    },
    hcloud_server: {
      host: server({
        user_data: `${cloudConfig({ '/etc/caddy/Caddyfile': caddyfile }, [])}packages: [caddy]\n`,
      }),
    },
  });

export const loadBalancerServicesOverTls = rule({
  id: 'load-balancer-services-over-tls',
  title: 'Load balancers speak TLS to the public',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.20', 'ISO27001:2022/A.5.14', 'NIS2/21(2)(h)'],
  rationale:
    'Protocol http of a load balancer is plain text on the open internet. Protocol tcp passes bytes through: whether they are encrypted is decided by what listens behind it, so every target must be a server whose payload shows TLS on that port. Protocol https with redirect_http closes the plain door.',
  remediation: 'Use protocol https with redirect_http, or tcp with TLS on the target, shown by its payload',
  sources: [
    'https://docs.hetzner.com/networking/load-balancers/getting-started/enabling-ssl-termination',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/load_balancer_service.md',
  ],
  appliesTo: ['hcloud_load_balancer_service'],
  check: (resource, facts) => encrypted(resource, facts),
  message: (resource, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to speak TLS: what listens behind it decides`)
      : resource.attr('protocol').text === 'tcp'
        ? fit(`${addressOf(resource)} passes bytes on to what speaks no TLS: ${truth.because[0]?.saw}`)
        : fit(`${addressOf(resource)} speaks plain HTTP to the public`),
  examples: [
    {
      name: 'HTTPS, and plain HTTP sent there',
      verdict: 'pass',
      terraform: service({ http: [{ certificates: [4711], redirect_http: true }] }),
    },
    { name: 'plain HTTP', verdict: 'fail', terraform: service({ protocol: 'http' }) },
    {
      name: 'TCP passed through to a server whose Caddy speaks TLS there',
      verdict: 'pass',
      terraform: through('www.lukko.example {\n  respond 404\n}\n'),
    },
    {
      name: 'TCP passed through to a server that answers in the clear there',
      verdict: 'fail',
      terraform: through('http://www.lukko.example:443 {\n  respond 404\n}\n'),
    },
    {
      name: 'TCP passed through, and no target is shown',
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

function encrypted(resource: Resource, facts: Facts): Truth {
  const protocol = resource.attr('protocol');
  if (protocol.text === 'tcp') return passedThrough(resource, facts);
  return holds(protocol, (text) => text === 'https');
}
