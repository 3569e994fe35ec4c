import { parse } from 'yaml';
import { Client, TOKENS } from './client.ts';

/** As a host asks, through something that says which host it is. */
const ask = (client: Client, path: string, address?: string, token = TOKENS.main) =>
  client.sandbox.handle({
    method: 'GET',
    path: `/hetzner/v1/${path}`,
    query: new URLSearchParams(),
    headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': address },
    body: '',
  });

const USER_DATA = '#cloud-config\nruncmd: [echo "hällo"]\n';

function host(client: Client) {
  const network = client.network('n: 1');
  const id = client.server('a', { user_data: USER_DATA, networks: [network] });
  const { public_net, private_net } = client.get(`/servers/${id}`).json.server;
  return { id, network, ipv4: public_net.ipv4.ip, ipv6: public_net.ipv6.ip, ip: private_net[0].ip };
}

test('user_data is shown as it was given, to the host that has the address', () => {
  const client = new Client();
  const { id, ipv4, ipv6, ip } = host(client);
  for (const address of [ipv4, ip, ipv6.replace('::/64', '::1')]) {
    const { status, headers, body } = ask(client, 'userdata', address);
    expect([status, headers['content-type'], body]).toEqual([200, 'text/plain; charset=utf-8', USER_DATA]);
  }
  client.post(`/servers/${id}/actions/rebuild`, { image: 'debian-13', user_data: 'two' });
  expect(ask(client, 'userdata', ipv4).body).toBe('two');
});

test('metadata is YAML, and each of its keys can be asked for', () => {
  const client = new Client();
  const { id, network, ipv4, ip } = host(client);
  expect(parse(ask(client, 'metadata', ipv4).body)).toEqual({
    'availability-zone': 'hel1',
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
        network: '10.0.0.0/16',
        subnet: '10.0.1.0/24',
      },
    ],
  });
  expect(ask(client, 'metadata/hostname', ipv4).body).toBe('a');
  expect(ask(client, 'metadata/instance-id', ip).body).toBe(String(id));
  const lonely = client.server('b');
  const address = client.get(`/servers/${lonely}`).json.server.public_net.ipv4.ip;
  expect(parse(ask(client, 'metadata', address).body)).toMatchObject({ 'private-networks': [] });
});

test.each([
  ['an address of nobody', 'userdata', '192.0.2.1'],
  ['no address', 'userdata', undefined],
  ['a key that is none', 'metadata/nothing', 'own'],
  ['more behind user_data', 'userdata/more', 'own'],
])('%s is not found', (_, path, address) => {
  const client = new Client();
  const { ipv4 } = host(client);
  expect(ask(client, path, address === 'own' ? ipv4 : address).status).toBe(404);
});

test('another project, and nobody without a token, sees none of it', () => {
  const client = new Client();
  const { ipv4 } = host(client);
  expect(ask(client, 'userdata', ipv4, TOKENS.keys).status).toBe(404);
  expect(ask(client, 'userdata', ipv4, 'wrong').status).toBe(401);
});
