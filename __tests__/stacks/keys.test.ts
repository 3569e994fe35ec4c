import { built, documentOf, serversOf, shipped } from './built.ts';

interface Rule {
  readonly direction: string;
  readonly port: string;
  readonly source_ips?: readonly string[];
}

const keys = documentOf(built(shipped('example.yaml')), 'keys');
const rules = Object.values(keys.resource.hcloud_firewall ?? {}).flatMap(({ rule }) => rule as readonly Rule[]);

test('Tang is reached from the addresses of our hosts, one by one, and SSH from the operators', () => {
  const inbound = rules.filter(({ direction }) => direction === 'in').map(({ port, source_ips }) => [port, source_ips]);
  expect(inbound).toEqual([
    ['22', ['198.51.100.16/28', '2001:db8:6c75::/48']],
    [
      '7500',
      ['edge', 'logs', 'errors', 'backups'].map(
        (host) => `\${data.terraform_remote_state.network.outputs.${host}_ipv4}/32`,
      ),
    ],
  ]);
});

test('a key server has no volume and no private network, and stands in the project of the keys', () => {
  expect(keys.resource).not.toHaveProperty('hcloud_volume');
  expect(serversOf(keys).map(([name, { location }]) => [name, location])).toEqual([
    ['tang-fsn1', 'fsn1'],
    ['tang-nbg1', 'nbg1'],
    ['tang-hel1', 'hel1'],
  ]);
  for (const [, server] of serversOf(keys)) {
    expect(server).not.toHaveProperty('network');
    expect(server.labels).toMatchObject({ 'lukko-project': 'keys' });
    expect(server.lifecycle).toEqual({ prevent_destroy: true });
  }
});
