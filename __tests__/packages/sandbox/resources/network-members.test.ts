import { Client, fault } from '../client.ts';

interface Member {
  readonly id: number;
  readonly ip: string;
  readonly status: string;
}

test('servers and load balancers of a network, with their addresses, by type, subnet and status', () => {
  const client = new Client();
  const network = client.network('n');
  const range = { type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.2.0/24' };
  client.post(`/networks/${network}/actions/add_subnet`, range);
  const [a, b] = [client.server('a'), client.server('b'), client.server('c')];
  const attach = (server: number | undefined, ip: string, alias_ips: readonly string[] = []) =>
    client.post(`/servers/${server}/actions/attach_to_network`, { network, ip, alias_ips });
  attach(a, '10.0.2.20', ['10.0.2.21']);
  attach(b, '10.0.1.3');
  const balancer = client.post('/load_balancers', {
    ...{ name: 'l', load_balancer_type: 'lb11', location: 'hel1', network },
  }).json.load_balancer;
  const { json } = client.get(`/networks/${network}/members`);
  const [{ ip }] = balancer.private_net;
  expect(json.members).toEqual([
    { type: 'server', id: a, ip: '10.0.2.20', alias_ips: ['10.0.2.21'], subnet: '10.0.2.0/24', status: 'ok' },
    { type: 'server', id: b, ip: '10.0.1.3', alias_ips: [], subnet: '10.0.1.0/24', status: 'ok' },
    { type: 'load_balancer', id: balancer.id, ip, alias_ips: [], subnet: '10.0.2.0/24', status: 'ok' },
  ]);
  expect(json.meta.pagination.total_entries).toBe(3);
  const ids = (query: string) =>
    client.get(`/networks/${network}/members?${query}`).json.members.map(({ id }: Member) => id);
  expect(ids('type=load_balancer')).toEqual([balancer.id]);
  expect(ids('subnet=10.0.1.0%2F24')).toEqual([b]);
  expect(ids('sort=ip&type=server')).toEqual([b, a]);
  expect(ids('status=attaching')).toEqual([]);
  expect(ids('per_page=1&page=2')).toEqual([b]);
  expect(fault(client.get(`/networks/${network}/members?status=gone`))).toBe('422 invalid_input');
  expect(fault(client.get('/networks/1/members'))).toBe('404 not_found');
  expect(client.strange).toEqual([]);
});

test('a member that comes, changes or goes says so while the action runs', () => {
  const client = new Client({ speed: 1 });
  const network = client.network('n');
  client.pass(1000);
  const server = client.server('a');
  client.pass(60_000);
  const statuses = () => client.get(`/networks/${network}/members`).json.members.map(({ status }: Member) => status);
  client.post(`/servers/${server}/actions/attach_to_network`, { network });
  expect(statuses()).toEqual(['attaching']);
  client.pass(5000);
  expect(statuses()).toEqual(['ok']);
  client.post(`/servers/${server}/actions/detach_from_network`, { network });
  expect(statuses()).toEqual(['detaching']);
  client.pass(5000);
  expect(statuses()).toEqual([]);
});

test('a network that goes while a server leaves another is not brought back', () => {
  const client = new Client({ speed: 1 });
  const networks = [client.network('n')];
  const body = { name: 'm', ip_range: '10.1.0.0/16' };
  const subnets = [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.1.0.0/24' }];
  networks.push(client.post('/networks', { ...body, subnets }).json.network.id);
  client.pass(1000);
  const server = client.server('a', { networks });
  client.pass(60_000);
  client.post(`/servers/${server}/actions/detach_from_network`, { network: networks[0] });
  expect(client.delete(`/networks/${networks[1]}`).status).toBe(204);
  client.pass(60_000);
  expect(client.get(`/servers/${server}`).json.server.private_net).toEqual([]);
});

test('subnets of a network lie in one network zone, and a vSwitch is coupled in one only', () => {
  const client = new Client();
  const network = client.network('n');
  const add = (fields: object) =>
    fault(
      client.post(`/networks/${network}/actions/add_subnet`, { type: 'cloud', network_zone: 'us-east', ...fields }),
    );
  expect(add({})).toBe('422 invalid_input');
  client.post(`/networks/${network}/actions/delete_subnet`, { ip_range: '10.0.1.0/24' });
  expect(add({ type: 'vswitch', vswitch_id: 7 })).toBe('422 invalid_input');
  expect(add({})).toBe('201 undefined');
});
