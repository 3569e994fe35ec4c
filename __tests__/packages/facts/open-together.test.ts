import { inboundOf, opensTogether } from '@lukko/facts';
import { factsOf } from './sample.ts';

const rule = (port: string, ...source_ips: readonly string[]) => ({
  direction: 'in',
  protocol: 'tcp',
  port,
  source_ips,
});

interface World {
  readonly walls: Readonly<Record<string, readonly object[]>>;
  readonly server?: object;
  readonly more?: object;
}

/** What the first firewall opens together with others, each as `port of rules, on server, certain or not`. */
function together(
  { walls, server, more }: World,
  ports = (range: { from: number; to: number }) => [range.from],
): string[] {
  const firewalls = Object.fromEntries(Object.entries(walls).map(([name, rules]) => [name, { name, rule: rules }]));
  const firewall_ids = Object.keys(walls).map((name) => `\${hcloud_firewall.${name}.id}`);
  const facts = factsOf({
    resource: {
      hcloud_firewall: firewalls,
      hcloud_server: { host: { name: 'host', location: 'hel1', firewall_ids, ...server } },
      ...more,
    },
  });
  const [wall] = facts.graph.ofType('hcloud_firewall').filter(({ name }) => name === Object.keys(walls)[0]);
  if (wall === undefined) throw new Error('no firewall');
  return opensTogether(wall, facts, ports).map(
    (each) => `${each.port} ${each.rules.length} ${each.server?.address ?? 'alone'} ${each.certain}`,
  );
}

const west = rule('22', '0.0.0.0/3');
const east = rule('22', '128.0.0.0/3');

it.each([
  ['two eighths in one firewall', { walls: { a: [west, east] } }, ['22 2 alone true']],
  ['two eighths in two firewalls of one server', { walls: { a: [west], b: [east] } }, ['22 1 hcloud_server.host true']],
  [
    'many blocks in two firewalls',
    { walls: { a: [rule('22', '0.0.0.0/4', '64.0.0.0/4')], b: [rule('22', '128.0.0.0/4', '192.0.0.0/4')] } },
    ['22 1 hcloud_server.host true'],
  ],
  [
    'two parts of what is routed of IPv6',
    { walls: { a: [rule('22', '2000::/6')], b: [rule('22', '3000::/6')] } },
    ['22 1 hcloud_server.host true'],
  ],
  [
    'ranges that share a port only',
    { walls: { a: [rule('20-30', '0.0.0.0/3')], b: [rule('30-40', '128.0.0.0/3')] } },
    ['30 1 hcloud_server.host true'],
  ],
  [
    'the second attached by an attachment',
    {
      walls: { a: [west], b: [east] },
      server: { firewall_ids: ['${hcloud_firewall.a.id}'] },
      more: {
        hcloud_firewall_attachment: {
          b: { firewall_id: '${hcloud_firewall.b.id}', server_ids: ['${hcloud_server.host.id}'] },
        },
      },
    },
    ['22 1 hcloud_server.host true'],
  ],
  ['one eighth', { walls: { a: [west], b: [rule('22', '192.0.2.0/24')] } }, []],
  ['eighths of other ports', { walls: { a: [west], b: [rule('23', '128.0.0.0/3')] } }, []],
  ['eighths of other protocols', { walls: { a: [west], b: [{ ...east, protocol: 'udp' }] } }, []],
  [
    'eighths on two servers',
    {
      walls: { a: [west], b: [east] },
      server: { firewall_ids: ['${hcloud_firewall.a.id}'] },
      more: {},
    },
    [],
  ],
  ['a rule that is open alone, which is no matter of others', { walls: { a: [rule('22', '::/1')], b: [east] } }, []],
] as readonly (readonly [string, World, string[]])[])('%s', (_, world, expected) => {
  expect(together(world)).toEqual(expected);
});

it('a quarter of the internet and more is open alone: the rest may be let in elsewhere', () => {
  for (const part of ['0.0.0.0/1', '128.0.0.0/1', '64.0.0.0/2', '::/1', '2000::/4', '3000::/5']) {
    const facts = factsOf({ resource: { hcloud_firewall: { a: { rule: [rule('22', part)] } } } });
    const [wall] = facts.graph.ofType('hcloud_firewall');
    expect(wall && inboundOf(wall, facts.graph)[0]?.worldOpen.is).toBe(true);
  }
});

it('a firewall that only may apply opens only perhaps', () => {
  const server = {
    firewall_ids: ['${hcloud_firewall.a.id}', '${var.x ? hcloud_firewall.b.id : hcloud_firewall.c.id}'],
  };
  const facts = factsOf({
    variable: { x: { type: 'bool' } },
    resource: {
      hcloud_firewall: { a: { rule: [west] }, b: { rule: [east] }, c: { rule: [east] } },
      hcloud_server: { host: { name: 'host', location: 'hel1', ...server } },
    },
  });
  const [wall] = facts.graph.ofType('hcloud_firewall');
  const found = wall === undefined ? [] : opensTogether(wall, facts, (range) => [range.from]);
  expect(found.map(({ certain }) => certain)).toEqual([false]);
});

it('asks only for ports that count', () => {
  const walls = { a: [rule('1-65535', '0.0.0.0/3')], b: [rule('1-65535', '128.0.0.0/3')] };
  expect(together({ walls }, () => [5432])).toEqual(['5432 1 hcloud_server.host true']);
  expect(together({ walls }, () => [])).toEqual([]);
});
