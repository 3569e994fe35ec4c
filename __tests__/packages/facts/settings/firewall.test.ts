import { cloudConfig, factsOf } from '../sample.ts';

const START = ['systemctl', 'enable', '--now', 'nftables.service'];
const container = (more = '') => ({
  '/etc/containers/systemd/a.container': `[Container]\nImage=r.example/a:1\n${more}`,
});

function firewall(
  text: string,
  run: readonly (readonly string[])[] = [START],
  more: Readonly<Record<string, string>> = {},
) {
  const user_data = cloudConfig({ '/etc/nftables.conf': text, ...more }, run);
  const facts = factsOf({ resource: { hcloud_server: { a: { user_data } } } });
  const [server] = facts.graph.ofType('hcloud_server');
  if (server === undefined) throw new Error('no server');
  const { dropsInbound, dropsOutbound, guardsMetadata } = facts.hostSettings(server).firewall;
  const said = ({ is, because }: typeof dropsInbound) => `${is} ${because[0]?.saw}`;
  return { in: said(dropsInbound), out: said(dropsOutbound), metadata: said(guardsMetadata) };
}

const table = (
  input: string,
  output: string,
  forward = 'type filter hook forward priority filter; policy drop;',
  family = 'inet',
) =>
  `flush ruleset\ntable ${family} a {\nchain input { ${input} }\nchain forward { ${forward} }\nchain output { ${output} }\n}\n`;
const IN = 'type filter hook input priority filter; policy drop; iif lo accept; tcp dport 22 accept';
const OUT =
  'type filter hook output priority filter; policy drop; oif lo accept; ct state established,related accept; tcp dport { 80, 443 } meta skuid 975 accept';
const GUARD = 'ip daddr 169.254.169.254 meta skuid != 0 drop; ';
const guarded = OUT.replace('oif lo', `${GUARD}oif lo`);

describe('what a host lets in and out', () => {
  it('everything is dropped that is not named', () => {
    expect(firewall(table(IN, guarded))).toEqual({
      in: 'true chain input: policy drop',
      out: 'true chain output: policy drop',
      metadata: 'true chain output: ip daddr 169.254.169.254 meta skuid != 0 drop',
    });
  });

  it.each([
    ['policy accept', IN.replace('policy drop', 'policy accept'), 'false chain input: policy accept'],
    ['no policy', IN.replace('policy drop; ', ''), 'false chain input: policy accept'],
    ['everything accepted', `${IN}; accept`, 'false chain input accepts everything'],
    [
      'everything counted and accepted',
      `${IN}; counter packets 0 bytes 0 accept`,
      'false chain input accepts everything',
    ],
    [
      'a drop at the end',
      `${IN.replace('policy drop', 'policy accept')}; log prefix "x " drop`,
      'true chain input ends with drop',
    ],
    ['a jump to what accepts everything', `${IN}; jump all } chain all { accept`, 'false chain all accepts everything'],
    ['another hook', IN.replace('hook input', 'hook prerouting'), 'false no chain of hook input sees IPv4'],
    ['address translation', IN.replace('type filter', 'type nat'), 'false no chain of hook input sees IPv4'],
  ])('inbound: %s', (_, input, expected) => {
    expect(firewall(table(input, guarded)).in).toBe(expected);
  });

  it.each([
    ['every address', 'ip saddr 0.0.0.0/0 accept', false],
    ['every address, in halves', 'ip saddr { 0.0.0.0/1, 128.0.0.0/1 } accept', false],
    ['every address but one', 'ip saddr != 192.0.2.1 accept', false],
    ['one network', 'ip saddr 192.0.2.0/24 accept', true],
    ['a set', 'ip saddr @friends accept', true],
    ['new connections', 'ct state new accept', false],
    ['known connections', 'ct state { established, related } accept', true],
    ['every port', 'tcp dport 0-65535 accept', false],
    ['every port but one', 'tcp dport != 22 accept', false],
    ['a port', 'tcp dport { 22, 8000-8100 } ct state new accept', true],
    ['two protocols', 'meta l4proto { tcp, udp } accept', false],
    ['one protocol without ports', 'meta l4proto icmp accept', true],
    ['TCP', 'ip protocol tcp accept', false],
    ['the public interface', 'iifname "eth0" accept', false],
    ['every interface but one', 'iifname != "lo" accept', false],
    ['a tunnel', 'iifname "wg0" accept', true],
    ['a family', 'meta nfproto ipv4 accept', false],
    ['a rate', 'limit rate 1000/second burst 5 packets accept', false],
    ['a mark, which is set elsewhere', 'meta mark 1 accept', 'unknown'],
    ['a map of states', 'ct state vmap { established : accept, related : accept, invalid : drop }', true],
    ['a map that accepts what is new', 'ct state vmap { established : accept, new : accept }', false],
    ['a map that leads elsewhere', 'iifname vmap { lo : accept, eth0 : jump world }', 'unknown'],
    ['a chain that names', 'jump named } chain named { tcp dport 22 accept', true],
    ['a chain that names nothing', 'ct state new jump open } chain open { tcp dport 1-65535 accept', false],
    ['a chain that drops', 'jump end } chain end { drop', true],
    ['a chain that is not there', 'ct state new goto gone', 'unknown'],
    ['a chain that leads to itself', 'jump round } chain round { jump round', 'unknown'],
  ] as const)('inbound, accepted: %s', (_, rule, is) => {
    expect(firewall(table(`${IN}; ${rule}`, guarded)).in).toMatch(new RegExp(`^${is} `));
  });

  it('a table that sleeps', () => {
    const text = table(IN, guarded).replace('{\nchain input', '{\nflags dormant\nchain input');
    expect(firewall(text).in).toBe('unknown chain input: policy drop');
  });

  it('IPv4 alone leaves IPv6 open, unless both have a table', () => {
    expect(firewall(table(IN, guarded, undefined, 'ip')).in).toBe('false no chain of hook input sees IPv6');
    const both = `${table(IN, guarded, undefined, 'ip')}${table(IN, guarded, undefined, 'ip6').replace('flush ruleset\n', '')}`;
    expect(firewall(both).in).toBe('true chain input: policy drop');
  });

  it.each([
    [
      'the service is not started',
      [],
      {},
      'false no ruleset of nftables is loaded (/etc/nftables.conf with nftables.service)',
    ],
    ['a command loads it', [['nft', '-f', '/etc/nftables.conf']], {}, 'true chain input: policy drop'],
    [
      'a command only checks it',
      [['nft', '-c', '-f', '/etc/nftables.conf']],
      {},
      'false no ruleset of nftables is loaded (/etc/nftables.conf with nftables.service)',
    ],
    [
      'a command loads another after it',
      [
        ['nft', '-f', '/etc/nftables.conf'],
        ['nft', '-f', '/etc/open.nft'],
      ],
      { '/etc/open.nft': 'flush ruleset\n' },
      'unknown chain input: policy drop',
    ],
    [
      'it is loaded under a condition',
      [['sh', '-c', '[ -e /x ] && nft -f /etc/nftables.conf']],
      {},
      'unknown chain input: policy drop',
    ],
    ['another program changes it', [START, ['ufw', 'allow', '22']], {}, 'unknown chain input: policy drop'],
    [
      'a command adds a rule',
      [START, ['nft', 'add', 'rule', 'inet', 'a', 'input', 'accept']],
      {},
      'unknown chain input: policy drop',
    ],
    [
      'a command fills a set',
      [START, ['nft', 'add', 'element', 'inet', 'a', 'keys', '{ 192.0.2.1 }']],
      {},
      'true chain input: policy drop',
    ],
  ] as const)('%s', (_, run, more, expected) => {
    expect(firewall(table(IN, guarded), run, more).in).toBe(expected);
  });

  it('what it includes is not seen', () => {
    expect(firewall(`${table(IN, guarded)}include "/etc/x"\n`).in).toBe('unknown chain input: policy drop');
  });
});

it.each([
  ['stopped at the end', [START, ['systemctl', 'disable', '--now', 'nftables']], 'unknown chain input: policy drop'],
  ['masked', [START, ['systemctl', 'mask', 'nftables.service']], 'unknown chain input: policy drop'],
  ['stopped and started again', [['systemctl', 'stop', 'nftables'], START], 'true chain input: policy drop'],
  ['another service', [START, ['systemctl', 'stop', 'x.service']], 'true chain input: policy drop'],
])('a packet filter that is %s', (_, run, expected) => {
  expect(firewall(table(IN, guarded), run).in).toBe(expected);
});

describe('who reaches the metadata service', () => {
  const out = (rules: string) => `type filter hook output priority filter; ${rules}`;
  it.each([
    [
      'a drop for everybody but root',
      out(`policy accept; ${GUARD}`),
      'true chain output: ip daddr 169.254.169.254 meta skuid != 0 drop',
    ],
    [
      'a drop of the whole network',
      out('policy accept; ip daddr 169.254.0.0/16 drop'),
      'true chain output: ip daddr 169.254.0.0/16 drop',
    ],
    ['nothing about it, and everything leaves', out('policy accept;'), 'false chain output: policy accept'],
    [
      'nothing about it, and only DNS leaves',
      out('policy drop; udp dport 53 accept; tcp dport 53 accept'),
      'true chain output: policy drop',
    ],
    [
      'the web leaves before',
      out(`policy drop; tcp dport { 80, 443 } accept; ${GUARD}`),
      'false chain output: tcp dport { 80, 443 } accept',
    ],
    [
      'port 443 leaves before',
      out(`policy drop; tcp dport 443 accept; ${GUARD}`),
      'true chain output: ip daddr 169.254.169.254 meta skuid != 0 drop',
    ],
    [
      'a proxy leaves before',
      out(`policy drop; tcp dport 80 meta skuid 975 accept; ${GUARD}`),
      'unknown chain output: tcp dport 80 meta skuid 975 accept',
    ],
    [
      'it is accepted for everybody',
      out(`policy drop; ip daddr 169.254.169.254 tcp dport 80 accept`),
      'false chain output: ip daddr 169.254.169.254 tcp dport 80 accept',
    ],
    [
      'a drop under another condition',
      out('policy accept; ip daddr 169.254.169.254 meta skuid 1000 drop'),
      'false chain output: policy accept',
    ],
    [
      'all new connections leave',
      out(`policy drop; ct state new accept; ${GUARD}`),
      'unknown chain output: ct state new accept',
    ],
  ])('%s', (_, output, expected) => {
    expect(firewall(table(IN, output)).metadata).toBe(expected);
  });

  it('containers with a network of their own go through forward', () => {
    const open = 'type filter hook forward priority filter; policy accept;';
    expect(firewall(table(IN, guarded, open), [START], container()).metadata).toBe(
      'false chain forward: policy accept',
    );
    expect(firewall(table(IN, guarded, open), [START], container('Network=host\n')).metadata).toMatch(/^true /);
    expect(firewall(table(IN, guarded), [START], container()).metadata).toMatch(/^true /);
  });
});

it('a payload that cannot be read says nothing', () => {
  const facts = factsOf({ variable: { x: {} }, resource: { hcloud_server: { a: { user_data: '${var.x}' } } } });
  const [server] = facts.graph.ofType('hcloud_server');
  const settings = server && facts.hostSettings(server);
  expect([
    settings?.firewall.dropsInbound.is,
    settings?.noSwap.is,
    settings?.automaticUpdates.is,
    settings?.whole,
  ]).toEqual(['unknown', 'unknown', 'unknown', false]);
});
