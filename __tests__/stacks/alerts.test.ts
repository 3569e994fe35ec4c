import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { has, run } from '../boot/run.ts';
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
const documents = built(
  shipped('example.yaml', (config) => {
    config.alerts = { webhook: 'https://alerts.example/hooks/lukko' };
  }),
);
const filesOf = (stack: string) => {
  const [[, server]] = serversOf(documentOf(documents, stack)) as [[string, Record<string, unknown>]];
  return onHost(server.user_data).files;
};

test('every host has the timer that looks and sends its heartbeat, and tells what fails', () => {
  for (const stack of ['keys', 'edge', 'logs', 'errors', 'backups']) {
    const contentOf = (end: string) => filesOf(stack).find((file) => file.path.endsWith(end))?.content;
    expect([stack, contentOf('/lukko-watch.timer')]).toEqual([stack, expect.stringContaining('OnUnitActiveSec=5min')]);
    expect([stack, contentOf('/service.d/10-lukko.conf')]).toEqual([
      stack,
      '[Unit]\nOnFailure=lukko-alert@%n.service\n',
    ]);
    expect([stack, contentOf('/alerts.env')]).toEqual([stack, 'LUKKO_WEBHOOK=https://alerts.example/hooks/lukko\n']);
    expect(onHostUnits(stack)).toContain('lukko-watch.timer');
  }
});

function onHostUnits(stack: string): readonly string[] {
  const [[, server]] = serversOf(documentOf(documents, stack)) as [[string, Record<string, unknown>]];
  return onHost(server.user_data).runcmd.flat();
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
  }
  let told: Told[] = [];
  let receiver: Server;
  let answer = 200;

  /** Puts a host's scripts below this test's folder, with its paths, its way out and the programs it is planted with. */
  const host = (stack: string, programs: Readonly<Record<string, string>>): void => {
    rmSync(at('host'), { recursive: true, force: true });
    for (const folder of ['bin', 'lib', 'etc', 'run', 'srv/state', 'journal'])
      mkdirSync(at(`host/${folder}`), { recursive: true });
    for (const file of filesOf(stack)) {
      const name = path.posix.basename(file.path);
      const where = /^\/usr\/local\/lib\/lukko\/[a-z-]+$/.test(file.path)
        ? 'lib'
        : /^\/etc\/lukko\/[a-z.-]+$/.test(file.path)
          ? 'etc'
          : '';
      if (where === '') continue;
      const text = file.content
        .replaceAll('/usr/local/lib/lukko/', `${at('host/lib')}/`)
        .replaceAll('/etc/lukko/', `${at('host/etc')}/`)
        .replaceAll('/run/lukko', at('host/run'))
        .replaceAll('/srv/lukko', at('host/srv'))
        .replaceAll('127.0.0.1:8888', `127.0.0.1:${(receiver.address() as AddressInfo).port}`)
        // The way through the proxy is the same without TLS behind it.
        .replaceAll('LUKKO_WEBHOOK=https:', 'LUKKO_WEBHOOK=http:');
      writeFileSync(at(`host/${where}/${name}`), text);
      if (file.executable) chmodSync(at(`host/${where}/${name}`), 0o755);
    }
    const planted = {
      hostname: 'echo edge.lukko.example',
      df: 'printf "Use%%\\n 10%%\\n"',
      mountpoint: 'exit 0',
      timedatectl: 'echo yes',
      ...programs,
    };
    for (const [name, body] of Object.entries(planted)) {
      writeFileSync(at(`host/bin/${name}`), `#!/bin/sh\n${body}\n`);
      chmodSync(at(`host/bin/${name}`), 0o755);
    }
  };
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
  const runs = (script: string, ...args: string[]): Promise<{ code: number | null; out: string }> =>
    new Promise((resolve) => {
      const child = spawn(at(`host/lib/${script}`), args, {
        env: { ...process.env, PATH: `${at('host/bin')}:${process.env.PATH}` },
      });
      let out = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (piece: Buffer) => (out += piece.toString()));
      child.once('close', (code) => resolve({ code, out }));
    });
  const kinds = () => told.map(({ body }) => body.what);

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        told.push({ url: request.url, body: JSON.parse(text) as Record<string, string> });
        response.writeHead(answer).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    told = [];
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
    expect(told.map(({ url, body: { at: _, ...body } }) => ({ url, ...body }))).toEqual(
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
    expect(told[1]?.body).toMatchObject({
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
    expect(told[0]?.body).toMatchObject({
      what: 'locked',
      text: 'refused: too few key servers opened /dev/x; trying again',
    });
  });

  test('what could not be delivered is told again', async () => {
    host('edge', { mountpoint: 'exit 1', journalctl: 'exit 0' });
    answer = 404;
    await runs('alert', 'failed', 'caddy.service');
    answer = 200;
    await runs('alert', 'failed', 'caddy.service');
    await runs('alert', 'failed', 'caddy.service');
    expect(told.map(({ body }) => body.about)).toEqual(['caddy.service', 'caddy.service']);
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
