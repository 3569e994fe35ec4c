import { Client } from './client.ts';

const SEED = {
  main: {
    ssh_keys: [
      {
        name: 'ops',
        public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDr3gkkuOVEnFTx+FTtqIM8ZNgmZ+IoV0m5J4mPvYhkz ops',
      },
    ],
    networks: [
      {
        name: 'private',
        ip_range: '10.0.0.0/16',
        subnets: [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.1.0/24' }],
      },
    ],
    volumes: [{ name: 'data', size: 10, location: 'hel1' }],
    servers: [
      {
        name: 'web',
        server_type: 'cx23',
        image: 'debian-13',
        location: 'hel1',
        networks: ['@networks/private'],
        volumes: ['@volumes/data'],
      },
    ],
  },
  keys: { placement_groups: [{ name: 'spread', type: 'spread' }] },
};

test('a seed makes its objects, with references by name, and they stand in the log', () => {
  const client = new Client({ speed: 1 });
  expect(client.sandbox.seed(JSON.stringify(SEED))).toBe(5);
  const again = new Client({ speed: 1 }, client.log);
  const [server] = again.get('/servers').json.servers;
  expect(server).toMatchObject({ name: 'web', status: 'running', private_net: [{ ip: '10.0.1.1' }] });
  expect(again.get('/volumes').json.volumes).toMatchObject([{ name: 'data', server: server.id, status: 'available' }]);
  expect(again.sandbox.count()).toMatchObject({ keys: 1 });
});

test.each([
  ['no JSON', 'servers: []'],
  ['a list', '[]'],
  ['no such project', '{"other":{"servers":[{}]}}'],
  ['no such kind', '{"main":{"computers":[{}]}}'],
  ['no list', '{"main":{"servers":{"name":"a"}}}'],
  ['a body that is none', '{"main":{"volumes":[{"name":"v","size":"big","location":"hel1"}]}}'],
  ['what was not made', '{"main":{"volumes":[{"name":"v","size":10,"server":"@servers/web"}]}}'],
  ['a path', '{"main":{"../../v1/servers":[{}]}}'],
])('%s is refused', (_, text) => {
  expect(() => new Client().sandbox.seed(text)).toThrowErrorMatchingSnapshot();
});
