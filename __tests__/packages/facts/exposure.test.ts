import { factsOf } from './sample.ts';

function exposureOf(
  resource: { hcloud_server?: object; [type: string]: object | undefined },
  more: object = {},
  complete = true,
) {
  const facts = factsOf({ resource: { hcloud_server: { a: {} }, ...resource }, ...more }, { complete });
  const [server] = facts.servers;
  if (server === undefined) throw new Error('no server');
  return server.exposure;
}
const variable = { variable: { x: {} } };

describe('public', () => {
  it.each([
    ['nothing written', {}, true],
    ['both families off', { public_net: [{ ipv4_enabled: false, ipv6_enabled: false }] }, false],
    ['IPv4 off alone', { public_net: [{ ipv4_enabled: false }] }, true],
    ['a block without either', { public_net: {} }, true],
    [
      'one family unknown, the other off',
      { public_net: [{ ipv4_enabled: '${var.x}', ipv6_enabled: false }] },
      'unknown',
    ],
    [
      'a block that may be there',
      { dynamic: { public_net: { for_each: '${var.x}', content: { ipv4_enabled: false, ipv6_enabled: false } } } },
      'unknown',
    ],
  ])('%s', (_, attributes, is) => {
    expect(exposureOf({ hcloud_server: { a: attributes } }, variable).public.is).toBe(is);
  });
});

describe('guarded', () => {
  const firewall = (attributes: object = {}) => ({ hcloud_firewall: { f: { name: 'f', ...attributes } } });
  it.each([
    ['no firewall', {}, false],
    ['firewall_ids', { ...firewall(), hcloud_server: { a: { firewall_ids: ['${hcloud_firewall.f.id}'] } } }, true],
    [
      'firewall_ids that are ignored',
      {
        ...firewall(),
        hcloud_server: {
          a: { firewall_ids: ['${hcloud_firewall.f.id}'], lifecycle: { ignore_changes: ['firewall_ids'] } },
        },
      },
      'unknown',
    ],
    [
      'firewall_ids under a condition',
      { ...firewall(), hcloud_server: { a: { firewall_ids: '${var.x ? [hcloud_firewall.f.id] : []}' } } },
      'unknown',
    ],
    ['an empty list', { ...firewall(), hcloud_server: { a: { firewall_ids: [] } } }, false],
    [
      'an attachment by server',
      {
        ...firewall(),
        hcloud_firewall_attachment: {
          x: { firewall_id: '${hcloud_firewall.f.id}', server_ids: ['${hcloud_server.a.id}'] },
        },
      },
      true,
    ],
    [
      'an attachment of another server',
      {
        ...firewall(),
        hcloud_server: { a: {}, b: {} },
        hcloud_firewall_attachment: {
          x: { firewall_id: '${hcloud_firewall.f.id}', server_ids: ['${hcloud_server.b.id}'] },
        },
      },
      false,
    ],
    [
      'an attachment of servers nobody knows',
      {
        ...firewall(),
        hcloud_firewall_attachment: { x: { firewall_id: '${hcloud_firewall.f.id}', server_ids: '${var.x}' } },
      },
      'unknown',
    ],
    [
      'a selector that matches',
      {
        ...firewall(),
        hcloud_server: { a: { labels: { role: 'logs' } } },
        hcloud_firewall_attachment: {
          x: { firewall_id: '${hcloud_firewall.f.id}', label_selectors: ['role in (logs, edge)'] },
        },
      },
      true,
    ],
    [
      'a selector that does not',
      {
        ...firewall(),
        hcloud_server: { a: { labels: { role: 'logs' } } },
        hcloud_firewall_attachment: { x: { firewall_id: '${hcloud_firewall.f.id}', label_selectors: ['role!=logs'] } },
      },
      false,
    ],
    [
      'a selector of a label nobody knows',
      {
        ...firewall(),
        hcloud_server: { a: { labels: { role: '${var.x}' } } },
        hcloud_firewall_attachment: { x: { firewall_id: '${hcloud_firewall.f.id}', label_selectors: ['role=logs'] } },
      },
      'unknown',
    ],
    ['apply_to by server', firewall({ apply_to: [{ server: '${hcloud_server.a.id}' }] }), true],
    [
      'apply_to by selector',
      { ...firewall({ apply_to: [{ label_selector: 'a,!b' }] }), hcloud_server: { a: { labels: { a: '1' } } } },
      true,
    ],
  ])('%s', (_, resource, is) => {
    expect(exposureOf(resource, variable).guarded.is).toBe(is);
  });

  it('is unknown, not false, in an open world', () => {
    expect(exposureOf({}, {}, false).guarded.is).toBe('unknown');
  });
});

describe('inbound', () => {
  const rule = (attributes: object, more: Record<string, object> = {}) =>
    exposureOf(
      {
        hcloud_firewall: {
          f: {
            name: 'f',
            rule: [
              { direction: 'in', protocol: 'tcp', port: '22', ...attributes },
              { direction: 'out', protocol: 'tcp', port: 'any' },
            ],
          },
        },
        hcloud_server: { a: { firewall_ids: ['${hcloud_firewall.f.id}'] } },
        ...more,
      },
      variable,
    ).inbound;

  it.each([
    ['the whole of IPv4', ['0.0.0.0/0'], true],
    ['the whole of IPv6', ['::/0'], true],
    ['two halves', ['0.0.0.0/1', '128.0.0.0/1'], true],
    ['all but a corner', ['0.0.0.0/1', '128.0.0.0/2', '192.0.0.0/3'], true],
    ['a network', ['198.51.100.0/24'], false],
    ['a network and something unknown', ['198.51.100.0/24', '${var.x}'], 'unknown'],
    ['everything and something unknown', ['0.0.0.0/0', '${var.x}'], true],
    ['something unknown', '${var.x}', 'unknown'],
    [
      'an address of ours',
      [
        '${hcloud_primary_ip.p.ip_address}',
        '${hcloud_primary_ip.p.ip_address}/32',
        '${hcloud_server.a.ipv4_address}/32',
      ],
      false,
    ],
    ['the IPv6 network of ours', ['${hcloud_primary_ip.p.ip_address}/64'], false],
    ['an address of ours with a prefix that widens it', ['${hcloud_primary_ip.p.ip_address}/0'], 'unknown'],
    ['another attribute of ours', ['${hcloud_primary_ip.p.name}'], 'unknown'],
    ['nobody', [], false],
  ])('%s', (_, sources, is) => {
    expect(rule({ source_ips: sources }, { hcloud_primary_ip: { p: {} } }).map((each) => each.worldOpen.is)).toEqual([
      is,
    ]);
  });

  it.each([
    ['22', { from: 22, to: 22 }],
    ['8000-9000', { from: 8000, to: 9000 }],
    ['any', { from: 1, to: 65535 }],
    ['${var.x}', undefined],
    ['ssh', undefined],
  ])('port %s', (port, ports) => {
    expect(rule({ port }).map((each) => each.ports)).toEqual([ports]);
  });

  it('addresses of another stack are one address each', () => {
    const network = {
      resource: { hcloud_primary_ip: { p: { name: 'p' } } },
      output: { ip: { value: '${hcloud_primary_ip.p.ip_address}' } },
      terraform: { backend: { local: { path: '../../state/network.tfstate' } } },
      '//': { metadata: { stackName: 'network', version: '0.21.0', backend: 'local' } },
    };
    const keys = {
      data: {
        terraform_remote_state: { network: { backend: 'local', config: { path: '../../state/network.tfstate' } } },
      },
      resource: {
        hcloud_firewall: {
          f: {
            rule: [
              {
                direction: 'in',
                protocol: 'tcp',
                port: '7500',
                source_ips: ['${data.terraform_remote_state.network.outputs.ip}'],
              },
            ],
          },
        },
        hcloud_server: { a: { firewall_ids: ['${hcloud_firewall.f.id}'] } },
      },
      terraform: { backend: { local: { path: '../../state/keys.tfstate' } } },
      '//': { metadata: { stackName: 'keys', version: '0.21.0', backend: 'local' } },
    };
    const [server] = factsOf([network, keys]).servers;
    expect(server?.exposure.inbound.map((each) => each.worldOpen.is)).toEqual([false]);
  });
});

it.each([
  ['a floating IP', { hcloud_floating_ip: { f: { type: 'ipv4', server_id: '${hcloud_server.a.id}' } } }, true],
  [
    'a floating IP that is assigned',
    {
      hcloud_floating_ip: { f: { type: 'ipv4', home_location: 'hel1' } },
      hcloud_floating_ip_assignment: {
        f: { floating_ip_id: '${hcloud_floating_ip.f.id}', server_id: '${hcloud_server.a.id}' },
      },
    },
    true,
  ],
  ['a primary IP', { hcloud_primary_ip: { p: { type: 'ipv4', assignee_id: '${hcloud_server.a.id}' } } }, true],
  [
    'perhaps one',
    { hcloud_primary_ip: { p: { count: '${var.n}', type: 'ipv4', assignee_id: '${hcloud_server.a.id}' } } },
    'unknown',
  ],
  ['one of another server', { hcloud_primary_ip: { p: { type: 'ipv4', assignee_id: 4711 } } }, false],
] as const)('a server without addresses of its own is public by %s', (_, more, is) => {
  const server = { name: 'a', public_net: [{ ipv4_enabled: false, ipv6_enabled: false }] };
  const [found] = factsOf({ resource: { hcloud_server: { a: server }, ...more }, variable: { n: {} } }).servers;
  expect(found?.exposure.public.is).toBe(is);
});

it('a firewall that a count may leave out is no firewall for certain', () => {
  const [server] = factsOf({
    resource: {
      hcloud_server: { a: { name: 'a' } },
      hcloud_firewall: { f: { name: 'f' } },
      hcloud_firewall_attachment: {
        f: { count: '${var.n}', firewall_id: '${hcloud_firewall.f.id}', server_ids: ['${hcloud_server.a.id}'] },
      },
    },
    variable: { n: {} },
  }).servers;
  expect(server?.exposure.guarded.is).toBe('unknown');
});
