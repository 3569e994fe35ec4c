import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '@lukko/formats';
import { InputError } from '../errors.ts';
import type { Api } from './api.ts';
import type { Contact } from './contact.ts';
import { listAt, recordAt } from './json.ts';
import { waitsFor } from './serve.ts';
import { serverByName } from './server.ts';
import { readHostStack } from './stack.ts';
import { readState } from './state.ts';

export interface Status {
  readonly config: Config;
  readonly cwd: string;
  readonly output: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The API of each project. */
  readonly api: (stack: string) => Api;
  /** Opens the way to a server, or undefined where the API is on this machine and there is none. */
  readonly reach: ((name: string, address: string) => Contact) | undefined;
  readonly say: (line: string) => void;
}

/** The stacks in the order in which they are deployed, with those each stands on. */
const ORDER: readonly { readonly stack: string; readonly after: readonly string[] }[] = [
  { stack: 'network', after: [] },
  { stack: 'dns', after: ['network'] },
  { stack: 'keys', after: ['network'] },
  ...['edge', 'logs', 'errors', 'backups'].map((stack) => ({ stack, after: ['network', 'keys'] })),
];

/** Stacks that an environment does without, and what is there instead. */
function instead({ dns, backups }: Config, stack: string): string | undefined {
  if (stack === 'dns' && !dns.managed) return 'kept elsewhere (dns.managed is false)';
  if (stack === 'backups' && backups !== undefined)
    return `in the bucket ${backups.bucket.name} at ${backups.bucket.endpoint} (backups.bucket), which hosts ask whether it locks them`;
  return undefined;
}

/**
 * Says of every stack and every host what it waits for.
 * @returns whether everything stands and serves.
 */
export async function deployStatus(status: Status): Promise<boolean> {
  const { config, say } = status;
  const unpinned = config.keys.servers.filter(({ thumbprint }) => thumbprint === undefined).map(({ name }) => name);
  let good = true;
  const standing = new Set<string>();
  for (const { stack, after } of ORDER) {
    const other = instead(config, stack);
    if (other !== undefined) {
      say(`${stack}: ${other}`);
      continue;
    }
    if (applied(status, stack)) {
      standing.add(stack);
      say(`${stack}: deployed`);
      continue;
    }
    good = false;
    const waiting = after.filter((each) => !standing.has(each));
    const keys =
      after.includes('keys') && unpinned.length > 0
        ? [`the thumbprints of ${unpinned.join(', ')} (lukko keys pin)`]
        : [];
    const what = [...waiting, ...keys];
    say(
      what.length === 0
        ? `${stack}: not deployed; npx cdktf deploy ${stack}`
        : `${stack}: waits for ${what.join(', ')}`,
    );
  }
  const asked = [
    ...config.keys.servers.map(({ name }) => ({ stack: 'keys', name, next: `lukko keys replace --server ${name}` })),
    ...Object.keys(config.hosts).map((name) => ({ stack: name, name, next: `npx cdktf deploy ${name}` })),
  ].filter(({ stack }) => standing.has(stack));
  for (const each of asked) good = (await serves(status, each)) && good;
  return good;
}

/** Whether a stack has anything in its state. */
function applied({ config, cwd, output, environment }: Status, stack: string): boolean {
  if (!existsSync(path.join(path.resolve(cwd, output), 'stacks', stack, 'cdk.tf.json'))) return false;
  const found = readHostStack(stack, cwd, output);
  if (found.environment !== config.environment.name) return false;
  return listAt(recordAt({ state: readState(found, environment) }, 'state'), 'resources').length > 0;
}

interface Asked {
  readonly stack: string;
  /** Its name in the configuration. */
  readonly name: string;
  /** What is to be done where the server is gone. */
  readonly next: string;
}

async function serves({ config, api, reach, say }: Status, { stack, name: short, next }: Asked): Promise<boolean> {
  const name = `lukko-${config.environment.name}-${short}`;
  let asked: Api;
  try {
    asked = api(stack);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    say(`${name}: not asked: ${error.message}`);
    return false;
  }
  const server = await serverByName(asked, name);
  if (server === undefined) {
    say(`${name}: stands in the state and not at Hetzner; ${next}`);
    return false;
  }
  if (reach === undefined || server.address === undefined) {
    say(`${name}: ${server.status}; skipped: asking it over SSH (the API is on this machine, there is no host)`);
    return server.status === 'running';
  }
  const contact = reach(name, server.address);
  try {
    const said = await contact.run('serving');
    // A host serves although something on it waits, such as Caddy for the secret an operator seals.
    const waiting = said.code === 0 ? said.out.split('\n').filter((line) => line.startsWith('waiting: ')) : [];
    for (const line of said.code === 0 ? [...waiting, 'serves'] : waitsFor(said).split('\n')) say(`${name}: ${line}`);
    return said.code === 0 && waiting.length === 0;
  } finally {
    contact.close();
  }
}
