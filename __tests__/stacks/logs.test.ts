import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { has, run, sleep } from '../boot/run.ts';
import { built, documentOf, serversOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

/**
 * The two stores of the log server with the shipped options, in the real VictoriaLogs on loopback. Only folder and port differ. Neither
 * Debian nor the npm registry has it: where no program `victoria-logs` is found (or named in LUKKO_TEST_VICTORIA_LOGS) this is not run.
 */
const program = process.env.LUKKO_TEST_VICTORIA_LOGS ?? 'victoria-logs';
const CLASSES = ['audit', 'application'] as const;
const [[, server]] = serversOf(documentOf(built(shipped('example.yaml')), 'logs')) as [
  [string, Record<string, unknown>],
];
const { files } = onHost(server.user_data);
const optionsOf = (name: string): readonly string[] => {
  const quadlet = files.find((file) => file.path.endsWith(`/victoria-logs-${name}.container`))?.content ?? '';
  return /^Exec=(.*)$/m.exec(quadlet)?.[1]?.split(' ') ?? [];
};

test('each class is a store of its own, with its own time, on loopback, and none has an API that deletes', () => {
  expect(CLASSES.map(optionsOf)).toMatchInlineSnapshot(`
    [
      [
        "-storageDataPath=/victoria-logs-data",
        "-httpListenAddr=127.0.0.1:9427",
        "-retentionPeriod=365d",
      ],
      [
        "-storageDataPath=/victoria-logs-data",
        "-httpListenAddr=127.0.0.1:9428",
        "-retentionPeriod=30d",
      ],
    ]
  `);
});

if (!has(program)) {
  test('not run: writing and querying (no victoria-logs)', () => {
    process.stdout.write('not run: the log stores with the shipped options (no victoria-logs on this machine)\n');
    expect(optionsOf('audit').length).toBeGreaterThan(0);
  });
} else {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-logs-'));
  const stores = new Map<string, { process: ChildProcess; url: string; port: number }>();

  const free = (): Promise<number> =>
    new Promise((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const address = probe.address();
        probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
    });
  const start = async (name: string): Promise<void> => {
    const port = stores.get(name)?.port ?? (await free());
    const options = optionsOf(name).map((option) =>
      option.replace('/victoria-logs-data', `${folder}/${name}`).replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`),
    );
    const store = {
      process: spawn(program, options, { stdio: 'ignore' }),
      url: `http://127.0.0.1:${port}`,
      port,
    };
    stores.set(name, store);
    for (let tries = 0; tries < 400 && run('curl', ['-sf', `${store.url}/health`]).status !== 0; tries += 1)
      await sleep(50);
  };
  const stop = async (name: string): Promise<void> => {
    const running = stores.get(name)?.process;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await ended;
  };
  const url = (name: string, target: string): string => `${stores.get(name)?.url}${target}`;
  const count = (name: string): number => {
    const { stdout } = run('curl', ['-s', url(name, '/select/logsql/query'), '-d', 'query=* | count() lines']);
    return Number((JSON.parse(stdout || '{}') as { lines?: string }).lines ?? -1);
  };

  beforeAll(async () => {
    for (const name of CLASSES) await start(name);
  }, 60_000);
  afterAll(async () => {
    for (const name of CLASSES) await stop(name);
    rmSync(folder, { recursive: true, force: true });
  });

  test('what a journal uploads and what an application sends is found again, each in its own store', async () => {
    const lines = Array.from(
      { length: 500 },
      (_, index) => `__REALTIME_TIMESTAMP=${Date.now() * 1000 + index}\nMESSAGE=line ${index}\n_HOSTNAME=edge\n\n`,
    );
    const upload = [
      '-sf',
      '-H',
      'Content-Type: application/vnd.fdo.journal',
      '--data-binary',
      '@-',
      url('audit', '/insert/journald/upload'),
    ];
    expect(run('curl', upload, { input: lines.join('') }).status).toBe(0);
    const json = Array.from({ length: 300 }, (_, index) =>
      JSON.stringify({
        _time: new Date().toISOString(),
        _msg: `order ${index}`,
        app: 'shop',
      }),
    ).join('\n');
    expect(
      run(
        'curl',
        [
          '-sf',
          '-H',
          'Content-Type: application/stream+json',
          '--data-binary',
          '@-',
          url('application', '/insert/jsonline?_stream_fields=app'),
        ],
        {
          input: json,
        },
      ).status,
    ).toBe(0);
    for (let tries = 0; tries < 200 && (count('audit') < 500 || count('application') < 300); tries += 1)
      await sleep(100);
    expect([count('audit'), count('application')]).toEqual([500, 300]);
  }, 60_000);

  test('an orderly stop loses none of them', async () => {
    await stop('audit');
    await start('audit');
    expect(count('audit')).toBe(500);
  }, 60_000);

  test('no line can be deleted over the API', () => {
    for (const target of ['/delete/run_task?filter=*', '/internal/delete/run_task?filter=*']) {
      const { stdout } = run('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', url('audit', target)]);
      expect([target, Number(stdout) >= 400]).toEqual([target, true]);
    }
    expect(count('audit')).toBe(500);
  });
}
