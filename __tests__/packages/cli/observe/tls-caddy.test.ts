import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../../ports.ts';
import { directoryWith } from '../fake-ports.ts';
import { Authority } from './certificates.ts';
import { look, verdicts } from './harness.ts';

const caddy = (() => {
  try {
    return execFileSync('caddy', ['version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
})();

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing listens on ${port}`);
}

if (caddy === undefined) {
  process.stdout.write('not run, since no caddy was found: TLS of a real Caddy\n');
  test('without caddy there is nothing to test here', () => expect(caddy).toBeUndefined());
} else {
  let server: ChildProcess | undefined;
  let old: Server | undefined;
  afterAll(() => {
    server?.kill('SIGKILL');
    old?.close();
  });

  test('a real Caddy with its internal authority: good, expired, wrong host; and one that takes TLS 1.1', async () => {
    const [https, expired, http] = await Promise.all([freePort(), freePort(), freePort()]);
    const authority = new Authority();
    const past = authority.issue('DNS:old.localhost', -1);
    const data = directoryWith({ 'old.pem': past.certificate, 'old.key': past.key });
    const file = [
      '{',
      `  admin off\n  http_port ${http}\n  https_port ${https}\n  storage file_system ${data}/storage\n  skip_install_trust\n  local_certs`,
      '}',
      `logs.localhost:${https} {\n  header Strict-Transport-Security "max-age=31536000"\n  respond "ok"\n}`,
      `:${expired} {\n  tls ${data}/old.pem ${data}/old.key\n  respond "ok"\n}`,
      '',
    ].join('\n');
    server = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', '-'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, HOME: data, XDG_DATA_HOME: data, XDG_CONFIG_HOME: data },
    });
    server.stdin?.end(file);
    await Promise.all([untilOpen(https), untilOpen(expired)]);
    const root = await readWhenThere(join(data, 'storage/pki/authorities/local/root.crt'));

    const pair = authority.issue('DNS:ancient.localhost');
    old = createServer(
      { cert: pair.certificate, key: pair.key, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
      (_request, response) => response.end('ok'),
    );
    await new Promise<void>((resolve) => old?.listen(0, '127.0.0.1', resolve));
    const ancient = (old.address() as AddressInfo).port;

    const at = { address: '127.0.0.1', http };
    const { code, observations } = await look(
      {
        tls: [
          { host: 'logs.localhost', port: https, ...at, authority: 'caddy.pem', minimum: '1.3' },
          { host: 'old.localhost', port: expired, ...at, authority: 'ours.pem' },
          { host: 'elsewhere.localhost', port: expired, ...at, authority: 'ours.pem' },
          { host: 'ancient.localhost', port: ancient, ...at, authority: 'ours.pem' },
          { host: 'nobody.localhost', port: await freePort(), address: '127.0.0.1' },
        ],
      },
      { 'caddy.pem': root, 'ours.pem': authority.pem },
    );
    expect(code).toBe(1);
    const [good, late, wrong, weak, none] = observations;
    expect([good, late, wrong, weak].map((one) => one && verdicts(one))).toMatchSnapshot();
    expect(good?.facts).toMatchObject({ version: 'TLSv1.3', issuerCountry: '' });
    expect(good?.source.chain?.length).toBeGreaterThan(1);
    expect([none?.outcome, none?.problem, none?.attempts]).toEqual(['failed', 'nothing listens there', 2]);
  }, 60_000);
}

async function readWhenThere(path: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('caddy wrote no root certificate');
}
