import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { proxyFor } from '../../../../packages/cli/src/host/proxied.ts';
import { must } from '../../../boot/run.ts';

const api = new URL('https://api.hetzner.cloud/v1/servers');

test.each([
  [{}, undefined],
  [{ HTTPS_PROXY: '' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy.example:3128' }, 'http://proxy.example:3128/'],
  [{ https_proxy: 'proxy.example:3128' }, 'http://proxy.example:3128/'],
  [{ HTTPS_PROXY: 'http://proxy.example', NO_PROXY: 'other.example, hetzner.cloud' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy.example', NO_PROXY: '.hetzner.cloud' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy.example', NO_PROXY: 'etzner.cloud' }, 'http://proxy.example/'],
  [{ HTTPS_PROXY: 'http://proxy.example', NO_PROXY: 'api.hetzner.cloud:8443' }, 'http://proxy.example/'],
  [{ HTTPS_PROXY: 'http://proxy.example', no_proxy: '*' }, undefined],
])('%j', (environment, proxy) => {
  expect(proxyFor(api, environment)?.href).toBe(proxy);
});

test('this machine, plain HTTP and networks of NO_PROXY are asked directly', () => {
  const environment = { HTTPS_PROXY: 'http://proxy.example', NO_PROXY: '10.0.0.0/8,2001:db8::/32' };
  const through = (url: string) => proxyFor(new URL(url), environment) !== undefined;
  for (const url of [
    'https://localhost/',
    'https://127.0.0.2:9/',
    'https://[::1]/',
    'http://a.example/',
    'https://10.1.2.3/',
    'https://[2001:db8::5]/',
  ])
    expect([url, through(url)]).toEqual([url, false]);
  for (const url of ['https://11.1.2.3/', 'https://[2001:db9::5]/']) expect([url, through(url)]).toEqual([url, true]);
});

test('what is no proxy is refused, and not printed: it may hold a password', () => {
  for (const HTTPS_PROXY of ['socks5://user:hunter2@proxy.example', 'http://user:hunter2@[broken'])
    expect(() => proxyFor(api, { HTTPS_PROXY })).toThrow(/^HTTPS_PROXY is no URL of an HTTP proxy$/);
});

describe('the API through a proxy', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-proxied-'));
  const sockets = new Set<Socket>();
  let server: Server;
  let proxy: Server;
  let asked: string[] = [];
  let accepts = true;

  beforeAll(async () => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=api'];
    const name = ['-addext', 'subjectAltName=DNS:api.hetzner.cloud'];
    must('openssl', ['req', '-x509', ...key, ...name, '-keyout', `${folder}/key`, '-out', `${folder}/pem`]);
    server = createSecureServer(
      { key: readFileSync(`${folder}/key`), cert: readFileSync(`${folder}/pem`) },
      (request, response) => {
        asked.push(`${request.headers.host} ${request.method} ${request.url} ${request.headers.authorization}`);
        response.end('{"server":{"id":7}}');
      },
    );
    proxy = createServer();
    proxy.on('connect', ({ url = '', headers }, client: Socket) => {
      asked.push(`CONNECT ${url} ${headers['proxy-authorization'] ?? ''}`.trim());
      if (!accepts) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      const to = connect((server.address() as AddressInfo).port, '127.0.0.1');
      for (const socket of [client, to]) sockets.add(socket.on('error', () => undefined));
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(to).pipe(client);
    });
    for (const each of [server, proxy]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    for (const each of [server, proxy]) each.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The client of the verbs in a process of its own, which trusts this test's certificate as it would a company's. */
  const getServer = (): Promise<string> => {
    const proxied = `http://user:hunter2@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const script = `
      const { hcloud } = require('./packages/cli/src/host/api.ts');
      const api = hcloud({ endpoint: 'https://api.hetzner.cloud/v1', token: 't', clock: Date.now, environment: process.env });
      api.get('/servers/7').then((answer) => console.log(JSON.stringify(answer)), (error) => console.log(error.message));`;
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', script], {
      cwd: path.join(__dirname, '../../../..'),
      env: { PATH: process.env.PATH, HTTPS_PROXY: proxied, NODE_EXTRA_CA_CERTS: `${folder}/pem` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Promise((resolve) => {
      let out = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (piece: Buffer) => (out += piece.toString()));
      child.once('close', () => resolve(out.trim()));
    });
  };

  test('goes through it, and the certificate is the API’s own', async () => {
    expect(await getServer()).toBe('{"server":{"id":7}}');
    const basic = Buffer.from('user:hunter2').toString('base64');
    expect(asked).toEqual([
      `CONNECT api.hetzner.cloud:443 Basic ${basic}`,
      'api.hetzner.cloud GET /v1/servers/7 Bearer t',
    ]);
  }, 60_000);

  test('a proxy that refuses is named, its password is not', async () => {
    accepts = false;
    asked = [];
    expect(await getServer()).toBe(
      'https://api.hetzner.cloud/v1 cannot be reached: the proxy of HTTPS_PROXY refuses it with status 407',
    );
    expect(asked.every((line) => line.startsWith('CONNECT api.hetzner.cloud:443'))).toBe(true);
  }, 60_000);
});
