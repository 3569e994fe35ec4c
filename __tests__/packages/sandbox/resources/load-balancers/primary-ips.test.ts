import { Client, fault } from '../../client.ts';

const address = (client: Client, type: string, extra: object = {}) =>
  client.post('/primary_ips', { name: `${type}${client.log.length}`, type, location: 'hel1', ...extra }).json
    .primary_ip;

const make = (client: Client, public_net?: object) =>
  client.post('/load_balancers', { name: 'l', load_balancer_type: 'lb11', location: 'hel1', public_net });

test('a load balancer is made with primary IPs that are there, and frees them when it goes', () => {
  const client = new Client();
  const [four, six] = [address(client, 'ipv4'), address(client, 'ipv6', { auto_delete: true })];
  const { id, public_net: shown } = make(client, { ipv4: four.id, ipv6: six.id }).json.load_balancer;
  expect(shown).toMatchObject({
    ipv4: { id: four.id, ip: four.ip, blocked: false },
    ipv6: { id: six.id, ip: six.ip.replace('/64', '1') },
  });
  const now = client.get(`/primary_ips/${four.id}`).json.primary_ip;
  expect(now).toMatchObject({ assignee_id: id, assignee_type: 'load_balancer' });
  expect(fault(client.delete(`/primary_ips/${four.id}`))).toBe('422 must_be_unassigned');
  expect(fault(client.post(`/primary_ips/${four.id}/actions/unassign`))).toBe('422 invalid_input');
  const server = client.server('a', { start_after_create: false, public_net: { enable_ipv4: false } });
  const assign = { assignee_id: server, assignee_type: 'server' };
  expect(fault(client.post(`/primary_ips/${four.id}/actions/assign`, assign))).toBe('422 primary_ip_already_assigned');
  expect(client.delete(`/load_balancers/${id}`).json.action).toMatchObject({ command: 'delete_load_balancer' });
  const free = { assignee_id: null, assignee_type: 'unassigned' };
  expect(client.get(`/primary_ips/${four.id}`).json.primary_ip).toMatchObject(free);
  expect(fault(client.get(`/primary_ips/${six.id}`))).toBe('404 not_found');
  expect(client.post(`/primary_ips/${four.id}/actions/assign`, assign).status).toBe(201);
  expect(client.strange).toEqual([]);
});

test('its name is that of the primary IP, whoever sets it', () => {
  const client = new Client();
  const { id: primaryIp, ip } = address(client, 'ipv4');
  const { id } = make(client, { ipv4: primaryIp }).json.load_balancer;
  const body = { ip, dns_ptr: 'lb.lukko.example' };
  client.post(`/load_balancers/${id}/actions/change_dns_ptr`, body);
  expect(client.get(`/primary_ips/${primaryIp}`).json.primary_ip.dns_ptr).toEqual([body]);
  client.post(`/primary_ips/${primaryIp}/actions/change_dns_ptr`, { ip, dns_ptr: 'other.lukko.example' });
  expect(client.get(`/load_balancers/${id}`).json.load_balancer.public_net.ipv4.dns_ptr).toBe('other.lukko.example');
  expect(client.strange).toEqual([]);
});

test('without them it has addresses of its own, which are no primary IPs', () => {
  const client = new Client();
  const { public_net: shown } = make(client).json.load_balancer;
  expect(shown).toMatchObject({ ipv4: { id: null, blocked: false }, ipv6: { id: null } });
  expect(client.get('/primary_ips').json.primary_ips).toEqual([]);
});

test('primary IPs that do not fit are refused, and nothing is changed', () => {
  const client = new Client();
  const [four, six] = [address(client, 'ipv4'), address(client, 'ipv6')];
  const elsewhere = address(client, 'ipv4', { location: 'nbg1' });
  const before = client.log.length;
  expect(fault(make(client, { ipv4: six.id }))).toBe('422 primary_ip_version_mismatch');
  expect(fault(make(client, { ipv4: elsewhere.id }))).toBe('422 primary_ip_datacenter_mismatch');
  expect(fault(make(client, { ipv4: 1 }))).toBe('404 not_found');
  expect(fault(make(client, { ipv4: four.id, ipv6: four.id }))).toBe('422 primary_ip_version_mismatch');
  expect(client.log).toHaveLength(before);
  make(client, { ipv4: four.id });
  const again = { name: 'm', load_balancer_type: 'lb11', location: 'hel1', public_net: { ipv4: four.id } };
  expect(fault(client.post('/load_balancers', again))).toBe('422 primary_ip_assigned');
});
