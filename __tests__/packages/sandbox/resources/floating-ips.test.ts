import { Client, fault } from '../client.ts';

const make = (client: Client, body: object = {}) =>
  client.post('/floating_ips', { type: 'ipv4', home_location: 'hel1', name: 'f', ...body }).json?.floating_ip;

test('a floating IP is assigned, taken over by another server, and deleted only when nobody has it', () => {
  const client = new Client();
  const [a, b] = [client.server('a'), client.server('b')];
  const { id } = make(client);
  const assign = (server: number) => client.post(`/floating_ips/${id}/actions/assign`, { server });
  expect(assign(a).status).toBe(201);
  expect(fault(assign(a))).toBe('422 floating_ip_assigned');
  expect(assign(b).status).toBe(201);
  expect(client.get(`/servers/${a}`).json.server.public_net.floating_ips).toEqual([]);
  expect(client.get(`/servers/${b}`).json.server.public_net.floating_ips).toEqual([id]);
  expect(fault(client.delete(`/floating_ips/${id}`))).toBe('422 must_be_unassigned');
  expect(client.post(`/floating_ips/${id}/actions/unassign`).status).toBe(201);
  expect(fault(client.post(`/floating_ips/${id}/actions/unassign`))).toBe('409 conflict');
  client.post(`/floating_ips/${id}/actions/change_protection`, { delete: true });
  expect(fault(client.delete(`/floating_ips/${id}`))).toBe('423 protected');
  client.post(`/floating_ips/${id}/actions/change_protection`, { delete: false });
  expect(client.delete(`/floating_ips/${id}`).status).toBe(204);
  expect(client.strange).toEqual([]);
});

test('one that is made for a server is assigned by an action, and free again when the server is gone', () => {
  const client = new Client({ speed: 1 });
  const server = client.server('a');
  client.pass(60_000);
  const made = client.post('/floating_ips', { type: 'ipv6', server }).json;
  expect(made.action).toMatchObject({ command: 'assign_floating_ip', status: 'running' });
  expect(made.floating_ip).toMatchObject({ server, home_location: { name: 'hel1' } });
  expect(made.floating_ip.ip).toMatch(/::\/64$/);
  expect(fault(client.post(`/floating_ips/${made.floating_ip.id}/actions/unassign`))).toBe('423 locked');
  client.pass(1000);
  client.delete(`/servers/${server}`);
  client.pass(60_000);
  expect(client.get(`/floating_ips/${made.floating_ip.id}`).json.floating_ip.server).toBeNull();
});

test('its names are set by address and reset, its description is changed or cleared', () => {
  const client = new Client();
  const { id, ip, dns_ptr: before } = make(client);
  const rename = (dns_ptr: string | null, address = ip) =>
    client.post(`/floating_ips/${id}/actions/change_dns_ptr`, { ip: address, dns_ptr });
  rename('mail.example.com');
  expect(client.get(`/floating_ips/${id}`).json.floating_ip.dns_ptr).toEqual([{ ip, dns_ptr: 'mail.example.com' }]);
  rename(null);
  expect(client.get(`/floating_ips/${id}`).json.floating_ip.dns_ptr).toEqual(before);
  expect(fault(rename('x.example.com', '192.0.2.1'))).toBe('422 invalid_input');
  expect(client.put(`/floating_ips/${id}`, { description: 'mail' }).json.floating_ip.description).toBe('mail');
  expect(client.put(`/floating_ips/${id}`, { name: 'g' }).json.floating_ip).toMatchObject({
    name: 'g',
    description: 'mail',
  });
});

test.each([
  ['nowhere', { home_location: undefined }],
  ['in a location that is none', { home_location: 'moon' }],
])('one %s is refused', (_, body) => {
  const client = new Client();
  expect(fault(client.post('/floating_ips', { type: 'ipv4', ...body }))).toBe('422 invalid_input');
  expect(client.log).toEqual([]);
});

test('names are unique, actions are listed by address', () => {
  const client = new Client();
  const { id } = make(client);
  expect(fault(client.post('/floating_ips', { type: 'ipv4', home_location: 'hel1', name: 'f' }))).toBe(
    '409 uniqueness_error',
  );
  client.post(`/floating_ips/${id}/actions/change_protection`, { delete: false });
  const { actions } = client.get(`/floating_ips/${id}/actions`).json;
  expect(actions).toMatchObject([{ command: 'change_protection', resources: [{ id, type: 'floating_ip' }] }]);
  expect(client.get(`/floating_ips/actions/${actions[0].id}`).json.action).toEqual(actions[0]);
  expect(client.get(`/floating_ips/${id}/actions/${actions[0].id}`).json.action).toEqual(actions[0]);
  expect(client.strange).toEqual([]);
});

test('an address goes to servers of its network zone, and to none that is being deleted', () => {
  const client = new Client({ speed: 1 });
  const far = client.server('far', { server_type: 'cpx11', location: 'ash' });
  const near = client.server('near', { location: 'nbg1' });
  client.pass(60_000);
  const { id } = make(client);
  const assign = (server: number) => client.post(`/floating_ips/${id}/actions/assign`, { server });
  expect(fault(assign(far))).toBe('422 invalid_input');
  expect(fault(client.post('/floating_ips', { type: 'ipv4', home_location: 'hel1', server: far }))).toBe(
    '422 invalid_input',
  );
  client.delete(`/servers/${near}`);
  expect(fault(assign(near))).toBe('423 locked');
  expect(client.get(`/floating_ips/${id}`).json.floating_ip.server).toBeNull();
});

test('a pointer is a domain name', () => {
  const client = new Client();
  const { id, ip } = make(client);
  const rename = (dns_ptr: string) => client.post(`/floating_ips/${id}/actions/change_dns_ptr`, { ip, dns_ptr });
  for (const name of ['', 'two words', 'a..b', '.', 'a'.repeat(64), `${'a.'.repeat(127)}a`, '<b>'])
    expect([name, fault(rename(name))]).toEqual([name, '422 invalid_input']);
  for (const name of ['mail', 'mail.example.com', 'a_b.example.com.']) expect(rename(name).status).toBe(201);
});
