import { connect } from 'node:net';
import path from 'node:path';
import { run, sleep } from '../boot/run.ts';
import { CLASSES, LogServer, logFiles, missingForLogs, optionsOf } from './log-server.ts';
import { otlp } from './otlp.ts';

/**
 * The log server of the payload with its real parts: Debian's journal-upload as the shipped unit calls it, Caddy with the shipped sites,
 * both stores with the shipped options.
 */
const missing = missingForLogs();
const day = 86_400_000;

test('each class is a store of its own, with its own time, on loopback, and none has an API that deletes', () => {
  expect(CLASSES.map(optionsOf)).toMatchInlineSnapshot(`
    [
      [
        "-storageDataPath=/victoria-logs-data",
        "-httpListenAddr=127.0.0.1:9427",
        "-retentionPeriod=365d",
        "-inmemoryDataFlushInterval=1s",
      ],
      [
        "-storageDataPath=/victoria-logs-data",
        "-httpListenAddr=127.0.0.1:9428",
        "-retentionPeriod=30d",
        "-inmemoryDataFlushInterval=1s",
      ],
    ]
  `);
});

test('the uploader asks for no client certificate, which no host has, and names port and authorities', () => {
  const unit = logFiles().find((file) => file.path.endsWith('/lukko-ship.service'))?.content ?? '';
  expect(/^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ')).toMatchInlineSnapshot(`
    [
      "/usr/lib/systemd/systemd-journal-upload",
      "--url=https://logs.lukko.example:443/insert/audit/journald",
      "--key=-",
      "--cert=-",
      "--trust=/etc/ssl/certs/ca-certificates.crt",
      "--merge",
      "--save-state=/srv/lukko/ship/state",
    ]
  `);
});

if (missing.length > 0) {
  test(`not run: the log server with its real parts (${missing.join('; ')})`, () => {
    process.stdout.write(`not run: the log server with its real parts (${missing.join('; ')})\n`);
    expect(missing).not.toEqual([]);
  });
} else {
  const server = new LogServer();
  jest.setTimeout(180_000);
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  const audit = '/insert/audit/journald/upload';
  const lines = '/insert/application/jsonline?_stream_fields=app';
  /** Lines of an application, as JSON, `ago` milliseconds old. */
  const send = (app: string, count: number, ago = 0): number =>
    server.status(
      lines,
      ['-H', 'Content-Type: application/stream+json', '--data-binary', '@-'],
      Array.from({ length: count }, (_, index) =>
        JSON.stringify({
          _time: new Date(Date.now() - ago).toISOString(),
          _msg: `order ${index}`,
          app,
        }),
      ).join('\n'),
    );
  let journals = 0;
  /** Ships lines through a journal file of their own, with the shipped uploader. */
  const ship = (unit: string, messages: readonly string[], ago = 0) => {
    journals += 1;
    const file = path.join(server.folder, `${journals}.journal`);
    const at = (Date.now() - ago) * 1000 - messages.length;
    const written = server.journal(
      file,
      messages.map((message, index) => ({ message, unit, at: at + index })),
    );
    expect([written.status, written.status === 0 ? '' : written.stderr]).toEqual([0, '']);
    return server.upload(file);
  };
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

  test('what a journal ships, through Caddy, is found again with its unit and host; applications have a store of their own', async () => {
    expect(ship('ssh.service', numbered(500))).toMatchObject({ status: 0 });
    expect(send('shop', 300)).toBe(200);
    expect(await server.counted('audit', 500)).toBe(500);
    expect(await server.counted('application', 300)).toBe(300);
    expect((await server.find('audit', '"line 7" | limit 1'))[0]).toMatchObject({
      _msg: 'line 7',
      _HOSTNAME: 'edge',
      _SYSTEMD_UNIT: 'ssh.service',
    });
  });

  test('an OpenTelemetry SDK is understood as it is', async () => {
    const body = otlp('checkout', 'a payment was refused', Date.now());
    const type = ['-H', 'Content-Type: application/x-protobuf', '--data-binary', '@-'];
    expect(server.status('/insert/application/opentelemetry/v1/logs', type, body)).toBe(200);
    expect(await server.counted('application', 1, 'service.name:checkout')).toBe(1);
    const [line] = await server.find('application', 'service.name:checkout');
    expect(line).toMatchObject({ _msg: 'a payment was refused' });
  });

  test('each class keeps what is within its time, and takes nothing that is past it', async () => {
    expect(send('old', 5, 29 * day)).toBe(200);
    expect(send('older', 5, 31 * day)).toBe(200);
    expect(ship('old.service', numbered(5), 364 * day)).toMatchObject({
      status: 0,
    });
    expect(ship('older.service', numbered(5), 366 * day)).toMatchObject({
      status: 0,
    });
    expect(await server.counted('application', 5, 'app:old')).toBe(5);
    expect(await server.counted('audit', 5, '_SYSTEMD_UNIT:old.service')).toBe(5);
    expect(server.count('application', 'app:older')).toBe(0);
    expect(server.count('audit', '_SYSTEMD_UNIT:older.service')).toBe(0);
  });

  test('nothing that deletes is reachable, neither in a store nor past Caddy by a twisted path', () => {
    const before = [server.count('audit'), server.count('application')];
    for (const target of ['/delete/run_task?filter=*', '/internal/delete/run_task?filter=*'])
      for (const name of CLASSES) {
        const { stdout } = server.store(name, target, ['-X', 'POST', '-o', '/dev/null', '-w', '%{http_code}']);
        expect([name, target, Number(stdout) >= 400]).toEqual([name, target, true]);
      }
    for (const target of [
      '/delete/run_task?filter=*',
      '/insert/audit/../../delete/run_task?filter=*',
      '/insert/audit/..%2f..%2fdelete/run_task?filter=*',
      '/insert/audit/%2e%2e/%2e%2e/internal/force_merge',
      '/insert/audit/../audit/../../select/logsql/query?query=*',
      '//insert/audit//../../select/logsql/query?query=*',
      '/select/audit/logsql/query?query=*',
      '/internal/partition/list',
      '/metrics',
    ])
      expect([target, server.status(target, ['-X', 'POST']) >= 400]).toEqual([target, true]);
    expect([server.count('audit'), server.count('application')]).toEqual(before);
  });

  test('an address, a cookie and a token of a request do not reach the store, on the way that access logs go', async () => {
    // The whole of 127/8 is this machine: an address of its own that is recognised when it shows up.
    const own = '127.13.113.77';
    const secrets = ['203.0.113.77', '203.0.113.78', 'synthetic-cookie', 'synthetic-token', own];
    const head = [
      'X-Forwarded-For: 203.0.113.77',
      'Forwarded: for=203.0.113.78',
      'Cookie: session=synthetic-cookie',
      'Authorization: Bearer synthetic-token',
    ].flatMap((header) => ['-H', header]);
    const from = ['--interface', own];
    expect(server.status('/masked-request', [...from, ...head])).toBe(403);
    await server.close('application');
    expect(server.status('/insert/application/masked-error', [...from, ...head])).toBe(502);
    await server.open('application');
    // Neither a handshake that fails nor bytes that are no request may name who it was.
    run('curl', ['-sk', '--interface', own, '--tls-max', '1.2', server.url('/masked-handshake')]);
    await new Promise<void>((resolve) => {
      const { port } = new URL(server.url('/'));
      const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: own }, () =>
        socket.end('no TLS\r\n\r\n'),
      );
      socket
        .on('close', () => resolve())
        .on('error', () => resolve())
        .resume();
    });
    for (let tries = 0; tries < 100 && !server.log.includes('masked-error'); tries += 1) await sleep(50);
    const said = server.log.split('\n').filter((line) => line !== '');
    expect(ship('caddy.service', said)).toMatchObject({ status: 0 });
    expect(await server.counted('audit', said.length, '_SYSTEMD_UNIT:caddy.service')).toBe(said.length);
    for (const mark of ['masked-request', 'masked-error'])
      expect([mark, server.count('audit', `"${mark}" "127.13.113.0"`) > 0]).toEqual([mark, true]);
    for (const secret of secrets) expect([secret, server.count('audit', `"${secret}"`)]).toEqual([secret, 0]);
  });

  test('a server that is away costs no line: what could not be shipped is shipped when it is back', async () => {
    const before = server.count('audit');
    const file = path.join(server.folder, 'away.journal');
    const entries = (first: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        message: `away ${first + index}`,
        unit: 'away.service',
        at: Date.now() * 1000 - 10_000 + first + index,
      }));
    expect(server.journal(file, entries(0, 2_000))).toMatchObject({
      status: 0,
    });
    expect(server.upload(file)).toMatchObject({ status: 0 });
    await server.close('audit');
    expect(server.journal(file, entries(2_000, 3_000))).toMatchObject({
      status: 0,
    });
    // The unit starts it again after each of these.
    for (let tries = 0; tries < 3; tries += 1) expect(server.upload(file).status).not.toBe(0);
    await server.open('audit');
    expect(server.count('audit')).toBe(before + 2_000);
    expect(server.upload(file)).toMatchObject({ status: 0 });
    // The uploader may repeat the line it had come to: none is missing, each start may double one.
    const all = await server.counted('audit', before + 5_000);
    expect([all >= before + 5_000, all <= before + 5_004]).toEqual([true, true]);
    expect(await server.find('audit', '_SYSTEMD_UNIT:away.service | uniq by (_msg) | count() lines')).toEqual([
      { lines: '5000' },
    ]);
  });

  test('an orderly stop loses nothing; what a cut of the power loses is counted and said', async () => {
    const before = server.count('audit');
    await server.close('audit');
    await server.open('audit');
    expect(server.count('audit')).toBe(before);
    let sent = 0;
    // Past the five seconds after which VictoriaLogs has what it took on disk (-inmemoryDataFlushInterval).
    for (const end = Date.now() + 8_000; Date.now() < end; sent += 500)
      expect(ship('cut.service', numbered(500))).toMatchObject({ status: 0 });
    await server.close('audit', 'SIGKILL');
    await server.open('audit');
    const kept = server.count('audit', '_SYSTEMD_UNIT:cut.service');
    process.stdout.write(
      `kill -9 of VictoriaLogs: ${kept} of ${sent} acknowledged lines kept, those of the last seconds lost\n`,
    );
    expect(server.count('audit')).toBe(before + kept);
    expect(kept).toBeGreaterThan(0);
  });

  test('a host reaches the ways in of the two classes, and no other', () => {
    expect(server.status(audit)).not.toBe(403);
    expect(server.status('/insert/other/jsonline')).toBe(403);
  });
}
