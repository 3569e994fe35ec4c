import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { publicServicesOverTls } from '../../policies/public-services-over-tls.ts';
import { caddyImage, cloudConfig, quadlet } from '../../policies/shared/example-payloads.ts';
import {
  everybody,
  type FirewallRule,
  firewall,
  hcloud,
  inbound,
  operators,
  server,
} from '../../policies/shared/examples.ts';
import { verdictOf } from './verdict-of.ts';

const caddy = quadlet(caddyImage, ['Network=host']);
const site = (text: string) => ({
  '/etc/caddy/Caddyfile': `${text}\n`,
  '/etc/containers/systemd/caddy.container': caddy,
});
const socket = { '/etc/systemd/system/tangd.socket': '[Socket]\nListenStream=7500\nAccept=yes\n' };
const rclone = (options: string) => ({
  '/etc/systemd/system/restic.service': `[Service]\nExecStart=/usr/bin/rclone serve restic --addr :8000 ${options}/srv/restic\n`,
});
const commands = [
  ['systemctl', 'enable', '--now', 'tangd.socket'],
  ['systemctl', 'enable', '--now', 'restic.service'],
];

function judge(files: Record<string, string>, ...rules: readonly FirewallRule[]) {
  const terraform = hcloud({
    hcloud_server: {
      host: server({ firewall_ids: ['${hcloud_firewall.host.id}'], user_data: cloudConfig(files, commands) }),
    },
    hcloud_firewall: { host: firewall(...rules) },
  });
  return judgeExample(publicServicesOverTls, { name: 'case', verdict: 'pass', terraform });
}

describe('what answers on an open port', () => {
  it.each([
    ['a site by name', site('a.example {\n respond 200\n}'), inbound('443', everybody), 'pass'],
    ['a site on another port', site('a.example:8443 {\n respond 200\n}'), inbound('8443', everybody), 'pass'],
    ['a port Caddy does not serve', site('a.example {\n respond 200\n}'), inbound('8443', everybody), 'unknown'],
    [
      'a site in the clear on that port',
      site('http://a.example:8080 {\n respond 200\n}'),
      inbound('8080', operators),
      'fail',
    ],
    ['SSH', {}, inbound('22', operators), 'pass'],
    ['ping', {}, { direction: 'in', protocol: 'icmp', source_ips: everybody }, 'pass'],
    ['every port', site('a.example {\n respond 200\n}'), inbound('any', operators), 'unknown'],
    ['rclone with a certificate', rclone('--cert /c.pem --key /k.pem '), inbound('8000', operators), 'pass'],
    ['rclone without one', rclone(''), inbound('8000', operators), 'fail'],
    [
      'a container that publishes the port',
      { '/etc/containers/systemd/app.container': quadlet('app', ['PublishPort=8443:80']) },
      inbound('8443', everybody),
      'unknown',
    ],
    ['Tang for a network', socket, inbound('7500', ['198.51.100.0/24']), 'fail'],
    ['Tang for two addresses', socket, inbound('7500', ['198.51.100.1/32', '2001:db8::1/128']), 'pass'],
    [
      'Tang beside a site',
      { ...socket, ...site('a.example {\n respond 200\n}') },
      inbound('7500', ['198.51.100.1/32']),
      'fail',
    ],
  ] as const)('%s', (_, files, rule, verdict) => {
    expect(verdictOf(judge(files as Record<string, string>, rule))).toBe(verdict);
  });

  it('lists the exception only where it was made', () => {
    expect(judge(socket, inbound('7500', ['198.51.100.1'])).exceptions).toHaveLength(1);
    expect(judge(socket, inbound('7500', everybody)).exceptions).toEqual([]);
    expect(judge(socket, inbound('22', operators)).exceptions).toEqual([]);
  });
});

describe('what a load balancer speaks', () => {
  it.each([
    ['https', 'pass'],
    ['http', 'fail'],
    ['tcp', 'unknown'],
    ['${var.protocol}', 'unknown'],
  ])('%s: %s', (protocol, verdict) => {
    const terraform = hcloud(
      { hcloud_load_balancer_service: { web: { load_balancer_id: '4711', protocol, listen_port: 443 } } },
      { variable: { protocol: {} } },
    );
    expect(verdictOf(judgeExample(publicServicesOverTls, { name: 'case', verdict: 'pass', terraform }))).toBe(verdict);
  });
});

describe('where Caddy sends requests on', () => {
  it.each([
    ['127.0.0.1:8000', 'pass'],
    ['localhost:8000', 'pass'],
    ['unix//run/app.sock', 'pass'],
    ['app:8000', 'pass'],
    ['https://other.example', 'pass'],
    ['http://other.example', 'fail'],
    ['10.20.1.11:8000', 'fail'],
    ['[2001:db8::1]:8000', 'fail'],
  ])('%s: %s', (upstream, verdict) => {
    const report = judge(site(`a.example {\n reverse_proxy ${upstream}\n}`), inbound('443', everybody));
    expect(verdictOf(report)).toBe(verdict);
  });
});
