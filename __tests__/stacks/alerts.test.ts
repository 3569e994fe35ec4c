import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { has, run } from '../boot/run.ts';
import { AlertHost } from './alert-host.ts';
import { built, documentOf, serversOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

/*
 * What tells people: the shipped scripts, the real curl and jq, and journals that were made by systemd's own program. Planted is what a host
 * would have: a mount, disks, units. The receiver is an HTTP proxy on loopback, which is the way out a host has.
 */

const REMOTE = '/usr/lib/systemd/systemd-journal-remote';
const missing = [
  ...['curl', 'jq', 'openssl', 'journalctl'].filter((program) => !has(program)),
  ...(existsSync(REMOTE) ? [] : ['systemd-journal-remote']),
];
const DSN = 'https://0123456789abcdef0123456789abcdef@errors.lukko.example/1';
const told = (errors: boolean) =>
  built(
    shipped('example.yaml', (config) => {
      config.alerts = { webhook: 'https://alerts.example/hooks/lukko', ...(errors ? { errors: DSN } : {}) };
    }),
  );
const documents = told(false);
const filesOf = (stack: string, from = documents) => {
  const [[, server]] = serversOf(documentOf(from, stack)) as [[string, Record<string, unknown>]];
  return onHost(server.user_data).files;
};

test('every host has the timer that looks and sends its heartbeat, and tells what fails', () => {
  for (const stack of ['keys', 'edge', 'logs', 'errors', 'backups']) {
    const contentOf = (end: string) => filesOf(stack).find((file) => file.path.endsWith(end))?.content;
    expect([stack, contentOf('/lukko-watch.timer')]).toEqual([stack, expect.stringContaining('OnUnitActiveSec=5min')]);
    for (const type of ['service', 'socket', 'mount', 'path', 'timer'])
      expect([stack, contentOf(`/${type}.d/10-lukko.conf`)]).toEqual([
        stack,
        '[Unit]\nOnFailure=lukko-alert@%n.service\n',
      ]);
    // It is not left to the next boot.
    expect(onHostUnits(stack)).toContain('systemctl start lukko-watch.timer');
    expect([stack, contentOf('/alerts.env')]).toEqual([stack, 'LUKKO_WEBHOOK=https://alerts.example/hooks/lukko\n']);
    expect(onHostUnits(stack).join('\n')).toMatch(/^systemctl enable .*lukko-watch\.timer/m);
  }
});

function onHostUnits(stack: string): readonly string[] {
  const [[, server]] = serversOf(documentOf(documents, stack)) as [[string, Record<string, unknown>]];
  return onHost(server.user_data).runcmd.map((words) => words.join(' '));
}

if (missing.length > 0) {
  test(`not run: alerts (no ${missing.join(', ')})`, () => {
    process.stdout.write(`not run: alerts (no ${missing.join(', ')} on this machine)\n`);
    expect(filesOf('edge').some(({ path: file }) => file.endsWith('/checks'))).toBe(true);
  });
} else {
  const root = mkdtempSync(path.join(tmpdir(), 'lukko-alerts-'));
  const at = (name: string) => path.join(root, name);
  interface Told {
    readonly url: string | undefined;
    readonly body: Record<string, string>;
    readonly text: string;
  }
  let arrived: Told[] = [];
  let receiver: Server;
  let answer = 200;

  const alertHost = new AlertHost(root);
  const host = (stack: string, programs: Readonly<Record<string, string>>): void =>
    alertHost.put(filesOf(stack), programs, (receiver.address() as AddressInfo).port, plain);
  // The way through the proxy is the same without TLS behind it.
  const plain = (text: string) => text.replace(/^(LUKKO_WEBHOOK='?|LUKKO_ERRORS='?)https:/gm, '$1http:');
  /** Lines of units as systemd itself writes them into a journal. @param lines unit, seconds since 1970, text */
  const journal = (lines: readonly (readonly [string, number, string])[]): string => {
    const text = lines
      .map(
        ([unit, seconds, message], index) =>
          `__REALTIME_TIMESTAMP=${seconds}000000\n__MONOTONIC_TIMESTAMP=${index + 1}\n_BOOT_ID=${'1'.repeat(32)}\n_MACHINE_ID=${'2'.repeat(32)}\n_HOSTNAME=h\n_SYSTEMD_UNIT=${unit}\nSYSLOG_IDENTIFIER=tangd\n_PID=7\nPRIORITY=6\nMESSAGE=${message}\n`,
      )
      .join('\n');
    rmSync(at('host/journal'), { recursive: true, force: true });
    mkdirSync(at('host/journal'));
    const made = run(REMOTE, ['-o', at('host/journal/one.journal'), '-'], { input: `${text}\n` });
    expect([made.status, made.status === 0 ? '' : made.stderr]).toEqual([0, '']);
    return `exec ${run('sh', ['-c', 'command -v journalctl']).stdout.trim()} --directory=${at('host/journal')} "$@"`;
  };
  const runs = (script: string, ...args: string[]) => alertHost.runs(script, args);
  const kinds = () => arrived.map(({ body }) => body.what);

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        const body = text.trimEnd().split('\n').at(-1) ?? '';
        arrived.push({ url: request.url, body: JSON.parse(body) as Record<string, string>, text });
        response.writeHead(answer).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    arrived = [];
    answer = 200;
  });
  afterAll(() => {
    receiver.closeAllConnections();
    receiver.close();
    rmSync(root, { recursive: true, force: true });
  });
  jest.setTimeout(60_000);

  test('a host on which all is well sends its heartbeat and nothing else, every time', async () => {
    host('edge', {});
    for (let times = 0; times < 2; times += 1) expect(await runs('checks')).toEqual({ code: 0, out: '' });
    expect(arrived.map(({ url, body: { at: _, ...body } }) => ({ url, ...body }))).toEqual(
      Array(2).fill({
        url: 'http://alerts.example/hooks/lukko',
        host: 'edge.lukko.example',
        what: 'heartbeat',
        about: 'edge.lukko.example',
        text: '',
      }),
    );
  });

  test('a full volume, an old backup and a certificate that ends are told once an hour', async () => {
    host('edge', { df: 'printf "Use%%\\n 91%%\\n"' });
    const days = (number: string) => [
      '-days',
      number,
      '-keyout',
      '/dev/null',
      '-subj',
      '/CN=x',
      '-nodes',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
    ];
    for (const [name, number] of [
      ['ends', '13'],
      ['lasts', '60'],
    ] as const) {
      const folder = at(`host/srv/caddy/data/caddy/certificates/a/${name}`);
      mkdirSync(folder, { recursive: true });
      expect(run('openssl', ['req', '-x509', ...days(number), '-out', `${folder}/${name}.crt`]).status).toBe(0);
    }
    writeFileSync(at('host/srv/state/backup.json'), '{}');
    run('touch', ['-d', '37 hours ago', at('host/srv/state/backup.json')]);
    const first = await runs('checks');
    expect(kinds()).toEqual(['disk', 'certificate', 'backup', 'disk', 'heartbeat']);
    expect(arrived[1]?.body).toMatchObject({
      about: expect.stringContaining('/ends/ends.crt'),
      text: 'ends within 14 days',
    });
    expect(
      first.out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.replace(root, '')),
    ).toEqual([
      '<3>ALERT disk /host/srv 91 % of the volume are used',
      '<3>ALERT certificate /host/srv/caddy/data/caddy/certificates/a/ends/ends.crt ends within 14 days',
      '<3>ALERT backup edge.lukko.example the last backup is older than 36 hours',
      '<3>ALERT disk / 91 % of the root disk are used',
    ]);
    await runs('checks');
    expect(kinds().slice(5)).toEqual(['heartbeat']);
  });

  test('a volume that stays locked is told with the reason the journal has', async () => {
    host('edge', {
      mountpoint: 'exit 1',
      journalctl:
        'echo "no answer from http://192.0.2.1:7500"; echo "refused: too few key servers opened /dev/x; trying again"',
    });
    await runs('checks');
    expect(arrived[0]?.body).toMatchObject({
      what: 'locked',
      text: 'refused: too few key servers opened /dev/x; trying again',
    });
  });

  test('a key server has no volume that could be locked, and a host without backups none that could be old', async () => {
    host('keys', { mountpoint: 'exit 1' });
    expect(await runs('checks')).toEqual({ code: 0, out: '' });
    host('backups', {});
    run('touch', ['-d', '40 hours ago', at('host/srv/state')]);
    expect(await runs('checks')).toEqual({ code: 0, out: '' });
    expect(kinds()).toEqual(['heartbeat', 'heartbeat']);
    // One that is backed up and has no backup yet is told by the age of its volume.
    host('edge', {});
    run('touch', ['-d', '40 hours ago', at('host/srv/state')]);
    await runs('checks');
    expect(kinds().slice(2)).toEqual(['backup', 'heartbeat']);
  });

  test('what failed while nobody could be told is told as long as it has failed, and an alert that failed is not', async () => {
    const failed =
      'case "$*" in "list-units --failed"*) echo "caddy.service loaded failed failed Caddy"; echo "lukko-alert@caddy.service.service loaded failed failed x";; esac';
    host('edge', { systemctl: failed });
    answer = 404;
    const away = await runs('alert', 'failed', 'caddy.service');
    expect(away.code).toBe(1);
    expect(away.out).toMatch(/^<3>ALERT failed caddy\.service \ncurl: \(22\) /);
    answer = 200;
    await runs('checks');
    await runs('checks');
    expect(arrived.slice(1).map(({ body }) => `${body.what} ${body.about}`)).toEqual([
      'failed caddy.service',
      'heartbeat edge.lukko.example',
      'heartbeat edge.lukko.example',
    ]);
  });

  test('GlitchTip is told too, as by an SDK, and of heartbeats nothing', async () => {
    alertHost.put(filesOf('keys', told(true)), {}, (receiver.address() as AddressInfo).port, plain);
    await runs('alert', 'failed', 'caddy.service', 'with "quotes" and \\ in it');
    await runs('alert', 'failed', 'caddy.service');
    await runs('alert', 'heartbeat', 'edge');
    expect(arrived.map(({ url }) => url)).toEqual([
      'http://alerts.example/hooks/lukko',
      'http://errors.lukko.example/api/1/envelope/?sentry_version=7&sentry_key=0123456789abcdef0123456789abcdef',
      'http://alerts.example/hooks/lukko',
    ]);
    const [header, item, event] = (arrived[1]?.text ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(header).toEqual({ event_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(item).toEqual({ type: 'event' });
    expect(event).toEqual({
      event_id: header?.event_id,
      timestamp: expect.any(Number),
      level: 'error',
      platform: 'other',
      logger: 'lukko',
      server_name: 'edge.lukko.example',
      message: 'failed caddy.service with "quotes" and \\ in it',
      fingerprint: ['edge.lukko.example', 'failed', 'caddy.service'],
    });
    expect(filesOf('keys', told(true)).find((file) => file.path.endsWith('/egress-names'))?.content).toContain(
      '^errors[.]lukko[.]example$\n',
    );
  });

  test('what could not be delivered is told again', async () => {
    host('edge', { mountpoint: 'exit 1', journalctl: 'exit 0' });
    answer = 404;
    await runs('alert', 'failed', 'caddy.service');
    answer = 200;
    await runs('alert', 'failed', 'caddy.service');
    await runs('alert', 'failed', 'caddy.service');
    expect(arrived.map(({ body }) => body.about)).toEqual(['caddy.service', 'caddy.service']);
  });

  test('a key server tells who asked for a key when no host reboots, and each line once', async () => {
    host('keys', {});
    const reboots = readFileSync(at('host/etc/reboots'), 'utf8');
    expect(reboots).toBe(
      'edge Mon,Wed,Fri 01:30\nlogs Mon,Wed,Fri 02:30\nerrors Mon,Wed,Fri 03:30\nbackups Mon,Wed,Fri 04:30\n',
    );
    const seconds = (time: string) => Date.parse(time) / 1000;
    const asked = (from: string, what: string, time: string) =>
      ['tangd@3-192.0.2.9:7500-192.0.2.1:4000.service', seconds(time), `${from} ${what} (../src/tangd.c:105)`] as const;
    const journalctl = journal([
      // A Monday: the window of edge, its last second, and the first one after it.
      asked('192.0.2.1', 'POST /rec/abc => 200', '2026-11-16T01:30:00Z'),
      asked('192.0.2.2', 'POST /rec/abc => 200', '2026-11-16T01:44:59Z'),
      asked('192.0.2.3', 'POST /rec/abc => 200', '2026-11-16T01:45:00Z'),
      // A Tuesday, at the same time.
      asked('192.0.2.4', 'POST /rec/abc => 200', '2026-11-17T01:35:00Z'),
      // Advertisements are public, and what was not answered opened nothing.
      asked('192.0.2.5', 'GET /adv => 200', '2026-11-17T12:00:00Z'),
      asked('192.0.2.6', 'POST /rec/abc => 404', '2026-11-17T12:00:00Z'),
    ]);
    writeFileSync(at('host/bin/journalctl'), `#!/bin/sh\n${journalctl}\n`);
    chmodSync(at('host/bin/journalctl'), 0o755);
    const { code, out } = await runs('tang-asked');
    expect([code, out.split('\n').filter((line) => line !== '')]).toEqual([
      0,
      [
        '<3>ALERT tang-asked 192.0.2.3 it asked for a key at 2026-11-16T01:45:00Z, when no host reboots by itself',
        '<3>ALERT tang-asked 192.0.2.4 it asked for a key at 2026-11-17T01:35:00Z, when no host reboots by itself',
      ],
    ]);
    expect(kinds()).toEqual(['tang-asked', 'tang-asked']);
    expect((await runs('tang-asked')).out).toBe('');
  });
}
