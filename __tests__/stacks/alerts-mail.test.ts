import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Config, config as schema } from '@lukko/formats';
import { has, must, run, sleep } from '../boot/run.ts';
import { freePort } from '../ports.ts';
import { AlertHost } from './alert-host.ts';
import { type Built, built, documentOf, serversOf, shipped } from './built.ts';
import { ended } from './front.ts';
import { onHost } from './on-host.ts';
import { type Relay, SmtpServer } from './smtp-server.ts';

/*
 * Alerts by mail: the shipped script, the real curl, the real tinyproxy with the shipped configuration and list, and a relay on loopback.
 * Its port is another than the shipped one in every file that names it; names, TLS and login are as on a host.
 */

const FROM = 'lukko@lukko.example';
const TO = 'alerts@lukko.example';
const withMail = (relay: string): Built =>
  built(
    shipped('example.yaml', (config) => {
      config.alerts = { mail: { relay, from: FROM, to: TO } };
    }),
  );
const documents = withMail('smtp://localhost:587');
const filesOf = (stack: string, from = documents) => {
  const [[, server]] = serversOf(documentOf(from, stack)) as [[string, Record<string, unknown>]];
  return onHost(server.user_data).files;
};
const contentOf = (stack: string, file: string, from = documents) =>
  filesOf(stack, from).find((each) => each.path === file)?.content ?? '';

test('the way to the relay is open where mail is configured, at its port and under its name alone', () => {
  const plain = built(shipped('example.yaml'));
  for (const stack of ['keys', 'edge', 'logs', 'errors', 'backups']) {
    const connects = (from: Built) => contentOf(stack, '/etc/lukko/tinyproxy.conf', from).match(/^ConnectPort .*$/gm);
    const leaves = (from: Built) =>
      /tcp dport \{ (.*) \} meta skuid 975/.exec(contentOf(stack, '/etc/nftables.conf', from))?.[1];
    const names = (from: Built) =>
      contentOf(stack, '/etc/lukko/egress-names', from).split('\n').includes('^localhost$');
    expect([stack, connects(documents), leaves(documents), names(documents)]).toEqual([
      stack,
      ['ConnectPort 443', 'ConnectPort 587'],
      '80, 443, 587',
      true,
    ]);
    expect([stack, connects(plain), leaves(plain), names(plain)]).toEqual([
      stack,
      ['ConnectPort 443'],
      '80, 443',
      false,
    ]);
  }
  // Hetzner's firewalls let out no more than these either.
  const ports = (from: Built, stack: string) =>
    Object.values(documentOf(from, stack).resource.hcloud_firewall ?? {}).map((firewall) =>
      (firewall.rule as readonly { direction: string; port: string }[])
        .filter(({ direction, port }) => direction === 'out' && port === '587')
        .map(({ port }) => port),
    );
  expect(ports(documents, 'network')).toEqual([['587'], ['587'], ['587'], ['587']]);
  expect(ports(documents, 'keys')).toEqual([['587']]);
  expect([...ports(plain, 'network'), ...ports(plain, 'keys')].flat()).toEqual([]);
});

test.each([
  ['smtp://relay.example:25', 'relay'],
  ['smtp://relay.example', 'relay'],
  ['smtp://user:password@relay.example:587', 'relay'],
  ['http://relay.example:587', 'relay'],
])('%s is no relay: TLS is asked for, and a login is a sealed secret', (relay, field) => {
  const { success, error } = schema.safeParse({
    ...shipped('example.yaml'),
    alerts: { mail: { relay, from: FROM, to: TO } },
  } satisfies Config);
  expect([success, error?.issues.map((issue) => [issue.path.at(-1), issue.message])]).toEqual([
    false,
    [[field, 'expected smtp://<host>:587 or smtps://<host>:465: TLS is asked for on both']],
  ]);
});

const missing = ['curl', 'jq', 'openssl', 'tinyproxy'].filter((program) => !has(program));

if (missing.length > 0) {
  test(`not run: alerts by mail (no ${missing.join(', ')})`, () => {
    process.stdout.write(`not run: alerts by mail (no ${missing.join(', ')} on this machine)\n`);
    expect(filesOf('edge').some(({ path: file }) => file.endsWith('/alert'))).toBe(true);
  });
} else {
  jest.setTimeout(60_000);
  const root = mkdtempSync(path.join(tmpdir(), 'lukko-mail-'));
  const alertHost = new AlertHost(root);
  const at = (name: string) => alertHost.at(name);
  const certificates = new Map<string, { key: string; certificate: string }>();
  let relay: SmtpServer;
  let port = 0;
  let proxy: ChildProcess | undefined;
  let proxyPort = 0;

  /** The host, its relay at `localhost` and its way out, the real tinyproxy as it is shipped. */
  const host = async (
    how: Partial<Relay> & { name?: string } = {},
    programs: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    const shippedFor = how.tls === 'implicit' ? withMail('smtps://localhost:465') : documents;
    await relay?.stop();
    await ended(proxy);
    const made = certificates.get(how.name ?? 'localhost') as { key: string; certificate: string };
    relay = new SmtpServer({ tls: 'starttls', asks: false, ...made, ...how });
    port = await relay.start();
    proxyPort = await freePort();
    alertHost.put(filesOf('edge', shippedFor), programs, proxyPort, (text) =>
      text
        .replace(/^(LUKKO_MAIL=.*):\d+$/m, `$1:${port}`)
        .replace(/^ConnectPort (587|465)$/m, `ConnectPort ${port}`)
        .replace(/^Port .*$/m, `Port ${proxyPort}`)
        // Its user is not on this machine, nor systemd's log.
        .replace(/^(User|Group) .*\n/gm, '')
        .replace(/^Syslog On$/m, `LogFile "${at('host/proxy.log')}"`),
    );
    proxy = spawn('tinyproxy', ['-d', '-c', at('host/etc/tinyproxy.conf')], { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries += 1) {
      if (run('curl', ['-s', '-o', '/dev/null', `http://127.0.0.1:${proxyPort}/`]).status === 0) break;
      await sleep(20);
    }
  };
  const runs = (script: string, ...args: string[]) =>
    alertHost.runs(script, args, { CURL_CA_BUNDLE: at('localhost.pem') });

  beforeAll(() => {
    for (const name of ['localhost', 'another.example']) {
      const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
      const form = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
      must('openssl', [
        'req',
        '-x509',
        ...form,
        '-subj',
        `/CN=${name}`,
        '-addext',
        `subjectAltName=DNS:${name}`,
        ...files,
      ]);
      certificates.set(name, {
        key: readFileSync(at(`${name}.key`), 'utf8'),
        certificate: readFileSync(at(`${name}.pem`), 'utf8'),
      });
    }
  });
  afterAll(async () => {
    await relay?.stop();
    await ended(proxy);
    rmSync(root, { recursive: true, force: true });
  });

  test.each(['starttls', 'implicit'] as const)(
    '%s: an alert arrives once an hour, with what it is about',
    async (tls) => {
      await host({ tls });
      const said = await runs('alert', 'locked', '/srv/lukko', 'refused: too few key servers opened ä');
      expect(said).toEqual({ code: 0, out: '<3>ALERT locked /srv/lukko refused: too few key servers opened ä\n' });
      await runs('alert', 'locked', '/srv/lukko', 'refused: too few key servers opened ä');
      expect(relay.mails).toEqual([{ from: FROM, to: [TO], login: undefined, text: expect.any(String) }]);
      expect(
        relay.mails[0]?.text.replace(/^(Date: )\w{3}, \d\d? \w{3} \d{4} [\d:]{8} [+-]\d{4}$/m, '$1now').split('\n'),
      ).toEqual([
        `From: ${FROM}`,
        `To: ${TO}`,
        'Date: now',
        'Subject: [edge.lukko.example] locked /srv/lukko',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'refused: too few key servers opened ä',
      ]);
      // Before TLS nothing is said but that it is wanted.
      expect(relay.plain.map((line) => line.replace(/ .*/, ''))).toEqual(
        tls === 'starttls' ? ['EHLO', 'STARTTLS'] : [],
      );
    },
  );

  test('a heartbeat comes by mail once a day, and everything else as it does by other ways', async () => {
    await host();
    for (let times = 0; times < 3; times += 1) await runs('checks');
    expect(relay.mails.map(({ text }) => /^Subject: (.*)$/m.exec(text)?.[1])).toEqual([
      '[edge.lukko.example] heartbeat edge.lukko.example',
    ]);
    must('sh', ['-c', `touch -d '25 hours ago' ${at('host/run/alerts')}/mail-heartbeat-*`]);
    await runs('checks');
    expect(relay.mails).toHaveLength(2);
  });

  test('a relay that asks for a login gets the sealed one, which stands in no list of processes', async () => {
    await host({ asks: true });
    const without = await runs('alert', 'disk', '/');
    expect([without.code, without.out]).toEqual([
      1,
      expect.stringMatching(/^<3>ALERT disk \/ \ncurl: \(55\) MAIL failed: 530\n$/),
    ]);
    writeFileSync(at('host/srv/secrets/alert-mail'), 'machine localhost login hosts password synthetic-password\n');
    writeFileSync(
      at('host/bin/curl'),
      `#!/bin/sh\nprintf '%s\\n' "$@" >>${at('host/arguments')}\nexec /usr/bin/curl "$@"\n`,
      { mode: 0o755 },
    );
    expect(await runs('alert', 'disk', '/')).toMatchObject({ code: 0 });
    expect(relay.mails.map(({ login }) => login)).toEqual(['hosts synthetic-password']);
    const shown = readFileSync(at('host/arguments'), 'utf8');
    expect(shown).toContain('/alert-mail\n');
    expect(shown).not.toContain('synthetic');
  });

  test('without TLS nothing is handed over, neither mail nor login', async () => {
    await host({ tls: 'none', asks: true });
    writeFileSync(at('host/srv/secrets/alert-mail'), 'machine localhost login hosts password synthetic-password\n');
    const said = await runs('alert', 'disk', '/');
    expect([said.code, said.out]).toEqual([1, expect.stringMatching(/^<3>ALERT disk \/ \ncurl: \(64\) /)]);
    expect(relay.plain.map((line) => line.replace(/ .*/, ''))).not.toContain('AUTH');
    expect(relay.mails).toEqual([]);
  });

  test('a relay with the certificate of another name is not told', async () => {
    await host({ name: 'another.example' });
    const said = await runs('alert', 'disk', '/');
    expect([said.code, said.out]).toEqual([1, expect.stringMatching(/^<3>ALERT disk \/ \ncurl: \(60\) /)]);
    expect(relay.mails).toEqual([]);
  });

  test('a relay that is down: the journal has the alert and why it did not arrive, and it is told when the relay is back', async () => {
    const failed = 'case "$*" in "list-units --failed"*) echo "caddy.service loaded failed failed Caddy";; esac';
    await host({}, { systemctl: failed });
    await relay.stop();
    const said = await runs('alert', 'failed', 'caddy.service');
    expect([said.code, said.out]).toEqual([
      1,
      expect.stringMatching(/^<3>ALERT failed caddy\.service \ncurl: \(\d+\) .+\n$/),
    ]);
    relay = new SmtpServer({
      tls: 'starttls',
      asks: false,
      ...(certificates.get('localhost') as { key: string; certificate: string }),
    });
    await relay.start(port);
    await runs('checks');
    expect(relay.mails.map(({ text }) => /^Subject: (.*)$/m.exec(text)?.[1])).toEqual([
      '[edge.lukko.example] failed caddy.service',
      '[edge.lukko.example] heartbeat edge.lukko.example',
    ]);
  });

  test('nobody else is reached at that port, and the relay at no other', async () => {
    await host();
    const through = (url: string) =>
      run('curl', ['-s', '-m', '10', '-p', '-x', `http://127.0.0.1:${proxyPort}`, '-w', '%{http_connect}', url]).stdout;
    expect(through(`smtp://localhost:${port === 2525 ? 2526 : 2525}`)).toBe('403');
    expect(through(`smtp://127.0.0.1:${port}`)).toBe('403');
    expect(through(`smtp://relay.other.example:${port}`)).toBe('403');
    expect(relay.plain).toEqual([]);
  });
}
