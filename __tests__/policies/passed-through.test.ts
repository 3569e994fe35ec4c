import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { loadBalancerServicesOverTls } from '../../policies/load-balancer-services-over-tls.ts';
import { cloudConfig } from '../../policies/shared/example-payloads.ts';
import { hcloud, server } from '../../policies/shared/examples.ts';
import { verdictOf } from './verdict-of.ts';

const caddy = (text: string) => `${cloudConfig({ '/etc/caddy/Caddyfile': text }, [])}packages: [caddy]\n`;
const secure = caddy('www.lukko.example {\n  respond 404\n}\n');
const plain = caddy('http://www.lukko.example:443 {\n  respond 404\n}\n');

/** A load balancer that passes port 443 on to these servers, by their payloads. */
function through(
  payloads: readonly (string | undefined)[],
  more: { readonly service?: object; readonly target?: object; readonly balancer?: object } = {},
) {
  const names = payloads.map((_, index) => `t${index}`);
  const id = '${hcloud_load_balancer.web.id}';
  const entries = <T>(make: (name: string, index: number) => T) =>
    Object.fromEntries(names.map((name, index) => [name, make(name, index)]));
  const terraform = hcloud({
    hcloud_load_balancer: { web: { name: 'web', load_balancer_type: 'lb11', location: 'hel1', ...more.balancer } },
    hcloud_load_balancer_service: {
      web: { load_balancer_id: id, protocol: 'tcp', listen_port: 443, destination_port: 443, ...more.service },
    },
    hcloud_load_balancer_target: entries((name) => ({
      load_balancer_id: id,
      type: 'server',
      server_id: `\${hcloud_server.${name}.id}`,
      ...more.target,
    })),
    hcloud_server: entries((_, index) => server({ user_data: payloads[index] ?? '#cloud-config\n' })),
  });
  return verdictOf(judgeExample(loadBalancerServicesOverTls, { name: '', verdict: 'pass', terraform }));
}

it.each([
  ['one server with TLS', [secure], {}, 'pass'],
  ['two servers with TLS', [secure, secure], {}, 'pass'],
  ['one of two in the clear', [secure, plain], {}, 'fail'],
  ['one of two that nothing is known of', [secure, undefined], {}, 'unknown'],
  ['another port than that of Caddy', [secure], { service: { destination_port: 8443 } }, 'unknown'],
  ['a port that is not known', [secure], { service: { destination_port: undefined } }, 'unknown'],
  ['no target', [], {}, 'unknown'],
  ['a target by label', [secure], { target: { type: 'label_selector', label_selector: 'role=web' } }, 'unknown'],
  ['an address as target', [secure], { target: { type: 'ip', server_id: undefined, ip: '203.0.113.9' } }, 'unknown'],
  ['another load balancer', [secure], { target: { load_balancer_id: 4711 } }, 'unknown'],
  [
    'targets written in the load balancer',
    [secure],
    { balancer: { target: [{ type: 'server', server_id: 1 }] } },
    'unknown',
  ],
] as const)('%s', (_, payloads, more, verdict) => {
  expect(through(payloads, more)).toBe(verdict);
});
