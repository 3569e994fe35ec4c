import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { encodedIn } from '../../../packages/facts/src/encoded.ts';
import { cloudConfig, factsOf } from './sample.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const url = (text: string) => Buffer.from(text).toString('base64url');

it.each([
  ['a text', `x = ${base64('https://api.vercel.com/v1')}`, [{ text: 'https://api.vercel.com/v1', line: 1 }]],
  [
    'in the second line',
    `a\nb: "${base64('password: correct-horse')}"\n`,
    [{ text: 'password: correct-horse', line: 2 }],
  ],
  [
    'the alphabet of URLs, without padding',
    `${url('https://ü.example/?????')}`,
    [{ text: 'https://ü.example/?????', line: 1 }],
  ],
  ['gzipped', gzipSync('#!/bin/sh\necho hello\n').toString('base64'), [{ text: '#!/bin/sh\necho hello\n', line: 1 }]],
  ['a public key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW', []],
  ['a digest', `sha256:${'0123456789abcdef'.repeat(4)}`, []],
  ['an age recipient', 'age12hqhndad0qhrye8a29puspt773zljeas4rdc2ta6xjes2wrft3us598s8p', []],
  ['a path', '/usr/share/common-licenses/GPL-3/and/more/of/it', []],
  ['words', 'this-is-a-long-name-of-a-host-with-dashes', []],
  ['a broken archive', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(40)]).toString('base64'), []],
])('%s', (_, text, expected) => {
  expect(encodedIn(text)).toEqual(expected);
});

it('a bomb is not unpacked, and many runs are read up to a bound', () => {
  expect(encodedIn(gzipSync(Buffer.alloc(10_000_000, 65)).toString('base64'))).toEqual([]);
  expect(encodedIn(`${base64('a text that is long enough')}\n`.repeat(1000))).toHaveLength(200);
});

it('any text is read without a throw', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.base64String({ maxLength: 200 }),
      (text, run) => encodedIn(`${text}${run}`).length >= 0,
    ),
    { numRuns: 500 },
  );
});

const facts = (server: object, more: object = {}) => factsOf({ resource: { hcloud_server: { a: server }, ...more } });
const payload = (text: string) => ({ user_data: cloudConfig({ '/etc/app/settings': text }) });

describe('what base64 hides from nobody', () => {
  it('secrets in files of a payload, in attributes, and in files that are encoded whole', () => {
    const key = base64('AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY');
    const kinds = (server: object) => facts(server).secrets.map(({ kind, at }) => `${kind} ${at}`);
    expect(kinds(payload(`env: ${key}\n`))).toEqual([
      'literal aws_secret_access_key, in base64 hcloud_server.a.user_data:/etc/app/settings:1',
    ]);
    expect(kinds({ labels: { x: key } })).toEqual([
      'literal aws_secret_access_key, in base64 hcloud_server.a.labels.x',
    ]);
    const whole = `#cloud-config\nwrite_files:\n  - {path: /a, encoding: b64, content: ${base64('db_password: correct-horse\n')}}\n`;
    expect(kinds({ user_data: whole })).toEqual(['literal db_password hcloud_server.a.user_data:/a:1']);
    expect(kinds(payload(`pem: ${base64('-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n')}\n`))).toEqual([
      'private key, in base64 hcloud_server.a.user_data:/etc/app/settings:1',
    ]);
  });

  it('hosts', () => {
    const hosts = (server: object) =>
      facts(server)
        .hosts.filter((use) => use.position !== 'provider')
        .map((use) => `${use.position} ${use.host} ${use.at}`);
    const dsn = base64('dsn: https://key@o1.ingest.sentry.io/1\n');
    expect(hosts(payload(`config = ${dsn}\n`))).toEqual([
      'URL o1.ingest.sentry.io hcloud_server.a.user_data:/etc/app/settings:1',
    ]);
    expect(hosts({ labels: { x: dsn } })).toEqual(['URL o1.ingest.sentry.io hcloud_server.a.labels.x']);
  });
});
