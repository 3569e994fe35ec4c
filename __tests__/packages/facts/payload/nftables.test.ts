import { parseNftables } from '@lukko/facts';
import fc from 'fast-check';

const chains = (text: string) =>
  parseNftables(text).chains.map(
    ({ family, table, name, type, hook, policy, rules }) =>
      `${family} ${table} ${name}${hook === undefined ? '' : ` ${type} ${hook} ${policy}`}: ${rules.map((rule) => `${rule.line} ${rule.words.join(' ')}`).join(' | ')}`,
  );

it.each([
  [
    'a table with chains and a set',
    `#!/usr/sbin/nft -f
flush ruleset
define web = { 80, 443 }
table inet filter {
  set keys { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 } }
  chain input {
    type filter hook input priority filter; policy drop;
    # a comment; with { signs }
    ct state { established, related } accept comment "a; b"
    tcp dport $web accept; udp dport 53 drop
    jump rest
  }
  chain rest {
    counter drop
  }
}
`,
    [
      'inet filter input filter input drop: 9 ct state { established, related } accept comment "a; b" | 10 tcp dport { 80, 443 } accept | 10 udp dport 53 drop | 11 jump rest',
      'inet filter rest: 14 counter drop',
    ],
  ],
  [
    'no family is IPv4',
    'table filter { chain out { type filter hook output priority 0; } }',
    ['ip filter out filter output accept: '],
  ],
  [
    'added rules',
    'table ip6 a {}\nadd chain ip6 a b { type filter hook input priority 0; policy drop; }\nadd rule ip6 a b tcp dport 22 accept\n',
    ['ip6 a b filter input drop: 3 tcp dport 22 accept'],
  ],
  [
    'a set over several lines, a continued line',
    'table inet a { chain b {\n tcp dport {\n 80,\n 443 } \\\n accept\n} }',
    ['inet a b: 2 tcp dport { 80, 443 } accept'],
  ],
  [
    'a verdict map',
    'table inet a { chain b { tcp dport vmap { 22 : accept, 80 : jump c } } }',
    ['inet a b: 1 tcp dport vmap { 22 : accept, 80 : jump c }'],
  ],
])('%s', (_, text, expected) => {
  expect(chains(text)).toEqual(expected);
  expect(parseNftables(text).unread).toEqual([]);
});

it.each([
  ['include "/etc/nftables.d/*.conf"\n', 1, 'include "/etc/nftables.d/*.conf": not followed'],
  ['\ndelete rule inet a b handle 3\n', 2, 'delete rule: not followed'],
  ['insert rule inet a b accept\n', 1, 'insert rule: not followed'],
  ['table inet a { chain b { accept\n', 1, 'a brace that is not closed'],
  ['}\n', 1, 'a closing brace without an opening one'],
  ['table inet a { chain b { accept } }\nflush ruleset\n', 2, 'flush ruleset: not followed'],
])('unread: %j', (text, line, why) => {
  expect(parseNftables(text).unread).toContainEqual({ line, why });
});

it('any text is read without a throw, in time that grows with it', () => {
  const piece = fc.constantFrom(
    'table inet a {',
    'chain b {',
    'type filter hook input priority 0;',
    'policy drop;',
    '{',
    '}',
    '}',
    ';',
    '\n',
    'accept',
    '"',
    '#',
    '\\\n',
    'define x = 1',
    '$x',
    'add rule a b',
    '\uE000',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (parts) => parseNftables(parts.join(' ')).chains.length >= 0),
    { numRuns: 500 },
  );
  expect(parseNftables(`table inet a { chain b { ${'accept; '.repeat(30_000)} } }`).unread).toEqual([
    { line: 1, why: 'more than 20000 rules' },
  ]);
  expect(parseNftables('{'.repeat(100_000)).unread.length).toBeLessThanOrEqual(2);
});
