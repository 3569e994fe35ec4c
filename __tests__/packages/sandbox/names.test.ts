import { Client, fault } from './client.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDr3gkkuOVEnFTx+FTtqIM8ZNgmZ+IoV0m5J4mPvYhkz ops';

/** What else a body needs that creates one of a kind. */
const KINDS: Readonly<Record<string, object>> = {
  certificates: { type: 'managed', domain_names: ['www.lukko.example'] },
  firewalls: {},
  floating_ips: { type: 'ipv4', home_location: 'hel1' },
  load_balancers: { load_balancer_type: 'lb11', location: 'hel1' },
  networks: { ip_range: '10.0.0.0/16' },
  placement_groups: { type: 'spread' },
  primary_ips: { type: 'ipv4', location: 'hel1' },
  servers: { server_type: 'cx23', image: 'debian-13', location: 'hel1' },
  ssh_keys: { public_key: KEY },
  storage_boxes: { storage_box_type: 'bx11', location: 'hel1', password: 'Correct-Horse-7-Battery' },
  volumes: { size: 10, location: 'hel1' },
};
const BAD: Readonly<Record<string, readonly string[]>> = {
  firewalls: ['a'.repeat(129)],
  servers: ['under_score', 'two words', '-a', 'a'.repeat(64), 'a..b', 'ä', 'line\n'],
  volumes: ['.a', 'a-', 'two words', 'a'.repeat(65)],
};

test.each(Object.entries(KINDS))('%s have a name when they are made, and keep one', (kind, body) => {
  const client = new Client();
  const bad = ['', ' ', '\n', ...(BAD[kind] ?? [])];
  for (const name of bad)
    expect([name, fault(client.post(`/${kind}`, { ...body, name }))]).toEqual([name, '422 invalid_input']);
  expect(client.log).toEqual([]);
  const made = client.post(`/${kind}`, { ...body, name: 'good' }).json;
  const { id } = Object.values<{ id: number; name?: string }>(made).find((each) => each?.name === 'good') ?? {};
  for (const name of bad)
    expect([name, fault(client.put(`/${kind}/${id}`, { name }))]).toEqual([name, '422 invalid_input']);
  const renamed = Object.values<{ name: string }>(client.put(`/${kind}/${id}`, { name: 'better' }).json)[0];
  expect(renamed?.name).toBe('better');
  expect(client.strange).toEqual([]);
});

test('a name that another has is refused when it is given, and one may keep its own', () => {
  const client = new Client();
  const [a] = [client.server('a'), client.server('b')];
  expect(fault(client.put(`/servers/${a}`, { name: 'b' }))).toBe('409 uniqueness_error');
  expect(client.put(`/servers/${a}`, { name: 'a' }).status).toBe(200);
});
