import { built, documentOf, shipped } from './built.ts';

type Change = Parameters<typeof shipped>[1];

const records = (change: Change) =>
  Object.values(documentOf(built(shipped('example.yaml', change)), 'dns').resource.hcloud_zone_rrset ?? {}).map(
    ({ name, type, records }) => [name, type, (records as readonly { value: string }[]).map(({ value }) => value)],
  );

test('an upstream below the domain gets the addresses of the edge, one elsewhere is not ours to name', () => {
  const named = records((config) => {
    config.upstreams = [
      { name: 'lukko.example', to: 'https://errors.lukko.example' },
      { name: 'shop.other.example', to: 'https://errors.lukko.example' },
    ];
  });
  expect(named).toContainEqual(['@', 'A', ['${data.terraform_remote_state.network.outputs.edge_ipv4}']]);
  expect(named).toContainEqual([
    '@',
    'AAAA',
    ['${cidrhost(data.terraform_remote_state.network.outputs.edge_ipv6_network, 1)}'],
  ]);
  expect(named.some(([name]) => String(name).includes('shop'))).toBe(false);
});

test('the authority that may issue is the one Caddy asks; an authority whose CAA name is not known gets no record', () => {
  const authority = (directory: string) =>
    records((config) => Object.assign(config.certificates.authority, { directory }));
  expect(authority('https://acme-api.actalis.com/acme/directory')).toContainEqual([
    '@',
    'CAA',
    ['0 issue "actalis.it"', '0 issuewild ";"', '0 iodef "mailto:security@lukko.example"'],
  ]);
  expect(authority('https://ca.lukko.example/acme/directory').filter(([, type]) => type === 'CAA')).toEqual([]);
});
