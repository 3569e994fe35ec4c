import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { noWorldOpenAdminPorts } from '../../policies/no-world-open-admin-ports.ts';
import { cloudConfig } from '../../policies/shared/example-payloads.ts';
import { everybody, type FirewallRule, firewall, hcloud, inbound, server } from '../../policies/shared/examples.ts';
import { verdictOf } from './verdict-of.ts';

const walls = (...rules: FirewallRule[]) => hcloud({ hcloud_firewall: { host: firewall(...rules) } });

it.each([
  ['half of it', walls(inbound('22', ['0.0.0.0/1'])), 'fail'],
  ['a quarter of it', walls(inbound('22', ['64.0.0.0/2'])), 'fail'],
  ['two eighths in two rules', walls(inbound('22', ['0.0.0.0/3']), inbound('22', ['128.0.0.0/3'])), 'fail'],
  ['two eighths that meet in a range', walls(inbound('20-30', ['0.0.0.0/3']), inbound('22', ['128.0.0.0/3'])), 'fail'],
  ['two eighths of two ports', walls(inbound('22', ['0.0.0.0/3']), inbound('443', ['128.0.0.0/3'])), 'pass'],
  ['all of IPv6 that is routed', walls(inbound('22', ['2000::/3'])), 'fail'],
  ['a network of IPv6', walls(inbound('22', ['2001:db8::/32'])), 'pass'],
] as const)('%s', (_, terraform, verdict) => {
  expect(verdictOf(judgeExample(noWorldOpenAdminPorts, { name: '', verdict, terraform }))).toBe(verdict);
});

const sshAt = (port: string, files: Readonly<Record<string, string>>, run: readonly (readonly string[])[] = []) =>
  hcloud({
    hcloud_server: {
      host: server({ user_data: cloudConfig(files, run), firewall_ids: ['${hcloud_firewall.host.id}'] }),
    },
    hcloud_firewall: { host: firewall(inbound(port, everybody)) },
  });
const config = '/etc/ssh/sshd_config.d/10-port.conf';

it.each([
  ['beside 22', sshAt('2222', { [config]: 'Port 22\nPort 2222\n' }), 'fail'],
  ['within a range', sshAt('2000-3000', { [config]: 'Port 2222 # moved\n' }), 'fail'],
  ['by an address', sshAt('2222', { [config]: 'ListenAddress 0.0.0.0:2222\n' }), 'fail'],
  [
    'by the socket',
    sshAt('2222', {
      '/etc/systemd/system/ssh.socket.d/port.conf': '[Socket]\nListenStream=\nListenStream=0.0.0.0:2222\n',
    }),
    'fail',
  ],
  ['by sed', sshAt('2222', {}, [['sed', '-i', 's/^#*Port 22$/Port 2222/', '/etc/ssh/sshd_config']]), 'fail'],
  ['by an option', sshAt('2222', {}, [['/usr/sbin/sshd', '-p', '2222']]), 'fail'],
  ['to the port of the web', sshAt('443', { [config]: 'Port 443\n' }), 'fail'],
  ['to a port that is closed', sshAt('443', { [config]: 'Port 2222\n' }), 'pass'],
  ['nowhere: a comment', sshAt('2222', { [config]: '# Port 2222\n' }), 'pass'],
  ['nowhere: another file', sshAt('2222', { '/etc/app.conf': 'Port 2222\n' }), 'pass'],
] as const)('SSH moved %s', (_, terraform, verdict) => {
  expect(verdictOf(judgeExample(noWorldOpenAdminPorts, { name: '', verdict, terraform }))).toBe(verdict);
});
