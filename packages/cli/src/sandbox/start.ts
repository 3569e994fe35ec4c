import { createHash, randomBytes } from 'node:crypto';
import { type ProjectOptions, Sandbox } from '@lukko/sandbox';
import { fileProblem, InputError } from '../errors.ts';
import { serveControl } from './control.ts';
import type { Intercepting } from './intercept/intercept.ts';
import type { AnswerApi } from './intercept/proxy.ts';
import { type LogFile, noLog, openLog } from './log-file.ts';
import { answer, serve } from './server.ts';
import { snapshotLines } from './snapshot.ts';

export interface SandboxSettings {
  readonly projects: readonly string[];
  readonly port: number;
  readonly speed: number;
  readonly rateLimit: number;
  /** Where the control port listens; 0, as for `port`, is any that is free. */
  readonly controlPort?: number;
  /** Answer for Hetzner's own hosts as well, through a proxy. */
  readonly intercept?: boolean;
  /** Faults from the start, in the words of docs/sandbox.md. */
  readonly faults?: readonly string[];
  /** Text of a file with the objects it begins with: a seed, or a snapshot. */
  readonly objects?: string;
  /** Where the log lies; without one, all is gone when the sandbox stops. */
  readonly log?: string;
  /** Makes the tokens and the dice of faults: the same for the same seed; without one they are of this run alone. */
  readonly seed?: string;
}

export interface RunningSandbox {
  readonly port: number;
  /** Where faults and changes by hand are asked for, with a token of its own. */
  readonly control: { readonly port: number; readonly token: string };
  readonly projects: readonly ProjectOptions[];
  /** What clients of the sandbox need in their environment; the first project is the default. */
  readonly environment: Readonly<Record<string, string>>;
  readonly objects: () => Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** How often actions that nobody asks about are looked at, in milliseconds. */
const TICK = 250;

/**
 * Starts a sandbox on loopback.
 * @param clock milliseconds since 1970
 * @throws InputError for a log that cannot be used or a port that is taken
 */
export async function startSandbox(settings: SandboxSettings, clock: () => number): Promise<RunningSandbox> {
  const seed = settings.seed ?? randomBytes(32).toString('hex');
  const projects = settings.projects.map((name) => ({
    name,
    token: tokenOf(seed, name, 'write'),
    readOnlyToken: tokenOf(seed, name, 'read'),
  }));
  const log = settings.log === undefined ? noLog : logAt(settings.log);
  const { speed, rateLimit, faults = [], port, controlPort = 0 } = settings;
  const opened: { close(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.all(opened.map((each) => each.close()));
    await log.close();
  };
  try {
    const sandbox = new Sandbox(
      { projects, clock, speed, rateLimit, append: log.append, faults, faultSeed: seed },
      log.lines(),
    );
    if (settings.objects !== undefined) beginWith(settings.objects, sandbox, log);
    const api = await serve(sandbox, log, port);
    opened.push(api);
    const token = tokenOf(seed, '', 'control');
    const control = await serveControl({ sandbox, log, token, firstProject: projects[0]?.name ?? '' }, controlPort);
    opened.push(control);
    const proxy = settings.intercept === true ? await interceptFor(sandbox, log, clock()) : undefined;
    if (proxy !== undefined) opened.push(proxy);
    opened.push(keepUp(sandbox, log));
    return {
      port: api.port,
      control: { port: control.port, token },
      projects,
      environment: {
        ...environmentOf(projects, api.port),
        ...proxy?.environment,
        LUKKO_SANDBOX_CONTROL: `http://127.0.0.1:${control.port}`,
        LUKKO_SANDBOX_CONTROL_TOKEN: token,
      },
      objects: () => sandbox.count(),
      stop,
    };
  } catch (error) {
    await stop();
    const { code, message, port: taken } = error as NodeJS.ErrnoException & { readonly port?: number };
    if (code === 'EADDRINUSE')
      throw new InputError(`port ${taken} is taken; name another with ${taken === port ? '--port' : '--control-port'}`);
    throw new InputError(message);
  }
}

function logAt(path: string): LogFile {
  try {
    return openLog(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(
      `${path}: ${code === 'ENOENT' ? 'there is no such folder; make it first' : fileProblem(error)}`,
    );
  }
}

/** Ends actions that nobody asks about, and keeps the log short. */
function keepUp(sandbox: Sandbox, log: LogFile): { close(): Promise<void> } {
  const compact = () => {
    if (log.isLong()) log.replace(sandbox.snapshot());
  };
  compact();
  const timer = setInterval(() => {
    try {
      sandbox.tick();
      compact();
    } catch {
      // The log takes no more: the next request is answered with 500, and is where somebody sees it.
    }
  }, TICK);
  return { close: async () => clearInterval(timer) };
}

async function interceptFor(sandbox: Sandbox, log: LogFile, now: number): Promise<Intercepting> {
  const { intercept } = await import('./intercept/intercept.ts');
  const answerApi: AnswerApi = (request, response, before) => {
    answer(sandbox, log, request, response, before).catch(() => response.destroy());
  };
  return intercept(sandbox, answerApi, now);
}

/** @throws Error when there are objects already, or the text cannot be used */
function beginWith(text: string, sandbox: Sandbox, log: LogFile): void {
  if (Object.values(sandbox.count()).some((count) => count > 0))
    throw new Error('the log holds objects already; leave out --seed, or name another file with --log');
  const lines = snapshotLines(text);
  if (lines !== undefined) return sandbox.restore(lines, log.replace);
  const nothing = [...sandbox.snapshot()];
  try {
    sandbox.seed(text);
  } catch (error) {
    // Half a seed in the log would keep the mended one from being used.
    sandbox.restore(nothing, log.replace);
    throw error;
  }
}

/** A token of 64 letters and digits, as Hetzner's. */
function tokenOf(seed: string, project: string, access: string): string {
  return createHash('sha256').update(`${seed}\0${project}\0${access}`).digest('hex');
}

function environmentOf(projects: readonly ProjectOptions[], port: number): Readonly<Record<string, string>> {
  const named = projects.map(({ name, token }) => [`HCLOUD_TOKEN_${name.toUpperCase().replaceAll('-', '_')}`, token]);
  return {
    HCLOUD_ENDPOINT: `http://127.0.0.1:${port}/v1`,
    HETZNER_ENDPOINT: `http://127.0.0.1:${port}/hetzner/v1`,
    HCLOUD_TOKEN: projects[0]?.token ?? '',
    ...Object.fromEntries(named),
  };
}
