import fc from 'fast-check';
import { caddyFacts } from '../../../../packages/facts/src/payload/caddy-sites.ts';
import { CaddyfileError, parseCaddyfile } from '../../../../packages/facts/src/payload/caddyfile.ts';
import { file } from './run.ts';

const facts = (text: string, files: Readonly<Record<string, string>> = {}) =>
  caddyFacts(file('/etc/caddy/Caddyfile', text), (path) =>
    files[path] === undefined ? undefined : file(path, files[path]),
  );
const site = (text: string) => facts(text).sites[0];

describe('sites', () => {
  it('have addresses, upstreams and authorities', () => {
    const { sites, storage, unread } = facts(`{
	acme_ca https://acme.example/directory
	storage file_system /srv/caddy
}
(floor) {
	tls {
		protocols tls1.3
	}
}
a.example,
b.example:8443 { # both
	import floor
	handle_path /x/* {
		reverse_proxy @m h2c://127.0.0.1:1 10.0.0.2:2 {
			to backend:3
		}
	}
	reverse_proxy /y backend.example:443
	reverse_proxy https://c.example
	reverse_proxy 10.0.0.3:4 {
		transport http {
			tls_trust_pool file /x
		}
	}
}
http://plain.example {
	respond "{ }
"
}
`);
    expect(sites).toMatchSnapshot();
    expect(storage).toEqual([{ path: '/srv/caddy', line: 3 }]);
    expect(unread).toEqual([]);
  });

  it.each([
    ['nothing written', 'a.example {\n}', 'acme', []],
    ['an internal authority', 'a.example {\ntls internal\n}', 'internal', []],
    ['certificate files', 'a.example {\ntls /c.pem /k.pem\n}', 'files', []],
    ['an e-mail address alone', 'a.example {\ntls me@x.example\n}', 'acme', []],
    [
      'an issuer of its own',
      'a.example {\ntls {\nissuer acme https://ca.example/dir\n}\n}',
      'acme',
      ['https://ca.example/dir'],
    ],
    [
      'an issuer with a block',
      'a.example {\ntls {\nissuer acme {\ndir https://ca.example/dir\n}\n}\n}',
      'acme',
      ['https://ca.example/dir'],
    ],
    [
      'ca in the tls block',
      '{\nacme_ca https://other.example\n}\na.example {\ntls {\nca https://ca.example/dir\n}\n}',
      'acme',
      ['https://ca.example/dir'],
    ],
    ['ZeroSSL by name', '{\ncert_issuer zerossl\n}\na.example {\n}', 'acme', ['https://acme.zerossl.com/v2/DV90']],
    [
      'an issuer without directory',
      '{\ncert_issuer acme\n}\na.example {\n}',
      'acme',
      ['https://acme-v02.api.letsencrypt.org/directory'],
    ],
    ['local certificates', '{\nlocal_certs\n}\na.example {\n}', 'internal', []],
    ['no certificates', '{\nauto_https off\n}\na.example {\n}', 'off', []],
    ['port 80', 'a.example:80 {\n}', 'off', []],
    ['one site without braces', 'a.example\nreverse_proxy 127.0.0.1:1\n', 'acme', []],
  ])('%s', (_, text, tls, authorities) => {
    expect(site(text)).toMatchObject({ tls, authorities });
  });

  it('files and snippets are imported; what is not there is unread', () => {
    const { sites, unread } = facts(
      'a.example {\nimport proxy.conf 1\nimport gone\n}\n(s) {\nimport s\n}\nb.example {\nimport s\n}',
      { '/etc/caddy/proxy.conf': 'reverse_proxy 127.0.0.{args[0]}:80' },
    );
    expect(sites[0]?.upstreams).toEqual([{ text: '127.0.0.1:80', line: 1, tls: false }]);
    expect(unread.map(({ why }) => why)).toEqual([
      'line 3: imports gone, which the payload does not hold',
      'line 6: imports s, which the payload does not hold',
    ]);
    expect(sites.map(({ unfollowed }) => unfollowed)).toEqual([
      { what: 'gone', line: 3 },
      { what: 's', line: 6 },
    ]);
  });

  it.each([
    ['beside the sites', 'import gone/*\na.example {\nrespond 404\n}', { what: 'gone/*', line: 1 }],
    ['deep inside one', 'a.example {\ntls {\nimport gone\n}\n}', { what: 'gone', line: 3 }],
    ['among the global options', '{\nimport gone\n}\na.example {\nrespond 404\n}', { what: 'gone', line: 2 }],
    ['in a site without braces', 'a.example\nimport gone', { what: 'gone', line: 2 }],
    ['nowhere', 'a.example {\nrespond 404\n}', undefined],
  ])('an import that is not there, %s, is known of its sites', (_, text, unfollowed) => {
    const { sites } = facts(text);
    expect(sites).toHaveLength(1);
    expect(sites[0]?.addresses).toEqual(['a.example']);
    expect(sites[0]?.unfollowed).toEqual(unfollowed);
  });

  it.each([
    ['a {', /line 1: expected a closing }/],
    ['}', /line 1: expected an opening {/],
    ['a {\n'.repeat(60), /at most 50 levels/],
  ])('%j is unread', (text, why) => {
    expect(facts(text).unread[0]?.why).toMatch(why);
  });
});

it('any text is read or refused with a line', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '\n',
    ' ',
    '"',
    '`',
    '\\',
    '#',
    'a',
    'import',
    '(s)',
    '<<E\n',
    'E',
    ',',
    '{$X}',
    'tls',
    'reverse_proxy',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 60 }), (parts) => {
      const text = parts.join('');
      facts(text);
      try {
        parseCaddyfile(text);
      } catch (error) {
        expect(error).toBeInstanceOf(CaddyfileError);
      }
    }),
    { numRuns: 500 },
  );
});
