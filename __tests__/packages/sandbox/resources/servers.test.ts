import { Client, fault } from '../client.ts';

const status = (client: Client, id: number): string => client.get(`/servers/${id}`).json.server.status;

test('a server is made, started and removed by actions that take their time', () => {
  const client = new Client({ speed: 1 });
  const made = client.post('/servers', { name: 'a', server_type: 'cx23', image: 'debian-13', location: 'hel1' }).json;
  expect(made.action).toMatchObject({ command: 'create_server', status: 'running', progress: 0 });
  expect(made.next_actions.map((each: { command: string }) => each.command)).toEqual(['start_server']);
  expect(made.root_password).toEqual(expect.any(String));
  const { id } = made.server;
  expect(fault(client.post(`/servers/${id}/actions/poweroff`))).toBe('423 locked');
  client.pass(4000);
  expect(client.get(`/actions/${made.action.id}`).json.action).toMatchObject({ status: 'running', progress: 50 });
  client.pass(4000);
  expect(status(client, id)).toBe('starting');
  client.pass(3000);
  expect(client.get(`/servers/${id}`).json.server).toMatchObject({ status: 'running', locked: false });
  client.delete(`/servers/${id}`);
  expect(status(client, id)).toBe('deleting');
  client.pass(3000);
  expect(fault(client.get(`/servers/${id}`))).toBe('404 not_found');
  // Its own addresses went with it.
  expect(client.get('/primary_ips').json.primary_ips).toEqual([]);
  expect(client.strange).toEqual([]);
});

test('actions are polled by many ids at once, and an unknown id is left out', () => {
  const client = new Client();
  const ids = Array.from(
    { length: 25 },
    (_, index) =>
      client.post(`/networks/${client.network(`n${index}`)}/actions/change_protection`, { delete: true }).json.action
        .id,
  );
  const { actions } = client.get(`/actions?${[...ids, 1].map((id) => `id=${id}`).join('&')}&sort=status&sort=id`).json;
  expect(actions.map((each: { id: number }) => each.id)).toEqual(ids);
});

test('a rebuild with user_data keeps id, addresses and network, and is refused while protected', () => {
  const client = new Client();
  const network = client.network('n');
  const id = client.server('a', { networks: [network], user_data: 'one' });
  const before = client.get(`/servers/${id}`).json.server;
  client.post(`/servers/${id}/actions/change_protection`, { delete: true, rebuild: true });
  expect(fault(client.post(`/servers/${id}/actions/rebuild`, { image: 'debian-13' }))).toBe('423 protected');
  client.post(`/servers/${id}/actions/change_protection`, { delete: false, rebuild: false });
  expect(client.sandbox.metadata(String(id), '/hetzner/v1/userdata')).toBe('one');
  expect(client.post(`/servers/${id}/actions/rebuild`, { image: 'debian-13', user_data: 'two' }).status).toBe(201);
  expect(client.sandbox.metadata(String(id), '/hetzner/v1/userdata')).toBe('two');
  expect(client.get(`/servers/${id}`).json.server).toEqual(before);
});

test('protection of deletion and rebuild go together', () => {
  const client = new Client();
  const id = client.server('a');
  expect(fault(client.post(`/servers/${id}/actions/change_protection`, { delete: true }))).toBe('422 invalid_input');
  client.post(`/servers/${id}/actions/change_protection`, { delete: true, rebuild: true });
  expect(fault(client.delete(`/servers/${id}`))).toBe('423 protected');
});

test('addresses in a network are checked and unique', () => {
  const client = new Client();
  const network = client.network('n');
  const [a, b, c] = ['a', 'b', 'c'].map((name) => client.server(name)) as [number, number, number];
  const attach = (id: number, body: object) =>
    client.post(`/servers/${id}/actions/attach_to_network`, { network, ...body });
  expect(attach(a, { ip: '10.0.1.10' }).status).toBe(201);
  expect(fault(attach(a, { ip: '10.0.1.11' }))).toBe('422 server_already_attached');
  expect(fault(attach(b, { ip: '10.0.1.10' }))).toBe('422 ip_not_available');
  expect(fault(attach(b, { ip: '10.0.2.10' }))).toBe('422 invalid_input');
  expect(fault(attach(b, { ip: '10.0.1.255' }))).toBe('422 invalid_input');
  expect(attach(b, {}).status).toBe(201);
  expect(attach(c, {}).status).toBe(201);
  const ips = [b, c].map((id) => client.get(`/servers/${id}`).json.server.private_net[0].ip);
  expect(new Set([...ips, '10.0.1.10']).size).toBe(3);
  expect(fault(client.post(`/networks/${network}/actions/delete_subnet`, { ip_range: '10.0.1.0/24' }))).toBe(
    '503 service_error',
  );
  // A whole network takes its attachments with it.
  expect(client.delete(`/networks/${network}`).status).toBe(204);
  expect(client.get(`/servers/${a}`).json.server.private_net).toEqual([]);
});

test('a server type that is not to be had in a location is refused, and so is another architecture', () => {
  const client = new Client();
  const body = { name: 'a', server_type: 'cx23', image: 'debian-13' };
  expect(fault(client.post('/servers', { ...body, location: 'ash' }))).toBe('422 invalid_input');
  expect(client.post('/servers', { ...body, location: 'ash' }).json.error).toEqual({
    code: 'invalid_input',
    message: 'unsupported location for server type',
    details: {},
  });
  // Sold out is another thing: it may be had again.
  const large = { ...body, server_type: 'cax41', location: 'nbg1' };
  expect(fault(client.post('/servers', large))).toBe('412 resource_unavailable');
  expect(fault(client.post('/servers', { ...body, location: 'nowhere' }))).toBe('422 invalid_input');
  expect(fault(client.post('/servers', { ...body, location: 'hel1', server_type: 'cx9' }))).toBe('422 invalid_input');
  expect(client.get('/servers').json.servers).toEqual([]);
});

test('a request that fails half way leaves nothing behind', () => {
  const client = new Client();
  const lines = client.log.length;
  // The primary IPs are made before the volume is found missing.
  expect(
    fault(
      client.post('/servers', { name: 'a', server_type: 'cx23', image: 'debian-13', location: 'hel1', volumes: [1] }),
    ),
  ).toBe('404 not_found');
  expect(client.get('/primary_ips').json.primary_ips).toEqual([]);
  expect(client.get('/servers').json.servers).toEqual([]);
  expect(client.log).toHaveLength(lines);
});

test('the type changes only while the server is off, and never to a smaller disk', () => {
  const client = new Client();
  const id = client.server('a');
  const change = (server_type: string) =>
    client.post(`/servers/${id}/actions/change_type`, { server_type, upgrade_disk: true });
  expect(fault(change('cx33'))).toBe('422 server_not_stopped');
  client.post(`/servers/${id}/actions/poweroff`);
  expect(change('cx33').status).toBe(201);
  expect(client.get(`/servers/${id}`).json.server).toMatchObject({ status: 'running', server_type: { name: 'cx33' } });
  client.post(`/servers/${id}/actions/poweroff`);
  expect(fault(change('cx23'))).toBe('422 invalid_server_type');
});

test('a spread group takes ten servers', () => {
  const client = new Client();
  const placement_group = client.post('/placement_groups', { name: 'g', type: 'spread' }).json.placement_group.id;
  for (let count = 0; count < 10; count += 1) client.server(`s${count}`, { placement_group });
  const body = { name: 'one-more', server_type: 'cx23', image: 'debian-13', location: 'hel1', placement_group };
  expect(fault(client.post('/servers', body))).toBe('412 placement_error');
  expect(fault(client.delete(`/placement_groups/${placement_group}`))).toBe('422 resource_in_use');
});

test('user_data is counted in bytes, when a server is made and when it is rebuilt', () => {
  const client = new Client();
  const id = client.server('a', { user_data: 'one' });
  const user_data = 'é'.repeat(16_385);
  const made = { name: 'b', server_type: 'cx23', image: 'debian-13', location: 'hel1', user_data };
  expect(fault(client.post('/servers', made))).toBe('422 invalid_input');
  expect(fault(client.post(`/servers/${id}/actions/rebuild`, { image: 'debian-13', user_data }))).toBe(
    '422 invalid_input',
  );
  expect(client.sandbox.metadata(String(id), '/hetzner/v1/userdata')).toBe('one');
});

test('a server that is made takes each volume once, and no more than it may have', () => {
  const client = new Client();
  const volumes = Array.from({ length: 17 }, (_, index) => client.volume(`v${index}`));
  const make = (some: readonly number[]) =>
    client.post('/servers', { name: 'a', server_type: 'cx23', image: 'debian-13', location: 'hel1', volumes: some });
  expect(fault(make(volumes))).toBe('403 resource_limit_exceeded');
  expect(fault(make([...volumes.slice(0, 1), ...volumes.slice(0, 1)]))).toBe('422 invalid_input');
  expect(client.get('/servers').json.servers).toEqual([]);
  expect(make(volumes.slice(1)).status).toBe(201);
  expect(client.get('/servers').json.servers[0].volumes).toEqual(volumes.slice(1));
});

test('primary IPs that a new server cannot have are told by the codes of its operation', () => {
  const client = new Client();
  const address = (name: string, location: string) =>
    client.post('/primary_ips', { name, type: 'ipv4', location }).json.primary_ip.id;
  const make = (name: string, ipv4: number) =>
    client.post('/servers', {
      ...{ name, server_type: 'cx23', image: 'debian-13', location: 'hel1' },
      public_net: { ipv4, enable_ipv4: true },
    });
  const [here, there] = [address('here', 'hel1'), address('there', 'nbg1')];
  expect(fault(make('a', there))).toBe('422 primary_ip_datacenter_mismatch');
  expect(make('a', here).status).toBe(201);
  expect(fault(make('b', here))).toBe('422 primary_ip_assigned');
  expect(client.strange).toEqual([]);
});

test('a server without SSH keys gets a password when it is made and when it is rebuilt, one with keys never', () => {
  const client = new Client();
  const public_key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDr3gkkuOVEnFTx+FTtqIM8ZNgmZ+IoV0m5J4mPvYhkz ops';
  client.post('/ssh_keys', { name: 'ops', public_key });
  const passwords = (ssh_keys: readonly string[]) => {
    const body = { server_type: 'cx23', image: 'debian-13', location: 'hel1', ssh_keys };
    const made = client.post('/servers', { name: `s${ssh_keys.length}`, ...body }).json;
    const rebuilt = client.post(`/servers/${made.server.id}/actions/rebuild`, { image: 'debian-13' }).json;
    return [made.root_password, rebuilt.root_password];
  };
  expect(passwords([])).toEqual([expect.any(String), expect.any(String)]);
  expect(passwords(['ops'])).toEqual([null, null]);
  expect(client.strange).toEqual([]);
});

test.each([[' 22'], ['0x16'], ['22.0'], ['2.2e1']])('%j is the id of no server type', (server_type) => {
  const body = { name: 'a', server_type, image: 'debian-13', location: 'hel1' };
  const { json } = new Client().post('/servers', body);
  expect(json.error.details.fields[0].name).toBe('server_type');
});
