import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { printable } from '@lukko/policy-engine';
import { fileProblem, InputError } from '../errors.ts';
import type { Ports } from '../ports/ports.ts';
import { type RunningSandbox, startSandbox } from '../sandbox/start.ts';

export interface SandboxOptions {
  readonly port: string;
  readonly speed: string;
  readonly rateLimit: string;
  readonly project: readonly string[];
  readonly log?: string;
  readonly tokenSeed?: string;
  readonly controlPort: string;
  readonly seed?: string;
  readonly intercept?: true;
  readonly fault: readonly string[];
}

/** By which it is told to stop: by hand, by another program, by the end of its terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * `lukko sandbox`: serves the Hetzner API on loopback until it is told to stop.
 * @returns exit code 0 after SIGINT, SIGTERM or SIGHUP. @throws InputError for options that cannot be used
 */
export async function sandbox(options: SandboxOptions, ports: Ports): Promise<number> {
  const running = await start(options, ports);
  // Whoever reads the message may stop it at once.
  const told = new Promise<void>((resolve) => {
    for (const signal of SIGNALS) process.once(signal, () => resolve());
  });
  ports.out(startMessage(running, options.log));
  await told;
  await running.stop();
  return 0;
}

/** What a person sees who starts it: where it is, what is kept, and exports to paste into another shell. */
function startMessage({ port, environment }: RunningSandbox, log: string | undefined): string {
  const kept =
    log === undefined ? 'All of it is gone when it stops: give --log <file> to keep it.' : `Kept in ${printable(log)}.`;
  const groups: readonly (readonly [string, (name: string) => boolean])[] = [
    ['for terraform, cdktf and other clients', (name) => /^(HCLOUD|HETZNER)_/.test(name)],
    ['for clients with hard-coded hosts', (name) => !/^(HCLOUD|HETZNER|LUKKO)_/.test(name)],
    ['for lukko sandbox fault, drift, snapshot and restore', (name) => /^LUKKO_/.test(name)],
  ];
  const exports = groups.flatMap(([about, belongs]) => {
    const names = Object.keys(environment).filter(belongs);
    return names.length === 0 ? [] : ['', `# ${about}`, ...names.map((name) => `export ${name}=${environment[name]}`)];
  });
  return `${[
    `The Hetzner API on http://127.0.0.1:${port} - open it in a browser to see what it holds.`,
    `${kept} Stop it with Ctrl-C.`,
    ...exports,
  ].join('\n')}\n`;
}

/**
 * `lukko sandbox run -- <command>`: a sandbox for as long as one command runs, which finds it in its environment.
 * @returns the command's exit code, 128 and the signal's number when a signal ended it. @throws InputError when there is no such command
 */
export async function sandboxRun(
  [program, ...args]: readonly string[],
  options: SandboxOptions,
  ports: Ports,
): Promise<number> {
  if (program === undefined)
    throw new InputError('no command to run; write it after --, such as: lukko sandbox run -- npx cdktf deploy');
  const running = await start(options, ports);
  try {
    return await runIn(program, args, running, ports);
  } finally {
    await running.stop();
  }
}

function runIn(program: string, args: readonly string[], running: RunningSandbox, ports: Ports): Promise<number> {
  // A terminal sends its signals to the command too, and that ends by itself; those of others are handed on.
  const child = spawn(program, args, {
    cwd: ports.cwd,
    env: { ...withoutHetzner(ports.environment), ...running.environment },
    stdio: 'inherit',
  });
  const onTerminal = process.stdin.isTTY === true;
  const relay = (signal: NodeJS.Signals) => {
    if (!onTerminal || signal === 'SIGTERM') child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, relay);
  return new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'there is no such command' : fileProblem(error);
      reject(new InputError(`cannot run ${program}: ${why}`));
    });
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  }).finally(() => {
    for (const signal of SIGNALS) process.off(signal, relay);
  });
}

/** A command that runs in the sandbox gets no token and no endpoint of the real API. */
const withoutHetzner = (environment: Ports['environment']): Ports['environment'] =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(HCLOUD|HETZNER)_/.test(name)));

function start(options: SandboxOptions, ports: Ports): Promise<RunningSandbox> {
  const { log, tokenSeed, seed } = options;
  const projects = options.project.length === 0 ? ['main'] : options.project;
  for (const [index, name] of projects.entries()) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(name))
      throw new InputError(`project '${name}': write small letters, digits and hyphens, beginning with a letter`);
    if (projects.indexOf(name) !== index) throw new InputError(`project '${name}' is given twice`);
  }
  return startSandbox(
    {
      projects,
      port: number('--port', options.port, 0, 65_535),
      speed: options.speed === 'instant' ? Number.POSITIVE_INFINITY : number('--speed', options.speed, 1, 100_000),
      controlPort: number('--control-port', options.controlPort, 0, 65_535),
      faults: options.fault,
      intercept: options.intercept === true,
      rateLimit: number('--rate-limit', options.rateLimit, 1, 1_000_000_000),
      ...(log === undefined ? {} : { log: path.resolve(ports.cwd, log) }),
      ...(seed === undefined
        ? {}
        : { objects: Buffer.from(ports.files.read(path.resolve(ports.cwd, seed))).toString('utf8') }),
      ...(tokenSeed === undefined ? {} : { seed: tokenSeed }),
    },
    () => ports.now().getTime(),
  );
}

function number(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new InputError(`${option} ${text}: expected a whole number from ${least} to ${most}`);
  return value;
}
