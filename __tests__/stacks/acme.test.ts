import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer as serveHttp } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { dnsAnswer } from '../boot/dns.ts';
import { must, run, sleep } from '../boot/run.ts';
import { caddyProgram, pebbleProgram } from '../boot/tools.ts';
import { freePort } from '../ports.ts';
import { built, documentOf, serversOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

/*
 * Certificates as a host gets them: the shipped Caddyfile in the real Caddy, the account binding in the files the payload names, every
 * request through a proxy that notes the names, and Let's Encrypt's test authority Pebble, which asks a DNS server on loopback. Changed are
 * ports, folders and the root of the authority's own TLS.
 */
const AUTHORITY = 'authority.example';
const NAME = 'edge.lukko.example';
const caddy = caddyProgram();
const pebble = pebbleProgram();
const missing = [caddy, pebble].flatMap((found) => ('missing' in found ? [found.missing] : []));
const config = shipped('example.yaml', ({ certificates }) => {
  Object.assign(certificates.authority, { directory: `https://${AUTHORITY}/dir` });
});
const [[, edge]] = serversOf(documentOf(built(config), 'edge')) as [[string, Record<string, unknown>]];
const { files } = onHost(edge.user_data);
const contentOf = (file: string): string => files.find((each) => each.path === file)?.content ?? '';

test('the quadlet hands Caddy the proxy and the binding that these tests hand it', () => {
  const quadlet = contentOf('/etc/containers/systemd/caddy.container');
  expect(quadlet).toContain('\nEnvironment=HTTPS_PROXY=http://127.0.0.1:8888 NO_PROXY=127.0.0.1\n');
  expect(quadlet).toContain('\nVolume=/srv/lukko/secrets/acme-account:/run/acme-account:ro\n');
  expect(contentOf('/etc/lukko/egress-names').split('\n')).toContain('^authority[.]example$');
});

if (missing.length > 0 || 'missing' in caddy || 'missing' in pebble) {
  test(`not run: certificates from an authority (${missing.join('; ')})`, () => {
    process.stdout.write(`not run: certificates from an authority (${missing.join('; ')})\n`);
    expect(contentOf('/etc/caddy/Caddyfile')).toContain('acme_eab');
  });
} else {
  jest.setTimeout(180_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-acme-'));
  const at = (name: string) => path.join(folder, name);
  const ports = { http: 0, https: 0, acme: 0, management: 0, dns: 0, proxy: 0 };
  const MAC = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';
  const running: { caddy?: ChildProcess | undefined; pebble?: ChildProcess | undefined } = {};
  /** What the two said since they were started last. */
  const said = { caddy: '', pebble: '' };
  const told = () => `Caddy said ${said.caddy.slice(-8_000)}\nPebble said ${said.pebble.slice(-8_000)}`;
  let dns: UdpSocket;
  let proxy: Server;
  const sockets = new Set<Socket>();
  /** Names that were asked of the proxy, and of the DNS server. */
  const asked = { proxy: new Set<string>(), dns: new Set<string>() };

  const ended = async (which: keyof typeof running): Promise<void> => {
    const child = running[which];
    running[which] = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await exit;
  };

  /** @param validity seconds a certificate is good for */
  const startPebble = async (validity: number): Promise<void> => {
    await ended('pebble');
    const settings = {
      listenAddress: `127.0.0.1:${ports.acme}`,
      managementListenAddress: `127.0.0.1:${ports.management}`,
      certificate: at('authority.pem'),
      privateKey: at('authority.key'),
      httpPort: ports.http,
      tlsPort: ports.https,
      externalAccountBindingRequired: true,
      externalAccountMACKeys: { 'kid-1': MAC },
      profiles: { default: { description: 'the only one', validityPeriod: validity } },
    };
    writeFileSync(at('pebble.json'), JSON.stringify({ pebble: settings }));
    const args = ['-config', at('pebble.json'), '-dnsserver', `127.0.0.1:${ports.dns}`];
    // Its sleeps and refused nonces are there to try a client's patience.
    const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' };
    said.pebble = '';
    running.pebble = spawn(pebble.program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [running.pebble.stdout, running.pebble.stderr])
      stream?.on('data', (piece: Buffer) => {
        said.pebble += piece.toString();
      });
    await until(
      () => reached(ports.acme),
      () => `Pebble listens; it said ${said.pebble.slice(-2_000)}`,
    );
  };

  const startCaddy = async (
    binding: { readonly id: string; readonly mac: string },
    storage: string,
    options = '',
  ): Promise<void> => {
    await ended('caddy');
    said.caddy = '';
    asked.proxy.clear();
    asked.dns.clear();
    mkdirSync(at('acme-account'), { recursive: true });
    writeFileSync(at('acme-account/key-id'), binding.id);
    writeFileSync(at('acme-account/mac-key'), binding.mac);
    const local = [
      `\thttp_port ${ports.http}\n\thttps_port ${ports.https}\n\tdefault_bind 127.0.0.1\n\tskip_install_trust`,
      `\tstorage file_system ${at(storage)}\n\tacme_ca_root ${at('ca.pem')}\n${options}`,
    ].join('\n');
    const text = contentOf('/etc/caddy/Caddyfile')
      .replaceAll('/run/acme-account', at('acme-account'))
      .replace('/run/caddy/admin.sock', at('admin.sock'))
      .replace('\tpersist_config off\n', `\tpersist_config off\n${local}`);
    expect(text).toContain(`\tacme_ca https://${AUTHORITY}/dir\n`);
    writeFileSync(at('Caddyfile'), text);
    running.caddy = spawn(caddy.program, ['run', '--config', at('Caddyfile'), '--adapter', 'caddyfile'], {
      env: { ...process.env, HOME: folder, HTTPS_PROXY: `http://127.0.0.1:${ports.proxy}`, NO_PROXY: '127.0.0.1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.caddy.stderr?.on('data', (piece: Buffer) => {
      said.caddy += piece.toString();
    });
    await until(
      () => reached(ports.https),
      () => `Caddy listens; it said ${said.caddy.slice(-8_000)}`,
    );
  };

  /** What left this host, by name: the authority, and nobody else. */
  const expectNobodyElse = () => expect([...asked.proxy]).toEqual([`${AUTHORITY}:443`]);
  /** The certificate a client gets that trusts the authority's root alone, or the reason why it gets none. */
  const certificate = (roots: string): Promise<{ serial: string } | { none: string }> =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: ports.https, servername: NAME, ca: roots });
      socket.once('secureConnect', () => {
        resolve({ serial: socket.getPeerCertificate().serialNumber });
        socket.destroy();
      });
      socket.once('error', (error: Error & { code?: string }) => resolve({ none: error.code ?? error.message }));
    });
  const rootOf = (): string =>
    must('curl', ['--silent', '--insecure', `https://127.0.0.1:${ports.management}/roots/0`]);
  /**
   * The certificate that is served in the end. After one attempt that failed Caddy waits a minute, then two: it is started again instead,
   * which tries at once, by `again` where one is given.
   */
  const issued = async (roots: string, again?: () => Promise<void>): Promise<string> => {
    let found = '';
    const before: string[] = [];
    await until(
      async () => {
        const now = await certificate(roots);
        if ('serial' in now) found = now.serial;
        else if (again !== undefined && /"msg":"will retry"/.test(said.caddy)) {
          expectNobodyElse();
          before.push(said.caddy.slice(-8_000));
          await again();
        }
        return found !== '';
      },
      () =>
        `a certificate; ${[...before.map((text) => `Caddy said, and was started again, ${text}`), told()].join('\n')}`,
    );
    return found;
  };

  beforeAll(async () => {
    for (const name of ['http', 'https', 'acme', 'management', 'proxy'] as const) ports[name] = await freePort();
    const leaf = ['-subj', `/CN=${AUTHORITY}`, '-addext', `subjectAltName=DNS:${AUTHORITY}`];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
    must('openssl', ['req', '-x509', ...key, '-subj', '/CN=ca', '-keyout', at('ca.key'), '-out', at('ca.pem')]);
    const signer = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-addext', 'basicConstraints=critical,CA:FALSE'];
    const to = ['-keyout', at('authority.key'), '-out', at('authority.pem')];
    must('openssl', ['req', '-x509', ...key, ...leaf, ...signer, ...to]);
    dns = createSocket('udp4', (question, from) => {
      const { name, answer } = dnsAnswer(question, () => '127.0.0.1');
      asked.dns.add(name);
      dns.send(answer, from.port, from.address);
    });
    await new Promise<void>((resolve) => dns.bind(0, '127.0.0.1', resolve));
    ports.dns = dns.address().port;
    proxy = serveHttp((_, answer) => answer.writeHead(403).end());
    proxy.on('connect', ({ url = '' }, client: Socket) => {
      asked.proxy.add(url);
      const authority = connectTcp(ports.acme, '127.0.0.1');
      for (const socket of [client, authority]) sockets.add(socket);
      for (const [one, other] of [
        [client, authority],
        [authority, client],
      ] as const) {
        one.on('error', () => other.destroy());
        one.pipe(other);
      }
      if (url === `${AUTHORITY}:443`) authority.once('connect', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
      else client.end('HTTP/1.1 403 Filtered\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(ports.proxy, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await ended('caddy');
    await ended('pebble');
    dns.close();
    for (const socket of sockets) socket.destroy();
    proxy.closeAllConnections();
    proxy.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const good = { id: 'kid-1', mac: MAC };

  test('a certificate is issued with the account binding, and served on with the authority down', async () => {
    await startPebble(86_400);
    await startCaddy(good, 'kept');
    const roots = rootOf();
    const serial = await issued(roots, () => startCaddy(good, 'kept'));
    expectNobodyElse();
    // The edge has certificates for the services behind it too; which of them the authority has looked at by now is a matter of time.
    expect(asked.dns).toContain(NAME);
    expect([...asked.dns].filter((name) => !name.endsWith('.lukko.example'))).toEqual([]);
    expect(said.caddy).toContain('"msg":"certificate obtained successfully"');
    await ended('pebble');
    await startCaddy(good, 'kept');
    // It listens before it has read what it kept.
    expect(await issued(roots)).toBe(serial);
  });

  test('a certificate that comes to its end is renewed, and nobody is without one', async () => {
    await startPebble(40);
    // Caddy looks every ten minutes otherwise; it renews what ends within five such looks at the latest.
    const start = () => startCaddy(good, 'renewed', '\trenew_interval 3s\n');
    await start();
    const roots = rootOf();
    const serial = await issued(roots, start);
    await until(
      async () => {
        const now = await certificate(roots);
        expect(now).toHaveProperty('serial');
        return 'serial' in now && now.serial !== serial;
      },
      () => `another certificate; ${told()}`,
    );
    expect(said.caddy).toContain('"msg":"certificate renewed successfully"');
    expectNobodyElse();
  });

  test.each([
    ['another key', { id: 'kid-1', mac: `${MAC.slice(0, -4)}AAAA` }, /malformed|unauthorized/],
    ['a key id nobody gave', { id: 'kid-9', mac: MAC }, /unauthorized/],
  ])('a binding with %s gets no certificate, and no other authority is asked', async (_, binding, problem) => {
    await startPebble(86_400);
    await startCaddy(binding, `wrong-${binding.id}-${binding.mac.slice(-4)}`);
    await until(
      () => /"msg":"could not get certificate from issuer"/.test(said.caddy),
      () => `Caddy says that it was refused; ${told()}`,
    );
    const line = said.caddy.split('\n').find((each) => each.includes('could not get certificate from issuer')) ?? '{}';
    const { error, issuer } = JSON.parse(line) as Record<string, string>;
    expect(issuer).toBe(`${AUTHORITY}-dir`);
    expect(error).toMatch(problem);
    expect(await certificate(rootOf())).toHaveProperty('none');
    expectNobodyElse();
  });

  test('the authority is down: no certificate, nothing is served in plain, nobody else is asked', async () => {
    await startPebble(86_400);
    const roots = rootOf();
    await ended('pebble');
    await startCaddy(good, 'down');
    await until(
      () => /"msg":"(will retry|could not get certificate from issuer)"/.test(said.caddy),
      () => `Caddy says that it tries again; ${told()}`,
    );
    expect(await certificate(roots)).toHaveProperty('none');
    const plain = run('curl', [
      '--silent',
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code} %{redirect_url}',
      '--header',
      `Host: ${NAME}`,
      `http://127.0.0.1:${ports.http}/`,
    ]);
    expect(plain.stdout).toMatch(/^308 https:/);
    expectNobodyElse();
    // And once it is back, Caddy goes on by itself; a restart only saves the test its patience.
    await startPebble(86_400);
    await startCaddy(good, 'down');
    expect(await issued(rootOf(), () => startCaddy(good, 'down'))).not.toBe('');
    expectNobodyElse();
  });
}

/** Waits for what takes as long as it takes; the test's own time ends it. */
async function until(holds: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error(`not seen: ${what()}`);
}

function reached(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
