import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Head } from '@lukko/evidence';
import { type CollectorName, collectorName, observeTargets, parseFile } from '@lukko/formats';
import { printable } from '@lukko/policy-engine';
import manifest from '../../package.json';
import { InputError } from '../errors.ts';
import { openStore } from '../evidence/store-file.ts';
import { logAct, readyToLog } from '../evidence/tool-log.ts';
import { displayName, fromHere, readText } from '../input-file.ts';
import { collectors } from '../observe/collectors.ts';
import { observe as run } from '../observe/run.ts';
import type { Surroundings } from '../observe/task.ts';
import type { Ports } from '../ports/ports.ts';

export interface ObserveOptions {
  readonly targets: string;
  readonly store: string;
  readonly only: readonly string[];
  readonly log?: string;
}

/**
 * Looks at everything the targets name, and puts what was seen behind the store. Nothing it reads is changed, but for the
 * canaries it plants.
 * @returns 0 all seen and nothing broken, 1 something failed or does not hold. @throws InputError for exit 2
 */
export async function observe(options: ObserveOptions, ports: Ports): Promise<number> {
  const path = fromHere(options.targets, ports.cwd);
  const name = displayName(path, ports.cwd);
  if (ports.files.kind(path) !== 'file')
    throw new InputError(`${name}: no such file; write what to look at there, or name another with --targets`);
  const targets = parseFile(observeTargets, readText(path, name, ports.files), name).value;
  readyToLog(options.log, ports);
  const storePath = fromHere(options.store, ports.cwd);
  const store = displayName(storePath, ports.cwd);
  const { append } = openStore(storePath, store);
  const beside = (file: string) => join(dirname(path), file);
  const surroundings: Surroundings = {
    targets,
    environment: ports.environment,
    now: ports.now,
    path: beside,
    file: (file) => readText(beside(file), displayName(beside(file), ports.cwd), ports.files),
    pseudonym: pseudonyms(storePath),
  };
  const tasks = chosen(options.only).flatMap((one) => collectors[one](surroundings));
  let head: Head | undefined;
  const seen = await run(
    tasks,
    {
      targets,
      tool: `lukko ${manifest.version}`,
      now: ports.now,
      progress: ports.color ? progressOn(ports) : () => undefined,
    },
    (make) => {
      head = append(make);
    },
  );
  logAct(options.log, { act: 'observed', about: head?.digest ?? '' }, ports);
  const words = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
  ports.out(
    `${words(seen.observed, 'observation', 'observations')} from ${printable(targets.vantage)}, ${seen.failed.length} failed, ${words(seen.broken.length, 'check does', 'checks do')} not hold; written to ${printable(store)}\n`,
  );
  for (const { subject, problem } of seen.failed) ports.out(`  failed: ${printable(`${subject}: ${problem}`)}\n`);
  for (const { subject, check, saw } of seen.broken) ports.out(`  ${check}: ${printable(`${subject}: ${saw}`)}\n`);
  return seen.failed.length + seen.broken.length === 0 ? 0 : 1;
}

function chosen(only: readonly string[]): readonly CollectorName[] {
  const unknown = only.find((name) => !collectorName.safeParse(name).success);
  if (unknown !== undefined)
    throw new InputError(
      `--only: expected one of ${collectorName.options.join(', ')}, found ${JSON.stringify(unknown)}`,
    );
  return only.length === 0 ? collectorName.options : collectorName.options.filter((name) => only.includes(name));
}

function progressOn(ports: Ports): (done: number, all: number, label: string) => void {
  return (done, all, label) => {
    const text = `${done} of ${all}  ${printable(label)}`.slice(0, 78);
    ports.err(`\r\u001b[K${done === all ? '' : text}`);
  };
}

/**
 * A person's id as something only the holder of the store's salt can join again: a pseudonym, and so still personal data. The
 * salt lies beside the store and is never exported.
 */
function pseudonyms(store: string): (person: string) => string {
  let salt: Buffer | undefined;
  return (person) => {
    salt ??= saltBeside(store);
    return `p-${createHmac('sha256', salt).update(person).digest('hex').slice(0, 12)}`;
  };
}

function saltBeside(store: string): Buffer {
  const path = `${store}.salt`;
  if (!existsSync(path)) {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, randomBytes(32).toString('hex'));
    closeSync(file);
  }
  return Buffer.from(readFileSync(path, 'utf8'), 'hex');
}
