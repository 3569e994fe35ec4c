import { Client, fault } from '../client.ts';

test('volumes: attached in their location, to one server, and not removed while attached or protected', () => {
  const client = new Client();
  const [a, b] = [client.server('a'), client.server('b')];
  const volume = client.volume('v');
  const elsewhere = client.volume('w', { location: 'fsn1' });
  expect(fault(client.post(`/volumes/${elsewhere}/actions/attach`, { server: a }))).toBe('422 invalid_input');
  client.post(`/volumes/${volume}/actions/attach`, { server: a });
  expect(client.get(`/servers/${a}`).json.server.volumes).toEqual([volume]);
  expect(fault(client.post(`/volumes/${volume}/actions/attach`, { server: b }))).toBe('409 volume_already_attached');
  expect(fault(client.delete(`/volumes/${volume}`))).toBe('503 service_error');
  client.post(`/volumes/${volume}/actions/detach`);
  client.post(`/volumes/${volume}/actions/change_protection`, { delete: true });
  expect(fault(client.delete(`/volumes/${volume}`))).toBe('423 protected');
  client.post(`/volumes/${volume}/actions/change_protection`, { delete: false });
  expect(client.delete(`/volumes/${volume}`).status).toBe(204);
  expect(client.strange).toEqual([]);
});

test('a volume only grows', () => {
  const client = new Client();
  const volume = client.volume('v');
  expect(fault(client.post(`/volumes/${volume}/actions/resize`, { size: 10 }))).toBe('422 invalid_input');
  expect(client.post(`/volumes/${volume}/actions/resize`, { size: 11 }).status).toBe(201);
  expect(client.get(`/volumes/${volume}`).json.volume.size).toBe(11);
});

test('a server that is removed leaves its volumes, and primary IPs that are not deleted with it', () => {
  const client = new Client();
  const ip = client.post('/primary_ips', { name: 'p', type: 'ipv4', location: 'hel1' }).json.primary_ip;
  expect(ip.assignee_type).toBe('unassigned');
  const server = client.server('a', { public_net: { enable_ipv4: true, ipv4: ip.id, enable_ipv6: false } });
  const volume = client.volume('v');
  client.post(`/volumes/${volume}/actions/attach`, { server });
  expect(client.get(`/primary_ips/${ip.id}`).json.primary_ip).toMatchObject({
    assignee_id: server,
    assignee_type: 'server',
  });
  expect(fault(client.delete(`/primary_ips/${ip.id}`))).toBe('422 must_be_unassigned');
  client.delete(`/servers/${server}`);
  expect(client.get(`/volumes/${volume}`).json.volume.server).toBeNull();
  expect(client.get(`/primary_ips/${ip.id}`).json.primary_ip.assignee_id).toBeNull();
  expect(client.delete(`/primary_ips/${ip.id}`).status).toBe(204);
});

test('reverse names are set, shown at the server, and reset', () => {
  const client = new Client();
  const ip = client.post('/primary_ips', { name: 'p', type: 'ipv4', location: 'hel1' }).json.primary_ip;
  const change = (dns_ptr: string | null, address = ip.ip) =>
    client.post(`/primary_ips/${ip.id}/actions/change_dns_ptr`, { ip: address, dns_ptr });
  const shown = () => client.get(`/primary_ips/${ip.id}`).json.primary_ip.dns_ptr[0].dns_ptr;
  const before = shown();
  expect(change('host.example.com').status).toBe(201);
  expect(shown()).toBe('host.example.com');
  change(null);
  expect(shown()).toBe(before);
  expect(fault(change('host.example.com', '192.0.2.1'))).toBe('422 invalid_input');
});

test('firewalls: by hand and by label, not before a private server, and not removed while applied', () => {
  const client = new Client();
  const rule = { direction: 'in', protocol: 'tcp', port: '443', source_ips: ['0.0.0.0/0'] };
  const firewall = client.post('/firewalls', {
    name: 'f',
    rules: [rule],
    apply_to: [{ type: 'label_selector', label_selector: { selector: 'role=web' } }],
  }).json.firewall.id;
  const web = client.server('web', { labels: { role: 'web' } });
  const other = client.server('other');
  const of = (id: number) => client.get(`/servers/${id}`).json.server.public_net.firewalls;
  expect(of(web)).toEqual([{ id: firewall, status: 'applied' }]);
  expect(of(other)).toEqual([]);
  client.call('PUT', `/servers/${web}`, { labels: {} });
  expect(of(web)).toEqual([]);
  const target = [{ type: 'server', server: { id: other } }];
  expect(client.post(`/firewalls/${firewall}/actions/apply_to_resources`, { apply_to: target }).status).toBe(201);
  expect(fault(client.post(`/firewalls/${firewall}/actions/apply_to_resources`, { apply_to: target }))).toBe(
    '422 firewall_already_applied',
  );
  const network = client.network('n');
  const hidden = client.server('hidden', {
    networks: [network],
    public_net: { enable_ipv4: false, enable_ipv6: false },
  });
  expect(
    fault(
      client.post(`/firewalls/${firewall}/actions/apply_to_resources`, {
        apply_to: [{ type: 'server', server: { id: hidden } }],
      }),
    ),
  ).toBe('422 private_net_only_server');
  expect(fault(client.delete(`/firewalls/${firewall}`))).toBe('422 resource_in_use');
  expect(fault(client.post(`/firewalls/${firewall}/actions/set_rules`, { rules: [{ ...rule, port: '70000' }] }))).toBe(
    '422 invalid_input',
  );
  expect(client.strange).toEqual([]);
});

test('networks: subnets inside and apart, routes once, growth only, conflict while an action runs', () => {
  const client = new Client({ speed: 1 });
  const id = client.network('n');
  const subnet = (ip_range: string) =>
    client.post(`/networks/${id}/actions/add_subnet`, { type: 'cloud', network_zone: 'eu-central', ip_range });
  expect(fault(subnet('10.0.1.128/25'))).toBe('422 networks_overlap');
  expect(fault(subnet('10.1.0.0/24'))).toBe('422 invalid_input');
  expect(subnet('10.0.2.0/24').status).toBe(201);
  expect(fault(subnet('10.0.3.0/24'))).toBe('409 conflict');
  client.pass(1000);
  const route = { destination: '10.9.0.0/16', gateway: '10.0.1.5' };
  expect(client.post(`/networks/${id}/actions/add_route`, route).status).toBe(201);
  client.pass(1000);
  expect(fault(client.post(`/networks/${id}/actions/add_route`, route))).toBe('409 uniqueness_error');
  expect(fault(client.post(`/networks/${id}/actions/change_ip_range`, { ip_range: '10.0.0.0/17' }))).toBe(
    '422 invalid_input',
  );
});

test('SSH keys: no two alike, and none that is none', () => {
  const client = new Client();
  const public_key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFwOQbTDUqBBrSaLKAn4FLy0D2cEtNCJMJj0SbRPTxXA a';
  const made = client.post('/ssh_keys', { name: 'a', public_key });
  expect(made.json.ssh_key.fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  expect(fault(client.post('/ssh_keys', { name: 'b', public_key }))).toBe('409 uniqueness_error');
  expect(fault(client.post('/ssh_keys', { name: 'c', public_key: 'ssh-ed25519 AAAA' }))).toBe('422 invalid_input');
  expect(client.strange).toEqual([]);
});

test('zones by id and by name, record sets with their records, gone with the last', () => {
  const client = new Client();
  const { id } = client.post('/zones', { name: 'lukko.example', mode: 'primary' }).json.zone;
  expect(client.get('/zones/lukko.example').json).toEqual(client.get(`/zones/${id}`).json);
  const set = { name: 'www', type: 'A', ttl: 300, records: [{ value: '192.0.2.1' }] };
  expect(client.post('/zones/lukko.example/rrsets', set).status).toBe(201);
  expect(fault(client.post(`/zones/${id}/rrsets`, set))).toBe('409 uniqueness_error');
  expect(fault(client.post(`/zones/${id}/rrsets`, { ...set, name: 'x', records: [{ value: 'text' }] }))).toBe(
    '422 invalid_input',
  );
  expect(fault(client.post(`/zones/${id}/rrsets`, { ...set, type: 'CNAME', records: [{ value: 'a.example.' }] }))).toBe(
    '422 invalid_input',
  );
  client.post(`/zones/${id}/rrsets/www/A/actions/add_records`, { records: [{ value: '192.0.2.2' }] });
  expect(client.get(`/zones/${id}/rrsets/www/A`).json.rrset.records).toHaveLength(2);
  client.post(`/zones/${id}/rrsets/www/A/actions/remove_records`, {
    records: [{ value: '192.0.2.1' }, { value: '192.0.2.2' }],
  });
  expect(fault(client.get(`/zones/${id}/rrsets/www/A`))).toBe('404 not_found');
  expect(client.delete('/zones/lukko.example').status).toBe(201);
  expect(client.get('/zones').json.zones).toEqual([]);
  expect(client.strange).toEqual([]);
});
