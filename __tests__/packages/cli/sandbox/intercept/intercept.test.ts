import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { type RunningSandbox, startSandbox } from '../../../../../packages/cli/src/sandbox/start.ts';
import { directoryWith, lukko } from '../../fake-ports.ts';

/* Clients with hard-coded hosts: through the proxy they reach the sandbox as Hetzner, and nothing else. */

const settings = {
  projects: ['main'],
  port: 0,
  speed: Number.POSITIVE_INFINITY,
  rateLimit: 1_000_000,
  intercept: true,
};
let sandbox: RunningSandbox;
const proxy = () => Number(/:(\d+)$/.exec(sandbox.environment.HTTPS_PROXY ?? '')?.[1]);
const authority = () => readFileSync(sandbox.environment.SSL_CERT_FILE ?? '', 'utf8');

beforeEach(async () => {
  sandbox = await startSandbox(settings, Date.now);
});
afterEach(() => sandbox.stop());

/** Sends a text to the proxy and reads all it says. */
const said = (text: string): Promise<string> =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect(proxy(), '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => {
      answer += data.toString('utf8');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });

/** A request to a host over TLS through the proxy; the certificate is checked as any client does. */
function through(host: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(proxy(), '127.0.0.1', () =>
      socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nhost: ${host}:443\r\n\r\n`),
    );
    socket.once('data', (data) => {
      if (!/^HTTP\/1\.1 200 /.test(data.toString('latin1'))) return reject(new Error(data.toString('utf8')));
      const tls = connectTls({ socket, servername: host, ca: authority() }, () =>
        tls.write(
          `${request}host: ${host}\r\nauthorization: Bearer ${sandbox.environment.HCLOUD_TOKEN}\r\nconnection: close\r\n\r\n`,
        ),
      );
      let answer = '';
      tls.on('data', (piece) => {
        answer += piece.toString('utf8');
      });
      tls.on('error', reject);
      tls.on('close', () => resolve(answer));
    });
  });
}

test('api.hetzner.cloud and api.hetzner.com are the sandbox', async () => {
  expect(await through('api.hetzner.cloud', 'GET /v1/locations/hel HTTP/1.1\r\n')).toMatch(/^HTTP\/1\.1 4\d\d /);
  const cloud = await through('api.hetzner.cloud', 'GET /v1/locations?name=hel1 HTTP/1.1\r\n');
  expect(cloud).toMatch(/^HTTP\/1\.1 200 /);
  expect(cloud).toContain('"name":"hel1"');
  expect(await through('api.hetzner.com', 'GET /v1/storage_box_types HTTP/1.1\r\n')).toContain('"storage_box_types"');
});

test.each([['example.com:443'], ['api.hetzner.cloud:80'], ['api.hetzner.cloud.example:443'], ['127.0.0.1:22'], ['']])(
  'CONNECT %j is refused',
  async (target) => {
    const answer = await said(`CONNECT ${target} HTTP/1.1\r\nhost: x\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
  },
);

test('a refusal says what is answered', async () => {
  const answer = await said('CONNECT registry.example:443 HTTP/1.1\r\nhost: x\r\n\r\n');
  expect(answer.split('\r\n\r\n')[1]).toBe(
    'the sandbox answers for api.hetzner.cloud, api.hetzner.com and nobody else: registry.example:443 was asked for\n',
  );
  expect(await said('GET http://example.com/ HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 403 /,
  );
});

test('the authority is a file of this run, readable for its owner alone, without a key', async () => {
  const file = sandbox.environment.SSL_CERT_FILE ?? '';
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(authority()).not.toContain('PRIVATE KEY');
  await sandbox.stop();
  expect(existsSync(path.dirname(file))).toBe(false);
  sandbox = await startSandbox(settings, Date.now);
});

test('metadata, for the server that the user of the proxy names', async () => {
  await fetch(`${sandbox.environment.HCLOUD_ENDPOINT}/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.environment.HCLOUD_TOKEN}` },
    body: JSON.stringify({
      name: 'web-1',
      server_type: 'cx23',
      image: 'debian-13',
      location: 'hel1',
      user_data: '#cloud-config\n',
    }),
  });
  const metadata = (where: string, user?: string) =>
    said(
      `GET http://169.254.169.254${where} HTTP/1.1\r\nhost: 169.254.169.254\r\nconnection: close\r\n${
        user === undefined ? '' : `proxy-authorization: Basic ${Buffer.from(`${user}:`).toString('base64')}\r\n`
      }\r\n`,
    );
  expect(await metadata('/hetzner/v1/userdata', 'web-1')).toMatch(/^HTTP\/1\.1 200 [^]*#cloud-config\n/);
  const all = await metadata('/hetzner/v1/metadata', 'web-1');
  expect(all).toContain('hostname: web-1\n');
  expect(all).toContain('region: eu-central\n');
  expect(await metadata('/hetzner/v1/metadata/hostname', 'web-1')).toContain('web-1');
  expect(await metadata('/hetzner/v1/metadata/constructor', 'web-1')).toMatch(/^HTTP\/1\.1 404 /);
  expect(await metadata('/hetzner/v1/userdata', 'other')).toMatch(/^HTTP\/1\.1 404 /);
  expect(await metadata('/hetzner/v1/userdata')).toMatch(/^HTTP\/1\.1 407 /);
  // The same over the control port.
  const control = `http://127.0.0.1:${sandbox.control.port}/metadata/web-1/hetzner/v1/userdata`;
  const answer = await fetch(control, { headers: { authorization: `Bearer ${sandbox.control.token}` } });
  expect(await answer.text()).toBe('#cloud-config\n');
});

const curl = (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, 'curl')));
const WITH_CURL = 'curl, told nothing but its environment, reaches the sandbox under the real name';
if (!curl) console.warn(`no curl on PATH; not run:\n  ${WITH_CURL}`);

(curl ? test : () => undefined)(WITH_CURL, async () => {
  const script = 'curl -sS -H "authorization: Bearer $HCLOUD_TOKEN" "https://api.hetzner.cloud/v1/locations?name=hel1"';
  const text = await new Promise<string>((resolve, reject) =>
    execFile('sh', ['-c', script], { env: { ...process.env, ...sandbox.environment } }, (error, out, err) =>
      error === null ? resolve(out) : reject(new Error(err)),
    ),
  );
  expect(JSON.parse(text).locations).toMatchObject([{ name: 'hel1' }]);
});

test('run --intercept hands it to the command', async () => {
  const check = `const e = process.env;
    process.exit(/^http:..127.0.0.1:/.test(e.HTTPS_PROXY) && e.https_proxy === e.HTTPS_PROXY && require('node:fs').existsSync(e.SSL_CERT_FILE) ? 7 : 8)`;
  const argv = ['sandbox', 'run', '--intercept', '--', process.execPath, '-e', check];
  expect(await lukko(directoryWith({}), argv)).toEqual({ code: 7, out: '', err: '' });
});
