import { parse } from 'yaml';
import { Client } from './client.ts';

const USER_DATA = '#cloud-config\nruncmd: [echo "hällo"]\n';

function host(client: Client) {
  const network = client.network('n: 1');
  const id = client.server('a', { user_data: USER_DATA, networks: [network] });
  const { public_net, private_net } = client.get(`/servers/${id}`).json.server;
  return { id, network, ipv4: public_net.ipv4.ip, ip: private_net[0].ip };
}

test('user_data is shown to the host as it was given, and after a rebuild as it was given then', () => {
  const client = new Client();
  const { id } = host(client);
  expect(client.sandbox.metadata('a', '/hetzner/v1/userdata')).toBe(USER_DATA);
  expect(client.sandbox.metadata(String(id), '/hetzner/v1/userdata')).toBe(USER_DATA);
  client.post(`/servers/${id}/actions/rebuild`, { image: 'debian-13' });
  expect(client.sandbox.metadata('a', '/hetzner/v1/userdata')).toBe(USER_DATA);
  client.post(`/servers/${id}/actions/rebuild`, { image: 'debian-13', user_data: 'two' });
  expect(client.sandbox.metadata('a', '/hetzner/v1/userdata')).toBe('two');
});

test('metadata is YAML whatever a network is called, and each of its keys can be asked for', () => {
  const client = new Client();
  const { id, network, ipv4, ip } = host(client);
  expect(parse(client.sandbox.metadata('a', '/hetzner/v1/metadata') ?? '')).toEqual({
    hostname: 'a',
    'instance-id': id,
    'public-ipv4': ipv4,
    region: 'eu-central',
    'private-networks': [
      {
        ip,
        alias_ips: [],
        interface_num: 1,
        mac_address: expect.any(String),
        network_id: network,
        network_name: 'n: 1',
      },
    ],
  });
  expect(client.sandbox.metadata('a', '/hetzner/v1/metadata/hostname')).toBe('a');
});

test.each([
  ['a server that is none', 'b', '/hetzner/v1/userdata'],
  ['a key that is none', 'a', '/hetzner/v1/metadata/constructor'],
  ['another path', 'a', '/v1/servers'],
  ['more behind user_data', 'a', '/hetzner/v1/userdata/more'],
])('of %s there is nothing', (_, name, path) => {
  const client = new Client();
  host(client);
  expect(client.sandbox.metadata(name, path)).toBeUndefined();
});
