import { Client, fault } from '../client.ts';

const PRIVATE = { public_net: { enable_ipv4: false, enable_ipv6: false } };

test('a network takes a hundred resources, servers and load balancers together', () => {
  const client = new Client();
  const network = client.network('n');
  client.post('/load_balancers', { name: 'l', load_balancer_type: 'lb11', location: 'hel1', network });
  for (let count = 0; count < 99; count += 1) client.server(`s${count}`, { networks: [network], ...PRIVATE });
  const body = { name: 'one-more', server_type: 'cx23', image: 'debian-13', location: 'hel1', networks: [network] };
  expect(fault(client.post('/servers', body))).toBe('403 resource_limit_exceeded');
  expect(client.get('/servers?name=one-more').json.servers).toEqual([]);
});

test('fifty subnets, a vSwitch in one network only', () => {
  const client = new Client();
  const [id, other] = [client.network('n'), client.network('m')];
  const add = (network: number, body: object) =>
    client.post(`/networks/${network}/actions/add_subnet`, { type: 'cloud', network_zone: 'eu-central', ...body });
  for (let count = 0; count < 49; count += 1) expect(add(id, {}).status).toBe(201);
  expect(fault(add(id, {}))).toBe('403 resource_limit_exceeded');
  const { json } = client.get(`/networks/${id}`);
  expect(new Set(json.network.subnets.map(({ ip_range }: { ip_range: string }) => ip_range)).size).toBe(50);
  expect(add(other, { type: 'vswitch', vswitch_id: 7 }).status).toBe(201);
  const third = client.network('o');
  expect(fault(add(third, { type: 'vswitch', vswitch_id: 7 }))).toBe('422 vswitch_id_already_used');
});

test('a server joins three networks at most, and none that overlaps', () => {
  const client = new Client();
  const network = (name: string, number: number) => {
    const subnets = [{ type: 'cloud', network_zone: 'eu-central', ip_range: `10.${number}.1.0/24` }];
    return client.post('/networks', { name, ip_range: `10.${number}.0.0/16`, subnets }).json.network.id;
  };
  const server = client.server('a');
  const join = (id: number) => client.post(`/servers/${server}/actions/attach_to_network`, { network: id });
  join(network('a', 1));
  expect(fault(join(network('b', 1)))).toBe('422 networks_overlap');
  join(network('c', 2));
  join(network('d', 3));
  expect(fault(join(network('e', 4)))).toBe('403 resource_limit_exceeded');
});

test('a network grows at its end only', () => {
  const client = new Client();
  const { id } = client.post('/networks', { name: 'n', ip_range: '10.0.0.0/16' }).json.network;
  const grow = (ip_range: string) => client.post(`/networks/${id}/actions/change_ip_range`, { ip_range });
  expect(fault(grow('10.0.0.0/17'))).toBe('422 invalid_input');
  expect(fault(grow('10.1.0.0/16'))).toBe('422 invalid_input');
  expect(grow('10.0.0.0/15').status).toBe(201);
  const late = client.post('/networks', { name: 'm', ip_range: '10.129.0.0/16' }).json.network.id;
  expect(fault(client.post(`/networks/${late}/actions/change_ip_range`, { ip_range: '10.128.0.0/15' }))).toBe(
    '422 invalid_input',
  );
});

describe('firewalls', () => {
  const rule = { direction: 'in', protocol: 'tcp', port: '22', source_ips: ['192.0.2.0/24'] };
  const server = (id: number) => ({ type: 'server', server: { id } });

  test('fifty rules, with five hundred networks in all', () => {
    const client = new Client();
    const make = (rules: readonly object[]) => client.post('/firewalls', { name: 'f', rules });
    expect(fault(make(Array.from({ length: 51 }, () => rule)))).toBe('422 invalid_input');
    const wide = { ...rule, source_ips: Array.from({ length: 100 }, (_, index) => `192.0.2.${index}/32`) };
    expect(fault(make([wide, wide, wide, wide, wide, rule]))).toBe('422 invalid_input');
    expect(make([wide, wide, wide, wide, wide]).status).toBe(201);
  });

  test('null rules are none', () => {
    const client = new Client();
    const { id } = client.post('/firewalls', { name: 'f', rules: [rule] }).json.firewall;
    expect(client.post(`/firewalls/${id}/actions/set_rules`, { rules: null }).status).toBe(201);
    expect(client.get(`/firewalls/${id}`).json.firewall.rules).toEqual([]);
  });

  test('five on a server, by hand or by label; one by label is not removed by hand', () => {
    const client = new Client();
    const id = client.server('a', { labels: { role: 'web' } });
    const by = (name: string, apply_to: readonly object[]) => client.post('/firewalls', { name, apply_to });
    const selector = [{ type: 'label_selector', label_selector: { selector: 'role=web' } }];
    const first = by('f0', selector).json.firewall.id;
    expect(fault(client.post(`/firewalls/${first}/actions/remove_from_resources`, { remove_from: [server(id)] }))).toBe(
      '422 firewall_managed_by_label_selector',
    );
    for (let count = 1; count < 5; count += 1) expect(by(`f${count}`, [server(id)]).status).toBe(201);
    expect(fault(by('f5', [server(id)]))).toBe('403 resource_limit_exceeded');
    expect(client.get(`/servers/${id}`).json.server.public_net.firewalls).toHaveLength(5);
  });

  test('no server twice, and none that is not there', () => {
    const client = new Client();
    const id = client.server('a');
    expect(fault(client.post('/firewalls', { name: 'f', apply_to: [server(id), server(id)] }))).toBe(
      '422 server_already_added',
    );
    expect(fault(client.post('/firewalls', { name: 'f', apply_to: [server(1)] }))).toBe(
      '422 firewall_resource_not_found',
    );
    expect(client.get('/firewalls').json.firewalls).toEqual([]);
  });
});

describe('primary IPs', () => {
  const make = (client: Client, body: object = {}) =>
    client.post('/primary_ips', { name: 'p', type: 'ipv4', location: 'hel1', ...body });
  const assign = (client: Client, id: number, assignee_id: number) =>
    client.post(`/primary_ips/${id}/actions/assign`, { assignee_id, assignee_type: 'server' });

  test('one of a family to a server that is off, and in its location', () => {
    const client = new Client();
    const { id } = make(client).json.primary_ip;
    const far = make(client, { name: 'q', location: 'fsn1' }).json.primary_ip.id;
    const six = make(client, { name: 'r', type: 'ipv6' }).json.primary_ip.id;
    const server = client.server('a');
    expect(fault(assign(client, id, server))).toBe('422 server_not_stopped');
    client.post(`/servers/${server}/actions/poweroff`);
    expect(fault(assign(client, id, server))).toBe('422 server_has_ipv4');
    expect(fault(assign(client, six, server))).toBe('422 server_has_ipv6');
    const bare = client.server('b', { start_after_create: false, ...PRIVATE });
    expect(fault(assign(client, far, bare))).toBe('422 invalid_input');
    expect(assign(client, id, bare).status).toBe(201);
    expect(fault(client.delete(`/primary_ips/${id}`))).toBe('422 must_be_unassigned');
    const other = client.server('c', { start_after_create: false, ...PRIVATE });
    expect(fault(assign(client, id, other))).toBe('422 primary_ip_already_assigned');
  });

  test('one that goes with its server cannot be protected', () => {
    const client = new Client();
    const { id } = make(client, { auto_delete: true }).json.primary_ip;
    const protect = () => client.post(`/primary_ips/${id}/actions/change_protection`, { delete: true });
    expect(fault(protect())).toBe('422 invalid_input');
    client.put(`/primary_ips/${id}`, { auto_delete: false });
    expect(protect().status).toBe(201);
  });
});

describe('servers', () => {
  test('one without any network is made, and started only when it has one', () => {
    const client = new Client();
    const body = { name: 'a', server_type: 'cx23', image: 'debian-13', location: 'hel1', ...PRIVATE };
    expect(fault(client.post('/servers', body))).toBe('422 invalid_input');
    const { id } = client.post('/servers', { ...body, start_after_create: false }).json.server;
    expect(fault(client.post(`/servers/${id}/actions/poweron`))).toBe('422 invalid_input');
    client.post(`/servers/${id}/actions/attach_to_network`, { network: client.network('n') });
    expect(client.post(`/servers/${id}/actions/poweron`).status).toBe(201);
    expect(client.get(`/servers/${id}`).json.server.status).toBe('running');
  });

  test('seven backups, the oldest making room, gone when backups are disabled and with the server', () => {
    const client = new Client();
    const [id, other] = [client.server('a'), client.server('b')];
    const backup = (server: number) =>
      client.post(`/servers/${server}/actions/create_image`, { type: 'backup' }).json?.image?.id;
    const kept = () => client.get('/images?type=backup').json.images.map((image: { id: number }) => image.id);
    expect(backup(id)).toBeUndefined();
    for (const each of [id, other]) client.post(`/servers/${each}/actions/enable_backup`);
    const made = Array.from({ length: 9 }, () => backup(id));
    const last = backup(other);
    expect(kept()).toEqual([...made.slice(2), last]);
    expect(fault(client.post(`/images/${last}/actions/change_protection`, { delete: true }))).toBe('422 invalid_input');
    client.put(`/images/${made[8]}`, { type: 'snapshot' });
    client.post(`/servers/${id}/actions/disable_backup`);
    expect(kept()).toEqual([last]);
    client.delete(`/servers/${other}`);
    expect(kept()).toEqual([]);
    expect(client.get('/images?type=snapshot').json.images).toMatchObject([{ id: made[8] }]);
  });

  test('a console is asked for, and leads nowhere', () => {
    const client = new Client();
    const { json } = client.post(`/servers/${client.server('a')}/actions/request_console`);
    expect(new URL(json.wss_url).hostname).toMatch(/\.invalid$/);
    expect(json.password).toEqual(expect.any(String));
    expect(client.strange).toEqual([]);
  });

  test('rescue mode is for one boot, and media are for their architecture', () => {
    const client = new Client();
    const id = client.server('a');
    const rescue = () => client.get(`/servers/${id}`).json.server.rescue_enabled;
    const enable = (body: object = {}) => client.post(`/servers/${id}/actions/enable_rescue`, body);
    expect(fault(enable({ ssh_keys: [1] }))).toBe('422 invalid_input');
    expect(enable().json.root_password).toEqual(expect.any(String));
    expect(rescue()).toBe(true);
    client.post(`/servers/${id}/actions/reset`);
    expect(rescue()).toBe(false);
    const attach = (iso: string) => client.post(`/servers/${id}/actions/attach_iso`, { iso });
    expect(fault(attach('debian-13.1.0-arm64-netinst.iso'))).toBe('422 invalid_input');
    expect(attach('ipxe.iso').status).toBe(201);
    expect(client.get(`/servers/${id}`).json.server.iso.name).toBe('ipxe.iso');
    expect(client.post(`/servers/${id}/actions/detach_iso`).status).toBe(201);
    expect(client.strange).toEqual([]);
  });

  test('sixteen volumes', () => {
    const client = new Client();
    const server = client.server('a');
    const volumes = Array.from({ length: 17 }, (_, index) => client.volume(`v${index}`));
    const attach = (id: number) => client.post(`/volumes/${id}/actions/attach`, { server });
    for (const id of volumes.slice(0, 16)) expect(attach(id).status).toBe(201);
    expect(fault(attach(volumes[16] ?? 0))).toBe('403 resource_limit_exceeded');
  });

  test("five alias addresses, in the network and nobody else's", () => {
    const client = new Client();
    const network = client.network('n');
    const [a, b] = [client.server('a', { networks: [network] }), client.server('b', { networks: [network] })];
    const aliases = (id: number, alias_ips: readonly string[]) =>
      client.post(`/servers/${id}/actions/change_alias_ips`, { network, alias_ips });
    expect(aliases(a, ['10.0.1.100', '10.0.1.101']).status).toBe(201);
    expect(client.get(`/servers/${a}`).json.server.private_net[0].alias_ips).toEqual(['10.0.1.100', '10.0.1.101']);
    expect(fault(aliases(b, ['10.0.1.100']))).toBe('422 ip_not_available');
    expect(fault(aliases(b, ['10.1.0.1']))).toBe('422 invalid_input');
    expect(
      fault(
        aliases(
          b,
          ['1', '2', '3', '4', '5', '6'].map((end) => `10.0.1.2${end}`),
        ),
      ),
    ).toBe('422 invalid_input');
    expect(aliases(a, []).status).toBe(201);
    expect(aliases(b, ['10.0.1.100']).status).toBe(201);
    expect(fault(client.post('/servers/1/actions/change_alias_ips', { network, alias_ips: [] }))).toBe('404 not_found');
  });
});

test.each(['-a', 'a-', 'a b', 'ä', 'a'.repeat(65)])('a volume is not called %j', (name) => {
  const client = new Client();
  expect(fault(client.post('/volumes', { name, size: 10, location: 'hel1' }))).toBe('422 invalid_input');
  const id = client.volume('v');
  expect(fault(client.put(`/volumes/${id}`, { name }))).toBe('422 invalid_input');
});

test('secondary zones take no records of ours', () => {
  const client = new Client();
  const primary_nameservers = [{ address: '192.0.2.1' }];
  client.post('/zones', { name: 'lukko.example', mode: 'secondary', primary_nameservers });
  const set = { name: 'www', type: 'A', records: [{ value: '192.0.2.1' }] };
  expect(fault(client.post('/zones/lukko.example/rrsets', set))).toBe('422 incorrect_zone_mode');
  client.post('/zones', { name: 'other.example', mode: 'primary' });
  const change = { primary_nameservers: [{ address: '192.0.2.2' }] };
  expect(fault(client.post('/zones/other.example/actions/change_primary_nameservers', change))).toBe(
    '422 incorrect_zone_mode',
  );
  expect(client.post('/zones/lukko.example/actions/change_primary_nameservers', change).status).toBe(201);
});
