import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { must, type Ran, run, sleep } from '../boot/run.ts';
import { caddyProgram } from '../boot/tools.ts';
import { freePort } from '../ports.ts';
import { built, documentOf, serversOf, shipped } from './built.ts';
import { Front } from './front.ts';
import { GLITCHTIP_PROJECT } from './glitchtip-project.ts';
import { onHost } from './on-host.ts';

/**
 * GlitchTip's backend is in no package registry: LUKKO_TEST_GLITCHTIP names a folder with its source, and in it `.venv` with the Python
 * packages its pyproject.toml names. PostgreSQL is Debian's package.
 */
const SOURCE = process.env.LUKKO_TEST_GLITCHTIP ?? '';
const PYTHON = path.join(SOURCE, '.venv/bin/python');
const PROGRAMS = '/usr/lib/postgresql';

/** Names of what is missing here for the error server to run, in words; empty when it can. */
export function missingForErrors(): readonly string[] {
  const caddy = caddyProgram();
  return [
    ...(SOURCE !== '' && existsSync(PYTHON) ? [] : ['no GlitchTip in LUKKO_TEST_GLITCHTIP']),
    ...('missing' in caddy ? [caddy.missing] : []),
    ...(existsSync(PROGRAMS) ? [] : ['no PostgreSQL']),
  ];
}

/** A file of the error server's payload. */
export function errorFile(end: string): string {
  const [[, server]] = serversOf(documentOf(built(shipped('example.yaml')), 'errors')) as [
    [string, Record<string, unknown>],
  ];
  return onHost(server.user_data).files.find((file) => file.path.endsWith(end))?.content ?? '';
}

/**
 * The error server of the payload on loopback: GlitchTip with the shipped environment, its database in the real PostgreSQL on a unix socket
 * alone as the quadlet says, the shipped Caddyfile in the real Caddy before it. Changed are folders, ports and the name.
 */
export class ErrorServer {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'lukko-errors-'));
  readonly front = new Front(this.folder);
  private readonly programs: ChildProcess[] = [];
  private environment: NodeJS.ProcessEnv = {};
  /** Where GlitchTip itself listens, behind Caddy. */
  port = 0;

  async start(): Promise<void> {
    await this.database();
    const port = await freePort();
    this.port = port;
    await this.front.start('errors', errorFile('/caddy/Caddyfile'), new Map([['8000', port]]));
    const { host } = new URL(this.front.url('/'));
    const shippedLines = errorFile('/lukko/glitchtip.env')
      .replaceAll('ALLOWED_HOSTS=errors.lukko.example', 'ALLOWED_HOSTS=localhost')
      .replaceAll('errors.lukko.example', host)
      .replace('//run/postgresql', `/${this.folder}/socket`)
      .replace('PORT=8000', `PORT=${port}`)
      .split('\n')
      .filter((line) => line.includes('='));
    this.environment = {
      HOME: this.folder,
      PATH: `${path.dirname(PYTHON)}:${process.env.PATH}`,
      SECRET_KEY: 'of this test alone',
      GRANIAN_PORT: String(port),
      USE_ASYNC_SERVER: 'true',
      ...Object.fromEntries(
        shippedLines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      ),
    };
    const celery = existsSync(path.join(SOURCE, 'glitchtip/celery.py'));
    // Before 6.0 its queue takes an address of its own where the database is on a socket.
    if (celery)
      this.environment.CELERY_BROKER_URL = `sqlalchemy+postgresql+psycopg://glitchtip@/glitchtip?host=${this.folder}/socket`;
    mkdirSync(path.join(SOURCE, 'dist'), { recursive: true });
    // What the image's start does in its role `all_in_one`: tables, cache, partitions, then one process that also works (6.x), or two (5.x).
    must(
      'sh',
      ['bin/run-migrate.sh'].map((script) => path.join(SOURCE, script)),
      this.options,
    );
    this.run('bin/run-granian.sh');
    if (celery) this.run('bin/run-celery-with-beat.sh');
    const up = () => this.ask('/_health/').stdout === 'ok';
    for (let tries = 0; tries < 600 && !up(); tries += 1) await sleep(100);
  }

  async stop(): Promise<void> {
    // Its workers wait for what they have begun; nobody does here. The database goes last, without waiting for who is connected.
    const [database, ...others] = this.programs;
    for (const { pid } of others) if (pid !== undefined) run('kill', ['-KILL', '--', `-${pid}`]);
    if (database?.exitCode === null) {
      const over = new Promise((resolve) => database.once('exit', resolve));
      database.kill('SIGINT');
      await over;
    }
    await this.front.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Asks through Caddy, as anybody would. */
  ask(target: string, args: readonly string[] = []): Ran {
    return run('curl', ['-s', '--cacert', this.front.authority, ...args, this.front.url(target)]);
  }

  status(target: string, args: readonly string[] = []): number {
    return Number(this.ask(target, ['-o', '/dev/null', '-w', '%{http_code}', ...args]).stdout);
  }

  /** Whether this version reads a variable. */
  knows(variable: string): boolean {
    return readFileSync(path.join(SOURCE, 'glitchtip/settings.py'), 'utf8').includes(`"${variable}"`);
  }

  /** Runs Python in GlitchTip, as an operator does with `podman exec glitchtip ./manage.py shell`; gives its last line. */
  shell(code: string): string {
    const out = must(PYTHON, ['manage.py', 'shell', '--no-imports', '-c', code], this.options);
    return out.trim().split('\n').at(-1) ?? '';
  }

  /** An organisation with a project, as a superuser makes them: where programs report to, and a token that reads events. */
  project(): { readonly dsn: string; readonly token: string; readonly scrubs: boolean } {
    const out = this.shell(GLITCHTIP_PROJECT);
    const [key, id, token = '', scrubs] = out.split(' ');
    return { dsn: this.front.url(`/${id}`).replace('https://', `https://${key}@`), token, scrubs: scrubs === 'True' };
  }

  /** Runs Python with what GlitchTip's environment has installed, and nothing of GlitchTip. */
  python(code: string): Ran {
    return run(PYTHON, ['-c', code], { cwd: this.folder, env: { PATH: this.environment.PATH, HOME: this.folder } });
  }

  /** What a query of the database answers. */
  sql(query: string): string {
    return must('psql', ['-h', `${this.folder}/socket`, '-U', 'glitchtip', '-AtXc', query, 'glitchtip']).trim();
  }

  private get options() {
    return { cwd: SOURCE, env: this.environment };
  }

  private run(script: string): void {
    const log = openSync(path.join(this.folder, `${path.basename(script)}.log`), 'w');
    this.programs.push(
      spawn('bash', [path.join(SOURCE, script)], { ...this.options, stdio: ['ignore', log, log], detached: true }),
    );
  }

  private async database(): Promise<void> {
    const [version = ''] = readdirSync(PROGRAMS).sort().reverse();
    const bin = path.join(PROGRAMS, version, 'bin');
    const data = path.join(this.folder, 'database');
    const socket = path.join(this.folder, 'socket');
    // PostgreSQL refuses to run as root; nobody owns nothing else.
    const root = process.getuid?.() === 0;
    const user = root ? { uid: 65_534, gid: 65_534 } : {};
    for (const each of [data, socket]) {
      mkdirSync(each, { recursive: true });
      if (root) chownSync(each, 65_534, 65_534);
    }
    if (root) run('chmod', ['0711', this.folder]);
    must(path.join(bin, 'initdb'), ['-U', 'glitchtip', '-A', 'trust', '-E', 'UTF8', '-D', data], { ...user, cwd: '/' });
    const [, ...words] = /^Exec=(.*)$/m.exec(errorFile('/postgresql.container'))?.[1]?.split(' ') ?? [];
    const args = ['-D', data, '-k', socket, ...words];
    this.programs.push(spawn(path.join(bin, 'postgres'), args, { ...user, cwd: '/', stdio: 'ignore' }));
    const create = ['-h', socket, '-U', 'glitchtip', '-qXc', 'create database glitchtip', 'postgres'];
    for (let tries = 0; tries < 200 && run('psql', create).status !== 0; tries += 1) await sleep(100);
  }
}
