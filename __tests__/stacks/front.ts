import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, sleep } from '../boot/run.ts';
import { caddyProgram } from '../boot/tools.ts';
import { freePort } from '../ports.ts';

/** The same for datagrams. */
export const freeUdp = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createSocket('udp4').bind(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** Ends a program and waits until it has ended. */
export async function ended(running: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') {
  if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
  const over = new Promise((resolve) => running.once('exit', resolve));
  running.kill(signal);
  await over;
}

/**
 * The shipped Caddyfile of a host in the real Caddy on loopback, for `localhost`. Changed is only what cannot be here: the authority
 * (Caddy's internal one), the name, ports and folders.
 */
export class Front {
  log = '';
  private caddy: ChildProcess | undefined;
  private https = 0;

  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** PEM of the authority that signed its certificate. */
  get authority(): string {
    return path.join(this.folder, 'storage/pki/authorities/local/root.crt');
  }

  url(target: string): string {
    return `https://localhost:${this.https}${target}`;
  }

  /** @param backends the port each shipped one has here */
  async start(host: string, caddyfile: string, backends: ReadonlyMap<string, number>, queryCa?: string): Promise<void> {
    const found = caddyProgram();
    if ('missing' in found) throw new Error(found.missing);
    this.https = await freePort();
    mkdirSync(path.join(this.folder, 'etc'), { recursive: true });
    if (queryCa !== undefined) writeFileSync(path.join(this.folder, 'etc/query-ca.pem'), queryCa);
    const changes: readonly (readonly [RegExp, string])[] = [
      [new RegExp(`^${host}\\.lukko\\.example \\{`, 'm'), 'localhost {'],
      [/admin unix\/\/\S+/, 'admin off\n\tskip_install_trust\n\tlocal_certs'],
      [
        /\tacme_ca \S+\n/,
        `\thttp_port ${await freePort()}\n\thttps_port ${this.https}\n\tdefault_bind 127.0.0.1\n\tstorage file_system ${this.folder}/storage\n`,
      ],
      [/\tacme_eab \{[\s\S]*?\n\t\}\n/, ''],
      ...[...backends].map(([from, to]) => [new RegExp(`127\\.0\\.0\\.1:${from}`, 'g'), `127.0.0.1:${to}`] as const),
    ];
    let text = caddyfile;
    for (const [pattern, replacement] of changes) {
      if (text.search(pattern) < 0) throw new Error(`the Caddyfile has nothing like ${pattern}`);
      text = text.replace(pattern, replacement);
    }
    const file = path.join(this.folder, 'etc/Caddyfile');
    writeFileSync(file, text.replaceAll('/etc/caddy/', `${this.folder}/etc/`));
    this.caddy = spawn(found.program, ['run', '--config', file, '--adapter', 'caddyfile'], {
      env: { ...process.env, LUKKO_SOURCES: '127.0.0.0/8', HOME: this.folder, XDG_CONFIG_HOME: this.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.caddy.stdout, this.caddy.stderr])
      stream?.on('data', (piece: Buffer) => {
        this.log += piece.toString();
      });
    const up = () => run('curl', ['-s', '-o', '/dev/null', '--cacert', this.authority, this.url('/')]).status === 0;
    for (let tries = 0; tries < 600 && !up(); tries += 1) await sleep(50);
  }

  stop(): Promise<void> {
    return ended(this.caddy);
  }
}
