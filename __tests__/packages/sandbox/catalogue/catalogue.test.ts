import {
  isListed,
  isos,
  loadBalancerTypes,
  locations,
  pricing,
  serverTypes,
  storageBoxTypes,
  systemImages,
} from '../../../../packages/sandbox/src/catalogue/index.ts';
import { validateResponse } from '../../../../packages/sandbox/src/spec/index.ts';

const november2026 = Date.UTC(2026, 10, 21);

const kinds: readonly (readonly [string, string, readonly { readonly id: number; readonly name: string }[]])[] = [
  ['get_location', 'location', locations],
  ['get_server_type', 'server_type', serverTypes],
  ['get_load_balancer_type', 'load_balancer_type', loadBalancerTypes],
  ['get_image', 'image', systemImages],
  ['get_iso', 'iso', isos],
  ['get_storage_box_type', 'storage_box_type', storageBoxTypes],
];

describe.each(kinds)('%s', (operationId, key, entries) => {
  test.each(entries)('$name ($id) is what the API answers', (entry) => {
    expect(validateResponse(operationId, 200, { [key]: entry })).toEqual({ ok: true });
  });

  test('has ids of its own, in order', () => {
    const ids = entries.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  test('survives the way through JSON', () => {
    expect(JSON.parse(JSON.stringify(entries))).toEqual(entries);
  });
});

test('prices are what the API answers', () => {
  expect(validateResponse('list_prices', 200, { pricing: pricing(november2026) })).toEqual({ ok: true });
});

describe('what the acceptance tests of the Terraform provider expect', () => {
  const type = (name: string) => serverTypes.find((candidate) => candidate.name === name);

  test('locations in their order', () => {
    expect(locations.map(({ id, name, description, network_zone }) => [id, name, description, network_zone])).toEqual([
      [1, 'fsn1', 'Falkenstein DC Park 1', 'eu-central'],
      [2, 'nbg1', 'Nuremberg DC Park 1', 'eu-central'],
      [3, 'hel1', 'Helsinki DC Park 1', 'eu-central'],
      [4, 'ash', 'Ashburn, VA', 'us-east'],
      [5, 'hil', 'Hillsboro, OR', 'us-west'],
      [6, 'sin', 'Singapore', 'ap-southeast'],
    ]);
  });

  test('server types in their order, without the one that is gone', () => {
    const listed = serverTypes.filter((candidate) => isListed(candidate, november2026));
    expect(listed.slice(0, 2)).toMatchObject([
      { id: 22, name: 'cpx11', description: 'CPX 11', cores: 2, memory: 2, disk: 40, deprecated: false },
      { id: 23, name: 'cpx21', description: 'CPX 21' },
    ]);
    expect(type('cx11')).toMatchObject({ id: 1, deprecated: true });
    expect(isListed(type('cx11') as never, Date.UTC(2024, 7, 1))).toBe(true);
  });

  test('cpx22, and the sizes to change between', () => {
    expect(type('cpx22')).toMatchObject({
      id: 109,
      category: 'regular_purpose',
      cores: 2,
      memory: 4,
      disk: 80,
      storage_type: 'local',
      cpu_type: 'shared',
      architecture: 'x86',
      included_traffic: 0,
      deprecation: null,
    });
    expect(type('cpx22')?.locations.map(({ name }) => name)).toEqual(['fsn1', 'nbg1', 'hel1', 'sin']);
    expect(type('cpx12')?.locations.find(({ name }) => name === 'hel1')?.available).toBe(true);
  });

  test('images by name for both architectures', () => {
    const ubuntu = systemImages.filter(({ name }) => name === 'ubuntu-24.04');
    expect(ubuntu.map(({ architecture }) => architecture).sort()).toEqual(['arm', 'x86']);
    expect(ubuntu.find(({ architecture }) => architecture === 'x86')).toMatchObject({
      id: 161547269,
      description: 'Ubuntu 24.04',
      rapid_deploy: true,
    });
  });

  test('load balancer and storage box types', () => {
    expect(loadBalancerTypes[0]).toMatchObject({ id: 1, name: 'lb11', max_connections: 10_000, max_services: 5 });
    expect(storageBoxTypes).toHaveLength(4);
    expect(storageBoxTypes[0]).toMatchObject({
      id: 1333,
      name: 'bx11',
      size: 1_099_511_627_776,
      subaccounts_limit: 100,
    });
  });
});

describe('server types and locations belong together', () => {
  const known = new Map(locations.map(({ id, name }) => [name, id]));

  test.each(serverTypes)('$name', (type) => {
    expect(type.locations.map(({ name }) => name)).toEqual(type.prices.map(({ location }) => location));
    for (const { id, name, available, deprecation } of type.locations) {
      expect(known.get(name)).toBe(id);
      expect(available && deprecation !== null).toBe(false);
    }
  });
});

test('a price has ten places net, sixteen gross and 19 % between them', () => {
  const cx23 = serverTypes.find(({ name }) => name === 'cx23')?.prices[0];
  expect(cx23).toMatchObject({
    price_monthly: { net: '5.4900000000', gross: '6.5331000000000000' },
    price_hourly: { net: '0.0088000000', gross: '0.0104720000000000' },
  });
  for (const { prices } of [...serverTypes, ...loadBalancerTypes, ...storageBoxTypes]) {
    for (const { price_monthly, price_hourly } of prices) {
      for (const { net, gross } of [price_monthly, price_hourly]) {
        expect(net).toMatch(/^\d+\.\d{10}$/);
        expect(gross).toMatch(/^\d+\.\d{16}$/);
        expect(Number(gross)).toBeCloseTo(Number(net) * 1.19, 9);
      }
    }
  }
});
