import { factsOf } from './sample.ts';

/** Records and who answers for where they lead. */
function records(resource: object, more: object = {}): string[] {
  const facts = factsOf({ resource, ...more });
  return facts.hosts
    .filter((use) => use.position === 'DNS record')
    .map((use) =>
      `${use.host ?? `? (${use.causes.join()})`} ${use.host === undefined ? '' : facts.resolve(use.host).by}`.trim(),
    );
}

const rrset = (type: string, ...values: readonly string[]) => ({
  hcloud_zone_rrset: { a: { zone: 'lukko.example', name: 'a', type, records: values.map((value) => ({ value })) } },
});
const ip = { hcloud_primary_ip: { edge: { name: 'edge', type: 'ipv4', location: 'hel1' } } };

describe('records that lead on by a name', () => {
  it.each([
    ['SVCB', rrset('SVCB', '0 cname.vercel-dns.com.'), ['cname.vercel-dns.com nobody']],
    [
      'HTTPS with parameters',
      rrset('HTTPS', '1 cname.vercel-dns.com. alpn=h2,h3 port=443'),
      ['cname.vercel-dns.com nobody'],
    ],
    ['HTTPS of the name itself', rrset('HTTPS', '1 . alpn="h2"'), []],
    ['SRV', rrset('SRV', '10 5 443 sip.a.example.'), ['sip.a.example nobody']],
  ])('%s', (_, resource, expected) => {
    expect(records(resource)).toEqual(expected);
  });
});

describe('A and AAAA records', () => {
  it.each([
    [
      'an address of ours',
      { ...ip, ...rrset('A', '${hcloud_primary_ip.edge.ip_address}') },
      ['hcloud_primary_ip.edge.ip_address own'],
    ],
    [
      'an address of a server of ours',
      { hcloud_server: { h: {} }, ...rrset('AAAA', '${hcloud_server.h.ipv6_address}') },
      ['hcloud_server.h.ipv6_address own'],
    ],
    [
      'an address within a network of ours',
      { ...ip, ...rrset('AAAA', '${cidrhost(hcloud_primary_ip.edge.ip_network, 1)}') },
      ['hcloud_primary_ip.edge.ip_network own'],
    ],
    ['an address of a known operator', rrset('A', '185.12.64.1'), ['185.12.64.1 operators']],
    ['an address of nobody known', rrset('A', '203.0.113.9'), ['203.0.113.9 nobody']],
    [
      'one of two',
      { ...ip, ...rrset('A', '${hcloud_primary_ip.edge.ip_address}', '203.0.113.9') },
      ['hcloud_primary_ip.edge.ip_address own', '203.0.113.9 nobody'],
    ],
    ['IPv6 of nobody known', rrset('AAAA', '2001:db8::1'), ['2001:db8::1 nobody']],
    [
      'a private address of our network',
      { hcloud_network: { n: { ip_range: '10.0.0.0/8' } }, ...rrset('A', '10.1.2.3') },
      ['10.1.2.3 own'],
    ],
    ['a private address of no network of ours', rrset('A', '10.1.2.3'), ['10.1.2.3 nobody']],
    ['one record', { hcloud_zone_record: { a: { type: 'A', value: '203.0.113.9' } } }, ['203.0.113.9 nobody']],
    ['a type in lower case', rrset('a', '203.0.113.9'), ['203.0.113.9 nobody']],
    ['this host itself', rrset('A', '127.0.0.1'), []],
  ])('%s', (_, resource, expected) => {
    expect(records(resource)).toEqual(expected);
  });

  it.each([
    ['a variable without value', rrset('A', '${var.address}'), ['? (variable)']],
    [
      'a type without value',
      { hcloud_zone_rrset: { a: { type: '${var.x}', records: [{ value: '203.0.113.9' }] } } },
      ['? (variable)'],
    ],
    ['records without value', { hcloud_zone_rrset: { a: { type: 'A', records: '${var.x}' } } }, ['? (variable)']],
    [
      'a network that a condition chooses',
      {
        hcloud_primary_ip: { a: {}, b: {} },
        ...rrset('AAAA', '${cidrhost(var.x ? hcloud_primary_ip.a.ip_network : hcloud_primary_ip.b.ip_network, 1)}'),
      },
      ['? (possible,variable)'],
    ],
  ])('not known: %s', (_, resource, expected) => {
    expect(records(resource, { variable: { address: {}, x: {} } })).toEqual(expected);
  });
});
