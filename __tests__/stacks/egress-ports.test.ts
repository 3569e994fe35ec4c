import { type Built, built, documentOf, serversOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

/* What the configuration asks for at another port than 443 is let out where it is asked for, through proxy, packet filter and firewall. */

const HOSTS = ['edge', 'logs', 'errors', 'backups'] as const;
const contentOf = (from: Built, stack: string, file: string) => {
  const [[, server]] = serversOf(documentOf(from, stack)) as [[string, Record<string, unknown>]];
  return onHost(server.user_data).files.find(({ path }) => path === file)?.content ?? '';
};
const portsOf = (from: Built, stack: string) => ({
  proxy: [...contentOf(from, stack, '/etc/lukko/tinyproxy.conf').matchAll(/^ConnectPort (.*)$/gm)].map(
    ([, port]) => port,
  ),
  filter: /tcp dport \{ (.*) \} meta skuid 975/.exec(contentOf(from, stack, '/etc/nftables.conf'))?.[1],
});
/** TCP ports that Hetzner's firewall of each host lets out, beyond those of every host. */
const letOut = (from: Built, stack: string) =>
  Object.entries(documentOf(from, stack).resource.hcloud_firewall ?? {}).map(([name, { rule }]) => [
    name,
    (rule as readonly { direction: string; protocol: string; port: string }[])
      .filter(
        ({ direction, protocol, port }) =>
          direction === 'out' && protocol === 'tcp' && !['80', '443', '7500', '53'].includes(port),
      )
      .map(({ port }) => port),
  ]);

test('where all is asked for at 443, nothing else is let out', () => {
  const plain = built(shipped('example.yaml'));
  for (const stack of ['keys', ...HOSTS])
    expect([stack, portsOf(plain, stack)]).toEqual([stack, { proxy: ['443'], filter: '80, 443' }]);
  expect([...letOut(plain, 'network'), ...letOut(plain, 'keys')].flatMap(([, ports]) => ports)).toEqual([]);
});

test('a registry, a mirror, an authority, an upstream and a webhook with a port', () => {
  const other = built(
    shipped('example.yaml', (config) => {
      config.images.registry = 'registry.lukko.example:5000';
      config.certificates.authority.directory = 'https://authority.example:14000/dir';
      config.system.packageMirror = 'https://mirror.example:8443/debian';
      config.alerts = { webhook: 'https://alerts.example:8443/hook' };
      for (const upstream of config.upstreams) upstream.to = 'https://errors.lukko.example:9443';
    }),
  );
  const [host, edge] = [
    ['8443', '5000', '14000'],
    ['8443', '5000', '14000', '9443'],
  ];
  expect(letOut(other, 'keys')).toEqual([['firewall', ['8443']]]);
  expect(Object.fromEntries(letOut(other, 'network'))).toEqual({
    'edge-firewall': edge,
    'logs-firewall': host,
    'errors-firewall': host,
    'backups-firewall': host,
  });
  expect(portsOf(other, 'keys')).toEqual({ proxy: ['443', '8443'], filter: '80, 443, 8443' });
  for (const stack of HOSTS) {
    const ports = stack === 'edge' ? edge : host;
    expect([stack, portsOf(other, stack)]).toEqual([
      stack,
      { proxy: ['443', ...ports], filter: ['80', '443', ...ports].join(', ') },
    ]);
    // By name all the same, and the name alone.
    const names = contentOf(other, stack, '/etc/lukko/egress-names').split('\n');
    expect(names).toContain('^registry[.]lukko[.]example$');
    expect(names).toContain('^mirror[.]example$');
    expect(names).toContain('^authority[.]example$');
  }
});

test('port 80 is let out already: the proxy alone is told of it', () => {
  const other = built(shipped('example.yaml', (config) => Object.assign(config.images, { registry: 'r.example:80' })));
  expect(portsOf(other, 'logs')).toEqual({ proxy: ['443', '80'], filter: '80, 443' });
  expect(letOut(other, 'network').flatMap(([, ports]) => ports)).toEqual([]);
});
