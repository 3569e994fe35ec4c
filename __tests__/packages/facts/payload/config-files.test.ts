import fc from 'fast-check';
import { hostsInFile } from '../../../../packages/facts/src/payload/config-files.ts';
import { hostPart, isAddress, isLoopback, isName, urlsIn } from '../../../../packages/facts/src/payload/urls.ts';
import { file } from './run.ts';

const named = (path: string, text: string) =>
  hostsInFile(file(path, text)).map((each) => `${each.class} ${each.position} ${each.text} ${each.line}`);

describe('hosts in configuration files', () => {
  it.each([
    [
      '/etc/apt/sources.list',
      'deb [signed-by=/x arch=amd64] https://a.example/debian trixie main # c\n#deb http://no.example x y\ndeb-src http://b.example/ x y',
      ['pull package source https://a.example/debian 1', 'pull package source http://b.example/ 3'],
    ],
    [
      '/etc/apt/sources.list.d/a.sources',
      'Types: deb\nURIs: https://a.example/x\n https://b.example\nSuites: trixie\n',
      ['pull package source https://a.example/x 2', 'pull package source https://b.example 3'],
    ],
    [
      '/etc/apt/apt.conf.d/90x',
      'Acquire::https::Proxy "http://proxy.example:3128";\nAcquire::http::Proxy "DIRECT";',
      ['pull package source http://proxy.example:3128 1'],
    ],
    [
      '/etc/chrony/chrony.conf',
      'server a.example iburst\npool b.example\ndriftfile /x\n',
      ['pull clock a.example 1', 'pull clock b.example 2'],
    ],
    [
      '/etc/systemd/timesyncd.conf',
      '[Time]\nNTP=a.example b.example\n',
      ['pull clock a.example 2', 'pull clock b.example 2'],
    ],
    [
      '/etc/systemd/resolved.conf.d/x.conf',
      '[Resolve]\nDNS=192.0.2.1#dns.example 2001:db8::1\nFallbackDNS=\n',
      ['data resolver 192.0.2.1 2', 'data resolver 2001:db8::1 2'],
    ],
    ['/etc/resolv.conf', 'nameserver 192.0.2.1\nsearch x.example\n', ['data resolver 192.0.2.1 1']],
    [
      '/etc/systemd/journal-upload.conf',
      '[Upload]\nURL=https://logs.example:443/insert\n',
      ['data log target https://logs.example:443/insert 2'],
    ],
    [
      '/etc/containers/registries.conf.d/x.conf',
      'unqualified-search-registries = ["a.example", "b.example"]\n[[registry]]\nlocation = "docker.io"\nblocked = true\n[[registry]]\nprefix = "x"\nlocation = "c.example/sub"\n[[registry.mirror]]\nlocation = "d.example"\n',
      [
        'pull container registry a.example 1',
        'pull container registry b.example 1',
        'pull container registry c.example 7',
        'pull container registry d.example 9',
      ],
    ],
    ['/etc/other', 'server a.example', []],
  ])('%s', (path, text, expected) => {
    expect(named(path, text)).toEqual(expected);
  });
});

describe('URLs', () => {
  it('are found with their line, not in comments', () => {
    expect(
      urlsIn(
        'a https://x.example/a?b=c, b\n# https://no.example\nX=postgres://u:p@db.example:5432/d # http://no.example\nfile:///x unix://y\n',
      ),
    ).toEqual([
      { text: 'https://x.example/a?b=c', line: 1 },
      { text: 'postgres://u:p@db.example:5432/d', line: 3 },
    ]);
  });

  it.each([
    ['https://key@o1.ingest.example/1', 'o1.ingest.example'],
    ['postgres://user:pa@ss@DB.example/x', 'db.example'],
    ['http://[2001:db8::1]:80/x', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['host.example:443', 'host.example'],
    ['host.example./x', 'host.example'],
    ['https://evil.example#@good.example', 'evil.example'],
    ['https://evil.example?@good.example', 'evil.example'],
    ['unix//run/x.sock', undefined],
    ['/path', undefined],
    ['postgresql://u@%2Frun%2Fpostgresql/d', undefined],
  ])('%s stands at %s', (text, host) => {
    expect(hostPart(text)).toBe(host);
  });

  it('knows names, addresses and this machine', () => {
    expect([isName('a.example'), isName('a'), isName('a..b'), isName('-a.b'), isName('1.2.3.4')]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect([isAddress('192.0.2.1'), isAddress('256.0.0.1'), isAddress('::1'), isAddress('a.example')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(['127.0.0.1', 'localhost', '::1', '169.254.169.254', '10.0.0.1'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('any text is searched', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const found of urlsIn(`${text}://${text}`)) hostPart(found.text);
        hostPart(text);
        for (const path of [
          '/etc/apt/sources.list',
          '/etc/containers/registries.conf',
          '/etc/apt/sources.list.d/a.sources',
        ])
          hostsInFile(file(path, text));
      }),
    );
  });
});
