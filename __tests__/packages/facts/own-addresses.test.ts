import { deriveFacts } from '@lukko/facts';
import { readPlan } from '@lukko/terraform-model';

/** A plan of an address that exists, as a deploy after the first one sees it. */
const facts = (actions: readonly string[]) => {
  const values = { ip_address: '2001:db8:1:86a9::', ip_network: '2001:db8:1:86a9::/64', type: 'ipv6' };
  const deleted = actions.includes('delete');
  const plan = {
    format_version: '1.2',
    terraform_version: '1.11.4',
    resource_changes: [
      {
        address: 'hcloud_primary_ip.logs',
        mode: 'managed',
        type: 'hcloud_primary_ip',
        name: 'logs',
        change: { actions, before: values, after: deleted ? null : values, after_unknown: {} },
      },
    ],
  };
  const graph = readPlan({ bytes: Buffer.from(JSON.stringify(plan)), file: 'plan.json' });
  return deriveFacts(graph, { operators: [], register: [] });
};

test.each([
  ['2001:db8:1:86a9::1', 'own'],
  ['2001:db8:1:86a9::', 'own'],
  ['2001:db8:1:86aa::1', 'nobody'],
])('%s is operated by %s: an IPv6 address comes as a network of 64 bits', (host, by) => {
  expect(facts(['no-op']).resolve(host).by).toBe(by);
});

test('a network that is given back is not ours any more', () => {
  expect(facts(['delete']).resolve('2001:db8:1:86a9::1').by).toBe('nobody');
});
