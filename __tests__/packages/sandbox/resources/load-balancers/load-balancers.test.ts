import { Client, fault } from '../../client.ts';

function balancer(client: Client, extra: object = {}): number {
  const body = { name: 'l', load_balancer_type: 'lb11', location: 'hel1', ...extra };
  return client.post('/load_balancers', body).json.load_balancer.id;
}

const shown = (client: Client, id: number) => client.get(`/load_balancers/${id}`).json.load_balancer;
const act = (client: Client, id: number, verb: string, body: object = {}) =>
  client.post(`/load_balancers/${id}/actions/${verb}`, body);

test('made in a location or somewhere in a network zone, with what its body names', () => {
  const client = new Client({ speed: 1 });
  const made = client.post('/load_balancers', {
    name: 'l',
    load_balancer_type: 1,
    network_zone: 'eu-central',
    algorithm: { type: 'least_connections' },
    services: [{ protocol: 'http' }],
  });
  expect(made.json.action).toMatchObject({ command: 'create_load_balancer', status: 'running' });
  expect(made.json.load_balancer).toMatchObject({
    location: { network_zone: 'eu-central' },
    load_balancer_type: { name: 'lb11' },
    algorithm: { type: 'least_connections' },
    public_net: { enabled: true },
    services: [{ listen_port: 80, destination_port: 80 }],
    included_traffic: 20 * 2 ** 40,
  });
  const { id } = made.json.load_balancer;
  expect(fault(act(client, id, 'change_type', { load_balancer_type: 'lb21' }))).toBe('423 locked');
  client.pass(3000);
  expect(act(client, id, 'change_type', { load_balancer_type: 'lb21' }).status).toBe(201);
  client.pass(3000);
  expect(shown(client, id).load_balancer_type.name).toBe('lb21');
  expect(client.strange).toEqual([]);
});

test.each([
  ['two places', { network_zone: 'eu-central' }],
  ['no place', { location: undefined }],
  ['a type that is none', { load_balancer_type: 'lb99' }],
  ['a network zone that is none', { location: undefined, network_zone: 'moon' }],
  ['a service without ports', { services: [{ protocol: 'tcp' }] }],
  ['https without certificate', { services: [{ protocol: 'https' }] }],
])('with %s it is refused', (_, extra) => {
  const client = new Client();
  const body = { name: 'l', load_balancer_type: 'lb11', location: 'hel1', ...extra };
  expect(fault(client.post('/load_balancers', body))).toBe('422 invalid_input');
  expect(client.log).toEqual([]);
});

describe('services', () => {
  test('what a body leaves out is filled in, what an update leaves out stays', () => {
    const client = new Client();
    const id = balancer(client);
    act(client, id, 'add_service', { protocol: 'http', http: { cookie_name: 'A' } });
    const [first] = shown(client, id).services;
    expect(first).toEqual({
      protocol: 'http',
      listen_port: 80,
      destination_port: 80,
      proxyprotocol: false,
      http: {
        cookie_name: 'A',
        cookie_lifetime: 300,
        certificates: [],
        redirect_http: false,
        sticky_sessions: false,
        timeout_idle: 60,
      },
      health_check: {
        protocol: 'http',
        port: 80,
        interval: 15,
        timeout: 10,
        retries: 3,
        http: { domain: '', path: '/', response: '', status_codes: ['2??', '3??'], tls: false },
      },
    });
    act(client, id, 'update_service', {
      listen_port: 80,
      destination_port: 8080,
      http: { sticky_sessions: true },
      health_check: { http: { path: '/health' } },
    });
    expect(shown(client, id).services).toEqual([
      {
        ...first,
        destination_port: 8080,
        http: { ...first.http, sticky_sessions: true },
        health_check: { ...first.health_check, http: { ...first.health_check.http, path: '/health' } },
      },
    ]);
    act(client, id, 'update_service', { listen_port: 80, protocol: 'tcp', health_check: { protocol: 'tcp' } });
    expect(shown(client, id).services[0]).not.toHaveProperty('http');
    expect(shown(client, id).services[0].health_check).not.toHaveProperty('http');
    expect(act(client, id, 'delete_service', { listen_port: 80 }).status).toBe(201);
    expect(shown(client, id).services).toEqual([]);
    expect(client.strange).toEqual([]);
  });

  test('one to a port, as many as the type has, none that is not there', () => {
    const client = new Client();
    const id = balancer(client);
    const add = (listen_port: number) =>
      act(client, id, 'add_service', { protocol: 'tcp', listen_port, destination_port: 1 });
    expect(add(1).status).toBe(201);
    expect(fault(add(1))).toBe('422 source_port_already_used');
    for (const port of [2, 3, 4, 5]) add(port);
    expect(fault(add(6))).toBe('403 resource_limit_exceeded');
    expect(fault(act(client, id, 'update_service', { listen_port: 7 }))).toBe('404 not_found');
    expect(fault(act(client, id, 'delete_service', { listen_port: 7 }))).toBe('404 not_found');
    expect(fault(act(client, id, 'change_type', { load_balancer_type: 'lb11' }))).not.toMatch(/^422/);
    act(client, id, 'change_type', { load_balancer_type: 'lb21' });
    expect(add(6).status).toBe(201);
    expect(fault(act(client, id, 'change_type', { load_balancer_type: 'lb11' }))).toBe(
      '422 invalid_load_balancer_type',
    );
  });

  test.each([
    ['a port beyond the last', { destination_port: 65_536 }],
    ['an interval too short', { health_check: { protocol: 'http', interval: 1 } }],
    ['a timeout longer than the interval', { health_check: { protocol: 'http', interval: 5, timeout: 6 } }],
    ['certificates without https', { http: { certificates: [1] } }],
    ['redirect without https', { http: { redirect_http: true } }],
    ['an idle timeout too long', { http: { timeout_idle: 301 } }],
  ])('%s is refused', (_, extra) => {
    const client = new Client();
    const id = balancer(client);
    expect(fault(act(client, id, 'add_service', { protocol: 'http', ...extra }))).toMatch(/^4(22|04) /);
    expect(shown(client, id).services).toEqual([]);
  });
});

describe('targets', () => {
  const target = (id: number, use_private_ip?: boolean) => ({ type: 'server', server: { id }, use_private_ip });
  const selecting = (selector: string) => ({ type: 'label_selector', label_selector: { selector } });

  test('servers by hand and by label, once each, healthy while they run', () => {
    const client = new Client();
    const id = balancer(client, { services: [{ protocol: 'http' }] });
    const [a, b] = [client.server('a'), client.server('b', { labels: { role: 'web' } })];
    expect(act(client, id, 'add_target', target(a)).status).toBe(201);
    expect(fault(act(client, id, 'add_target', target(a)))).toBe('422 target_already_defined');
    expect(act(client, id, 'add_target', selecting('role=web')).status).toBe(201);
    client.post(`/servers/${a}/actions/poweroff`);
    expect(shown(client, id).targets).toEqual([
      {
        type: 'server',
        server: { id: a },
        use_private_ip: false,
        health_status: [{ listen_port: 80, status: 'unhealthy', detail: 'layer4_no_connection' }],
      },
      {
        type: 'label_selector',
        label_selector: { selector: 'role=web' },
        use_private_ip: false,
        targets: [
          {
            type: 'server',
            server: { id: b },
            use_private_ip: false,
            health_status: [{ listen_port: 80, status: 'healthy' }],
          },
        ],
      },
    ]);
    for (const server of [a, b]) expect(client.get(`/servers/${server}`).json.server.load_balancers).toEqual([id]);
    expect(act(client, id, 'remove_target', selecting('role=web')).status).toBe(201);
    expect(fault(act(client, id, 'remove_target', selecting('role=web')))).toBe('404 load_balancer_target_not_found');
    client.delete(`/servers/${a}`);
    expect(shown(client, id).targets).toEqual([]);
    expect(client.strange).toEqual([]);
  });

  test('private targets need the network on both sides, public ones an address and the public interface', () => {
    const client = new Client();
    const id = balancer(client);
    const network = client.network('n');
    const server = client.server('a');
    const hidden = client.server('b', { networks: [network], public_net: { enable_ipv4: false, enable_ipv6: false } });
    expect(fault(act(client, id, 'add_target', target(hidden)))).toBe('422 missing_ipv4');
    expect(fault(act(client, id, 'add_target', target(hidden, true)))).toBe(
      '422 load_balancer_not_attached_to_network',
    );
    expect(act(client, id, 'attach_to_network', { network }).status).toBe(201);
    expect(fault(act(client, id, 'attach_to_network', { network }))).toBe('422 load_balancer_already_attached');
    expect(fault(act(client, id, 'add_target', target(server, true)))).toBe('422 server_not_attached_to_network');
    expect(act(client, id, 'add_target', target(hidden, true)).status).toBe(201);
    expect(act(client, id, 'add_target', target(server)).status).toBe(201);
    expect(fault(act(client, id, 'disable_public_interface'))).toBe('422 targets_without_use_private_ip');
    act(client, id, 'remove_target', target(server));
    expect(act(client, id, 'disable_public_interface').status).toBe(201);
    expect(shown(client, id).public_net.enabled).toBe(false);
    expect(fault(act(client, id, 'add_target', target(server)))).toBe('422 load_balancer_public_interface_disabled');
    expect(fault(act(client, id, 'detach_from_network', { network }))).toBe('409 conflict');
    act(client, id, 'enable_public_interface');
    expect(act(client, id, 'detach_from_network', { network }).status).toBe(201);
    expect(shown(client, id)).toMatchObject({ private_net: [], targets: [] });
    expect(client.strange).toEqual([]);
  });

  test('addresses are those of dedicated servers, of which there are none', () => {
    const client = new Client();
    const id = balancer(client);
    client.server('a');
    const [{ ip }] = client.get('/primary_ips').json.primary_ips;
    const add = (address: string) => act(client, id, 'add_target', { type: 'ip', ip: { ip: address } });
    expect(fault(add(ip))).toBe('422 cloud_resource_ip_not_allowed');
    expect(fault(add('192.0.2.1'))).toBe('422 ip_not_owned');
  });

  test('an address that is a public target stays with its server', () => {
    const client = new Client();
    const id = balancer(client);
    const server = client.server('a');
    act(client, id, 'add_target', target(server));
    client.post(`/servers/${server}/actions/poweroff`);
    const ip = client.get('/primary_ips').json.primary_ips.find(({ type }: { type: string }) => type === 'ipv4').id;
    expect(fault(client.post(`/primary_ips/${ip}/actions/unassign`))).toBe('422 server_is_load_balancer_target');
    act(client, id, 'remove_target', target(server));
    expect(client.post(`/primary_ips/${ip}/actions/unassign`).status).toBe(201);
  });
});

test('addresses in a network are shared with servers, and a network that is deleted lets go', () => {
  const client = new Client();
  const network = client.network('n');
  const id = balancer(client, { network });
  const { ip } = shown(client, id).private_net[0];
  const server = client.server('a');
  expect(fault(client.post(`/servers/${server}/actions/attach_to_network`, { network, ip }))).toBe(
    '422 ip_not_available',
  );
  expect(client.get(`/networks/${network}`).json.network.load_balancers).toEqual([id]);
  expect(fault(client.post(`/networks/${network}/actions/delete_subnet`, { ip_range: '10.0.1.0/24' }))).toBe(
    '503 service_error',
  );
  expect(client.delete(`/networks/${network}`).status).toBe(204);
  expect(shown(client, id).private_net).toEqual([]);
});

test('protection, algorithm and names of its addresses', () => {
  const client = new Client();
  const id = balancer(client);
  act(client, id, 'change_protection', { delete: true });
  expect(fault(client.delete(`/load_balancers/${id}`))).toBe('423 protected');
  act(client, id, 'change_protection', { delete: false });
  act(client, id, 'change_algorithm', { type: 'least_connections' });
  const { ipv4, ipv6 } = shown(client, id).public_net;
  act(client, id, 'change_dns_ptr', { ip: ipv4.ip, dns_ptr: 'l.example.com' });
  act(client, id, 'change_dns_ptr', { ip: ipv6.ip, dns_ptr: 'l6.example.com' });
  expect(shown(client, id)).toMatchObject({
    algorithm: { type: 'least_connections' },
    public_net: { ipv4: { dns_ptr: 'l.example.com' }, ipv6: { dns_ptr: 'l6.example.com' } },
  });
  act(client, id, 'change_dns_ptr', { ip: ipv4.ip, dns_ptr: null });
  expect(shown(client, id).public_net.ipv4.dns_ptr).toBe(ipv4.dns_ptr);
  expect(fault(act(client, id, 'change_dns_ptr', { ip: '192.0.2.1', dns_ptr: 'x.example.com' }))).toBe(
    '422 invalid_input',
  );
  expect(client.delete(`/load_balancers/${id}`).status).toBe(201);
  expect(client.strange).toEqual([]);
});
