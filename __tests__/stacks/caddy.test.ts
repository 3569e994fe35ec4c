import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request, createServer as serveHttp } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { run, sleep } from '../boot/run.ts';
import { caddyProgram } from '../boot/tools.ts';
import { freePort } from '../ports.ts';
import { built, documentOf, serversOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

/**
 * The Caddyfiles of the payload in the real Caddy on loopback. Only what cannot be here is changed: the authority becomes Caddy's
 * internal one, the ports those of this run, paths of the host folders of this test. What is asserted is what a client sees.
 */
const found = caddyProgram();
const documents = built(shipped('example.yaml'));
let queries: ReturnType<typeof built> | undefined;

function caddyfileOf(stack: string): string {
  const [[, server]] = serversOf(documentOf((stack === 'logs' ? queries : undefined) ?? documents, stack)) as [
    [string, Record<string, unknown>],
  ];
  return onHost(server.user_data).files.find(({ path: file }) => file === '/etc/caddy/Caddyfile')?.content ?? '';
}

const HEADERS = [
  'Data-Region: hel1',
  'Referrer-Policy: no-referrer',
  'Strict-Transport-Security: max-age=31536000; includeSubDomains',
  'X-Content-Type-Options: nosniff',
  'X-Frame-Options: DENY',
];

/** What no line of a log may hold. */
const SECRETS =
  'Cookie: session=synthetic-cookie\r\nAuthorization: Bearer synthetic-token\r\nX-Forwarded-For: 203.0.113.77\r\nForwarded: for=203.0.113.78\r\n';

if ('missing' in found) {
  test(`not run: ${found.missing}`, () => {
    process.stdout.write(`not run: the shipped Caddyfiles in the real Caddy (${found.missing})\n`);
    expect(caddyfileOf('edge')).toContain('acme_ca ');
  });
} else {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-caddy-'));
  const ports = { https: 0, http: 0, backend: 0 };
  let caddy: ChildProcess | undefined;
  let log = '';
  jest.setTimeout(60_000);

  /** The shipped text, with what belongs to the host replaced; every replacement must find something. */
  const local = (stack: string): string => {
    const changes: readonly (readonly [RegExp, string])[] = [
      [/admin unix\/\/\S+/, 'admin off\n\tskip_install_trust\n\tlocal_certs'],
      [
        /\tacme_ca \S+\n/,
        `\thttp_port ${ports.http}\n\thttps_port ${ports.https}\n\tdefault_bind 127.0.0.1\n\tstorage file_system ${folder}/storage\n`,
      ],
      [/\tacme_eab \{[\s\S]*?\n\t\}\n/, ''],
      [/root \* \/etc\/caddy\/well-known/, `root * ${folder}`],
    ];
    let text = caddyfileOf(stack).replace('/etc/caddy/query-ca.pem', `${folder}/operators.pem`);
    for (const [pattern, replacement] of changes) {
      expect(text).toMatch(pattern);
      text = text.replace(pattern, replacement);
    }
    return text.replaceAll(/127\.0\.0\.1:(8000|8081|9427|9428)/g, `127.0.0.1:${ports.backend}`);
  };

  /** One request over TLS of a version, and the whole answer; undefined when the handshake is refused. */
  const get = (
    name: string,
    target: string,
    tls: { maxVersion?: 'TLSv1.2' | 'TLSv1.3'; head?: string; cert?: string; asks?: string } = {},
  ) =>
    new Promise<string | undefined>((resolve) => {
      const socket: TLSSocket = connect({
        host: '127.0.0.1',
        port: ports.https,
        servername: name,
        rejectUnauthorized: false,
        ...(tls.maxVersion === undefined ? {} : { maxVersion: tls.maxVersion }),
        ...(tls.cert === undefined
          ? {}
          : { cert: readFileSync(`${tls.cert}.pem`), key: readFileSync(`${tls.cert}.key`) }),
      });
      let text = '';
      socket.on('secureConnect', () =>
        socket.write(
          `GET ${target} HTTP/1.1\r\nHost: ${tls.asks ?? name}\r\nConnection: close\r\n${tls.head ?? ''}\r\n`,
        ),
      );
      socket.on('data', (piece) => {
        text += piece.toString();
      });
      socket.on('error', () => resolve(undefined));
      socket.on('close', () => resolve(text === '' ? undefined : text));
    });

  /** Waits for its end: the next one takes the same ports. */
  const stop = async (): Promise<void> => {
    const running = caddy;
    caddy = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill();
    await ended;
  };

  const start = async (stack: string, sources = '127.0.0.1/32'): Promise<void> => {
    await stop();
    log = '';
    const file = path.join(folder, `${stack}.Caddyfile`);
    writeFileSync(file, local(stack));
    caddy = spawn(found.program, ['run', '--config', file, '--adapter', 'caddyfile'], {
      env: {
        ...process.env,
        LUKKO_SOURCES: sources,
        HOME: folder,
        XDG_CONFIG_HOME: folder,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [caddy.stdout, caddy.stderr])
      stream?.on('data', (piece: Buffer) => {
        log += piece.toString();
      });
    const name = `${stack}.lukko.example`;
    for (let tries = 0; tries < 600 && (await get(name, '/')) === undefined; tries += 1) await sleep(50);
  };

  beforeAll(async () => {
    for (const key of ['https', 'http', 'backend'] as const) ports[key] = await freePort();
    mkdirSync(path.join(folder, 'storage'));
    writeFileSync(path.join(folder, 'security.txt'), securityText());
  });
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const securityText = (): string => {
    const [[, server]] = serversOf(documentOf(documents, 'edge')) as [[string, Record<string, unknown>]];
    return onHost(server.user_data).files.find(({ path: file }) => file.endsWith('security.txt'))?.content ?? '';
  };

  test.each(['edge', 'logs', 'errors', 'backups'])(
    '%s: the shipped Caddyfile is valid, with a throw-away binding',
    (stack) => {
      const binding = path.join(folder, 'acme-account');
      mkdirSync(binding, { recursive: true });
      for (const file of ['key-id', 'mac-key'])
        writeFileSync(path.join(binding, file), 'dGhyb3ctYXdheS1iaW5kaW5nLTAwMDAwMDAwMDAwMDA');
      const file = path.join(folder, `${stack}.shipped`);
      writeFileSync(
        file,
        caddyfileOf(stack)
          .replaceAll('/run/acme-account', binding)
          .replace('/run/caddy/admin.sock', `${folder}/admin.sock`),
      );
      const { status, stderr, stdout } = run(found.program, ['validate', '--config', file, '--adapter', 'caddyfile'], {
        env: { ...process.env, LUKKO_SOURCES: '192.0.2.1', HOME: folder },
      });
      expect([stack, status, status === 0 ? '' : stdout + stderr]).toEqual([stack, 0, '']);
    },
  );

  describe('the edge on loopback', () => {
    beforeAll(() => start('edge'));

    test('speaks TLS 1.3 and refuses 1.2', async () => {
      expect(await get('edge.lukko.example', '/', { maxVersion: 'TLSv1.2' })).toBeUndefined();
      expect(await get('edge.lukko.example', '/', { maxVersion: 'TLSv1.3' })).toMatch(/^HTTP\/1\.1 404 /);
    });

    test('sends the security headers and where the data lies', async () => {
      const answer = (await get('edge.lukko.example', '/')) ?? '';
      const headers = answer
        .split('\r\n\r\n')[0]
        ?.split('\r\n')
        .slice(1)
        .filter((line) => !/^(date|connection|content-length):/i.test(line))
        .sort();
      expect(headers).toEqual(HEADERS);
    });

    test('answers to the name of the handshake alone', async () => {
      expect((await get('edge.lukko.example', '/', { asks: 'other.example' }))?.split('\r\n')[0]).toBe(
        'HTTP/1.1 421 Misdirected Request',
      );
      expect((await get('edge.lukko.example', '/', { asks: 'issues.lukko.example' }))?.slice(9, 12)).toBe('421');
      expect(await get('other.example', '/')).toBeUndefined();
    });

    test('answers security.txt with an end 90 days ahead', async () => {
      const answer = (await get('edge.lukko.example', '/.well-known/security.txt')) ?? '';
      expect(answer).toContain('Contact: mailto:security@lukko.example');
      const end = Date.parse(/Expires: (\S+)/.exec(answer)?.[1] ?? '');
      expect(Math.round((end - Date.now()) / 86_400_000)).toBe(90);
    });

    test('sends plain HTTP on to HTTPS', async () => {
      const status = await new Promise<[number | undefined, string | undefined]>((resolve) => {
        request(
          {
            host: '127.0.0.1',
            port: ports.http,
            path: '/a',
            headers: { host: 'edge.lukko.example' },
          },
          (answer) => {
            answer.resume();
            resolve([answer.statusCode, answer.headers.location]);
          },
        ).end();
      });
      expect(status).toEqual([308, expect.stringMatching(/^https:\/\/edge\.lukko\.example(:\d+)?\/a$/)]);
    });

    test('logs a request without its address, cookies or credentials', async () => {
      await get('edge.lukko.example', '/masked', {
        head: SECRETS,
      });
      for (let tries = 0; tries < 100 && !log.includes('"/masked"'); tries += 1) await sleep(20);
      const line = log.split('\n').find((each) => each.includes('"/masked"')) ?? '';
      const { request: seen } = JSON.parse(line) as {
        request: Record<string, unknown>;
      };
      expect([seen.remote_ip, seen.client_ip, seen.remote_port]).toEqual(['127.0.0.0', '127.0.0.0', undefined]);
      for (const secret of ['synthetic-cookie', 'synthetic-token', '203.0.113.77', '203.0.113.78'])
        expect(line).not.toContain(secret);
    });
  });

  test.each([
    ['logs', '/insert/audit/x', '502'],
    ['errors', '/', '502'],
    ['backups', '/edge/config', '502'],
    ['logs', '/', '403'],
  ])(
    '%s %s: the page that tells an error (%s) has the same headers, and the log says masked what went wrong',
    async (stack, target, code) => {
      await start(stack);
      await get(`${stack}.lukko.example`, `${target}?masked`, { head: SECRETS });
      for (let tries = 0; tries < 100 && log.split('?masked').length < (code === '502' ? 3 : 2); tries += 1)
        await sleep(20);
      // Whatever names the request: the line of the access log, and the one that says what went wrong.
      const told = log.split('\n').filter((line) => line.includes('?masked'));
      expect(told.length).toBe(code === '502' ? 2 : 1);
      if (code === '502') expect(told.join('\n')).toContain('"msg":"dial tcp 127.0.0.1:');
      expect(told.join('\n')).not.toMatch(/synthetic|203\.0\.113|"127\.0\.0\.1"|remote_port/);
      const [status, ...lines] =
        ((await get(`${stack}.lukko.example`, target)) ?? '').split('\r\n\r\n')[0]?.split('\r\n') ?? [];
      expect(status?.slice(9, 12)).toBe(code);
      const region = `Data-Region: ${stack === 'backups' ? 'fsn1' : 'hel1'}`;
      expect(lines.filter((line) => !/^(date|connection|content-\w+|server):/i.test(line)).sort()).toEqual([
        region,
        ...HEADERS.slice(1),
      ]);
    },
  );

  describe('the log server on loopback', () => {
    test('admits lines from our own addresses, each class to its store, and nobody to queries', async () => {
      await start('logs');
      // Nothing stands behind it here: 502 says that the request was admitted.
      for (const target of ['/insert/audit/journald/upload', '/insert/application/jsonline'])
        expect([target, (await get('logs.lukko.example', target))?.slice(9, 12)]).toEqual([target, '502']);
      for (const target of ['/select/logsql/query', '/delete/run_task', '/insert/other', '/'])
        expect([target, (await get('logs.lukko.example', target))?.slice(9, 12)]).toEqual([target, '403']);
    });

    test('refuses lines from other addresses', async () => {
      await start('logs', '192.0.2.10/32');
      expect((await get('logs.lukko.example', '/insert/audit/journald/upload'))?.slice(9, 12)).toBe('403');
    });
  });

  test('queries are for a client certificate of the operators, and one of anybody else ends the handshake', async () => {
    const made = (name: string, by?: string) => {
      const file = path.join(folder, name);
      const signer =
        by === undefined ? [] : ['-CA', `${path.join(folder, by)}.pem`, '-CAkey', `${path.join(folder, by)}.key`];
      const args = [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '1',
        '-subj',
        `/CN=${name}`,
      ];
      const { status, stderr } = run('openssl', [...args, ...signer, '-keyout', `${file}.key`, '-out', `${file}.pem`]);
      expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
      return file;
    };
    const authority = made('operators');
    made('others');
    queries = built(
      shipped('example.yaml', (config) => {
        config.access.queryCa = readFileSync(`${authority}.pem`, 'utf8');
      }),
    );
    await start('logs');
    const target = '/select/audit/logsql/query';
    expect((await get('logs.lukko.example', target))?.slice(9, 12)).toBe('403');
    expect((await get('logs.lukko.example', target, { cert: made('operator', 'operators') }))?.slice(9, 12)).toBe(
      '502',
    );
    expect(await get('logs.lukko.example', target, { cert: made('stranger', 'others') })).toBeUndefined();
    expect((await get('logs.lukko.example', '/insert/audit/x'))?.slice(9, 12)).toBe('502');
  });

  test('GlitchTip is never told whose address a report came from', async () => {
    await start('errors');
    const seen: Record<string, unknown>[] = [];
    const backend = serveHttp((asked, answer) => {
      seen.push(asked.headers);
      answer.setHeader('X-Frame-Options', 'SAMEORIGIN').setHeader('Server', 'upstream').end('stored');
    }).listen(ports.backend, '127.0.0.1');
    try {
      const head = 'X-Forwarded-For: 203.0.113.77\r\nX-Real-IP: 203.0.113.78\r\nForwarded: for=203.0.113.79\r\n';
      const answer = await get('errors.lukko.example', '/api/1/envelope/', { head });
      expect(answer).toContain('stored');
      // One of each, and its own.
      expect(answer?.match(/^(X-Frame-Options|Server|Data-Region): .*$/gim)).toEqual([
        'Data-Region: hel1',
        'X-Frame-Options: DENY',
      ]);
      expect(JSON.stringify(seen)).not.toMatch(/203\.0\.113|127\.0\.0\.1"/);
      expect(seen).toHaveLength(1);
    } finally {
      backend.close();
    }
  });

  test('the backups host admits our own addresses alone', async () => {
    await start('backups', '192.0.2.10/32');
    expect((await get('backups.lukko.example', '/edge/config'))?.slice(9, 12)).toBe('403');
    await start('backups');
    expect((await get('backups.lukko.example', '/edge/config'))?.slice(9, 12)).toBe('502');
  });
}
