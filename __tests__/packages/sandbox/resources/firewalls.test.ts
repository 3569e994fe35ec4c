import { Client, fault } from '../client.ts';

const rule = (fields: object) => ({
  direction: 'in',
  protocol: 'tcp',
  port: '22',
  source_ips: ['10.0.0.0/8'],
  ...fields,
});

test('ranges of rules are given back in canonical form', () => {
  const client = new Client();
  const made = client.post('/firewalls', {
    name: 'f',
    rules: [rule({ source_ips: ['0.0.0.0/0', '2001:0DB8:9a3b:ee58:0:0:8bc9:c03b/128'] })],
  });
  expect(made.json.firewall.rules[0].source_ips).toEqual(['0.0.0.0/0', '2001:db8:9a3b:ee58::8bc9:c03b/128']);
  expect(client.strange).toEqual([]);
});

test.each([
  ['no address', rule({ source_ips: ['somewhere'] })],
  ['an address without its length', rule({ source_ips: ['10.0.0.1'] })],
  ['host bits', rule({ source_ips: ['10.0.0.1/8'] })],
  ['host bits, IPv6', rule({ source_ips: ['2001:db8::1/64'] })],
  ['a length that is none', rule({ source_ips: ['10.0.0.0/33'] })],
  ['101 ranges', rule({ source_ips: Array.from({ length: 101 }, (_, index) => `10.0.${index}.0/24`) })],
  ['no sources', rule({ source_ips: [] })],
  ['destinations for what comes in', rule({ destination_ips: ['10.0.0.0/8'] })],
  ['sources for what goes out', rule({ direction: 'out', destination_ips: ['10.0.0.0/8'] })],
])('a rule with %s is refused', (_, wrong) => {
  const client = new Client();
  const { id } = client.post('/firewalls', { name: 'f', rules: [rule({})] }).json.firewall;
  expect(fault(client.post(`/firewalls/${id}/actions/set_rules`, { rules: [wrong] }))).toBe('422 invalid_input');
  expect(fault(client.post('/firewalls', { name: 'g', rules: [wrong] }))).toBe('422 invalid_input');
  expect(client.get(`/firewalls/${id}`).json.firewall.rules).toHaveLength(1);
});

test('a server that is not there is told with the status of the operation', () => {
  const client = new Client();
  const nobody = [{ type: 'server', server: { id: 1 } }];
  expect(fault(client.post('/firewalls', { name: 'f', apply_to: nobody }))).toBe('422 firewall_resource_not_found');
  const { id } = client.post('/firewalls', { name: 'f' }).json.firewall;
  expect(fault(client.post(`/firewalls/${id}/actions/apply_to_resources`, { apply_to: nobody }))).toBe(
    '404 firewall_resource_not_found',
  );
});
