import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { has, type Ran, run, sleep } from '../boot/run.ts';
import { caddyProgram } from '../boot/tools.ts';
import { freePort } from '../ports.ts';
import { built, documentOf, serversOf, shipped } from './built.ts';
import { ended, Front } from './front.ts';
import { onHost } from './on-host.ts';

/** The two stores; neither Debian nor the npm registry has VictoriaLogs, so its program is named or found on the PATH. */
export const CLASSES = ['audit', 'application'] as const;
export type LogClass = (typeof CLASSES)[number];
const VICTORIA_LOGS = process.env.LUKKO_TEST_VICTORIA_LOGS ?? 'victoria-logs';

/** Debian's package systemd-journal-remote puts them where no PATH leads. */
export const UPLOAD = '/usr/lib/systemd/systemd-journal-upload';
export const REMOTE = '/usr/lib/systemd/systemd-journal-remote';

/** Names of what is missing here for the log server to run, in words; empty when it can. */
export function missingForLogs(): readonly string[] {
  const caddy = caddyProgram();
  return [
    ...(has(VICTORIA_LOGS) ? [] : ['no victoria-logs on the PATH or in LUKKO_TEST_VICTORIA_LOGS']),
    ...('missing' in caddy ? [caddy.missing] : []),
    ...[UPLOAD, REMOTE].filter((program) => !has(program)).map((program) => `no ${path.basename(program)}`),
  ];
}

const made = new Map<string | undefined, ReturnType<typeof onHost>['files']>();

/** The files of the log server's payload, with queries admitted by the certificates of `queryCa`. */
export function logFiles(queryCa?: string) {
  const known = made.get(queryCa);
  if (known !== undefined) return known;
  const config = shipped('example.yaml', (each) => {
    if (queryCa !== undefined) each.access.queryCa = queryCa;
  });
  const [[, server]] = serversOf(documentOf(built(config), 'logs')) as [[string, Record<string, unknown>]];
  const { files } = onHost(server.user_data);
  made.set(queryCa, files);
  return files;
}

/** The options VictoriaLogs gets on the host, for one class. */
export function optionsOf(name: LogClass): readonly string[] {
  const quadlet = logFiles().find((file) => file.path.endsWith(`/victoria-logs-${name}.container`))?.content ?? '';
  return /^Exec=(.*)$/m.exec(quadlet)?.[1]?.split(' ') ?? [];
}

interface Program {
  process: ChildProcess | undefined;
  readonly port: number;
}

/**
 * The log server of the payload on loopback: both stores in the real VictoriaLogs with the shipped options, and the shipped Caddyfile in the
 * real Caddy before them. Changed is only what cannot be here: folders, ports, the authority (Caddy's internal one) and the name (localhost).
 */
export class LogServer {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'lukko-logs-'));
  private readonly front = new Front(this.folder);
  private readonly stores = new Map<LogClass, Program>();

  /** What Caddy wrote so far: its access log and what else it says, which the journal of the host takes. */
  get log(): string {
    return this.front.log;
  }

  get authority(): string {
    return this.front.authority;
  }

  url(target: string): string {
    return this.front.url(target);
  }

  async start(queryCa?: string): Promise<void> {
    for (const name of CLASSES) await this.open(name);
    const caddyfile = logFiles(queryCa).find((file) => file.path === '/etc/caddy/Caddyfile')?.content ?? '';
    const backends = new Map([
      ['9427', this.stores.get('audit')?.port ?? 0],
      ['9428', this.stores.get('application')?.port ?? 0],
    ]);
    await this.front.start('logs', caddyfile, backends, queryCa);
  }

  /** Starts a store, on the port and folder it had before. */
  async open(name: LogClass): Promise<void> {
    const port = this.stores.get(name)?.port ?? (await freePort());
    const options = optionsOf(name).map((option) =>
      option
        .replace('/victoria-logs-data', path.join(this.folder, name))
        .replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`),
    );
    this.stores.set(name, { process: spawn(VICTORIA_LOGS, options, { stdio: 'ignore' }), port });
    const up = () => run('curl', ['-sf', `http://127.0.0.1:${port}/health`]).status === 0;
    for (let tries = 0; tries < 400 && !up(); tries += 1) await sleep(50);
  }

  /** Ends a store in order, or as a power cut would. */
  async close(name: LogClass, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await ended(this.stores.get(name)?.process, signal);
  }

  async stop(): Promise<void> {
    await this.front.stop();
    for (const name of CLASSES) await this.close(name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Asks a store itself, behind Caddy's back. */
  store(name: LogClass, target: string, args: readonly string[] = []): Ran {
    return run('curl', ['-s', ...args, `http://127.0.0.1:${this.stores.get(name)?.port}${target}`]);
  }

  /** Asks through Caddy, as a host of ours would. */
  ask(target: string, args: readonly string[] = [], input: string | Buffer = ''): Ran {
    return run('curl', ['-s', '--path-as-is', '--cacert', this.authority, ...args, this.url(target)], { input });
  }

  status(target: string, args: readonly string[] = [], input: string | Buffer = ''): number {
    return Number(this.ask(target, ['-o', '/dev/null', '-w', '%{http_code}', ...args], input).stdout);
  }

  count(name: LogClass, query = '*'): number {
    const { stdout } = this.store(name, '/select/logsql/query', ['-d', `query=${query} | count() lines`]);
    return Number((JSON.parse(stdout || '{}') as { lines?: string }).lines ?? -1);
  }

  /** Waits until a store shows so many lines, and gives how many it shows in the end. */
  async counted(name: LogClass, lines: number, query = '*'): Promise<number> {
    for (let tries = 0; tries < 300 && this.count(name, query) < lines; tries += 1) await sleep(100);
    return this.count(name, query);
  }

  /** What a query finds, one object a line; waits for the first. */
  async find(name: LogClass, query: string): Promise<readonly Record<string, string>[]> {
    for (let tries = 0; ; tries += 1) {
      const { stdout } = this.store(name, '/select/logsql/query', ['--data-urlencode', `query=${query}`]);
      const found = stdout.split('\n').filter((line) => line !== '');
      if (found.length > 0 || tries > 100) return found.map((line) => JSON.parse(line) as Record<string, string>);
      await sleep(100);
    }
  }

  /** Writes lines into a journal file as journald keeps them, each with its unit and time in microseconds. */
  journal(file: string, entries: readonly { readonly message: string; readonly unit: string; readonly at: number }[]) {
    const text = entries.map(
      ({ message, unit, at }, index) =>
        `__CURSOR=s=${index}\n__REALTIME_TIMESTAMP=${at}\n__MONOTONIC_TIMESTAMP=${index + 1}\n_BOOT_ID=${'0'.repeat(31)}1\nMESSAGE=${message}\n_SYSTEMD_UNIT=${unit}\n_HOSTNAME=edge\n_MACHINE_ID=${'0'.repeat(31)}2\n\n`,
    );
    return run(REMOTE, ['-o', file, '-'], { input: text.join('') });
  }

  /** The shipped unit's uploader, for a journal file: until all is shipped, or an error, at which the unit starts it again. */
  upload(file: string, state = `${file}.state`): Ran {
    return this.send(`--file=${file}`, state, 120_000);
  }

  /** The same for all journals of a folder. */
  uploadAll(directory: string, state: string): Ran {
    return this.send(`--directory=${directory}`, state, 3_600_000);
  }

  private send(source: string, state: string, timeout: number): Ran {
    const unit = logFiles().find((each) => each.path.endsWith('/lukko-ship.service'))?.content ?? '';
    const [, ...words] = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
    const args = words
      .filter((word) => word !== '--merge')
      .map((word) =>
        word
          .replace(/^--url=https:\/\/[^/]+/, `--url=${this.url('')}`)
          .replace(/^--trust=.*/, `--trust=${this.authority}`)
          .replace(/^--save-state=.*/, `--save-state=${state}`),
      );
    // A file ends; the journal of a host does not, and is waited for.
    return run(UPLOAD, [...args, source, '--follow=no'], { timeout });
  }
}
