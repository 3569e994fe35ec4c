import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type BundleMeta,
  beginning,
  bundle,
  bundledFile,
  chain,
  line,
  type Previous,
  sha256,
  type Unchained,
  type Verification,
} from '../../../../packages/evidence/src/index.ts';
import { directoryWith, lukko } from '../../cli/fake-ports.ts';

/** A key pair of OpenSSH with its fingerprint. */
export function keyPair(): { readonly path: string; readonly fingerprint: string } {
  const path = join(directoryWith({}), 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path]);
  const [, fingerprint = ''] = execFileSync('ssh-keygen', ['-l', '-f', path], { encoding: 'utf8' }).split(' ');
  return { path, fingerprint };
}

const run = '0b0e7a52-5a44-5f0e-9d53-6f3cc2a3e0c1';
export const seen = (id: string, name: string, changes: object = {}): Unchained =>
  ({
    kind: 'observation',
    id: `1b0e7a52-5a44-5f0e-9d53-6f3cc2a3e0c${id}`,
    run,
    collector: 'tls',
    subject: { kind: 'endpoint', id: `tls:${name}:443`, name },
    at: '2026-11-20T12:00:01Z',
    took: 12,
    attempts: 1,
    outcome: 'observed',
    source: { endpoint: `tls://${name}:443`, address: '192.0.2.10' },
    checks: [{ id: 'tls-version', holds: true, saw: 'TLS 1.3' }],
    facts: {},
    expires: '2099-01-01T00:00:00Z',
    ...changes,
  }) as Unchained;

export const records: readonly Unchained[] = [
  {
    kind: 'run',
    run,
    at: '2026-11-20T12:00:00Z',
    environment: { name: 'example', class: 'production' },
    vantage: 'office',
    tool: 'lukko 0.1.0',
    collectors: ['tls'],
  },
  seen('1', 'logs.lukko.example'),
  seen('2', 'errors.lukko.example'),
];

export const meta: BundleMeta = {
  asOf: '2026-11-21T12:00:00Z',
  tool: 'lukko 0.1.0',
  selection: 'A.8',
  profile: 'auditor',
  environments: ['example'],
  observations: 'real',
  whole: 'a'.repeat(64),
  firstExpiry: '2099-01-01T00:00:00Z',
};

const content = new Map([
  ['evidence.csv', 'control,state\r\nA.8.24,observed\r\n'],
  ['report.html', '<!doctype html>\n'],
  ['tables/assets.csv', 'asset\r\nlogs\r\n'],
]);

export const store = (of: readonly Unchained[] = records) => chain(of, beginning).map(line).join('');

/** Writes a signed bundle as the command does; returns its directory. */
export function write(
  key: string,
  {
    previous,
    changes = {},
    observations = store(),
    namespace,
  }: {
    readonly previous?: Previous;
    readonly changes?: Partial<BundleMeta>;
    /** `null`: a profile that withholds them. */
    readonly observations?: string | null;
    readonly namespace?: string;
  } = {},
): string {
  const all = new Map(content);
  if (observations !== null) all.set('observations.jsonl', observations);
  const made = bundle(
    [...all].map(([path, text]) => bundledFile(path, text)),
    { ...meta, ...changes },
    previous,
    false,
  );
  const directory = join(directoryWith({}), 'bundle');
  for (const [path, text] of [...all, ...made.files]) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  sign(directory, key, namespace ?? made.namespace);
  return directory;
}

export function sign(directory: string, key: string, namespace = 'lukko-evidence'): void {
  rmSync(join(directory, 'SHA256SUMS.sig'), { force: true });
  const list = join(directory, 'SHA256SUMS');
  execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', namespace, '-f', key, list], { stdio: 'ignore' });
}

/** Lists what lies there now, as a forger would who has no key. */
export function listAgain(directory: string): void {
  const names = execFileSync('sh', ['-c', "find . ! -type d ! -name 'SHA256SUMS*' | cut -c3- | LC_ALL=C sort"], {
    cwd: directory,
    encoding: 'utf8',
  });
  const sums = names.trim().split('\n');
  writeFileSync(
    join(directory, 'SHA256SUMS'),
    sums.map((name) => `${sha256(readFileSync(join(directory, name)))}  ${name}\n`).join(''),
  );
}

export const previousOf = (directory: string): Previous => ({
  sums: sha256(readFileSync(join(directory, 'SHA256SUMS'))),
  asOf: '2026-11-20T12:00:00Z',
  history: [],
});

/** Our own verdict: exit code and reason codes. */
export async function ours(directory: string, args: readonly string[]): Promise<readonly [number, readonly string[]]> {
  const { out } = await lukko(directory, ['evidence', 'verify', '.', '--format', 'json', ...args]);
  const { exit, findings } = JSON.parse(out) as Verification;
  return [exit, [...new Set(findings.map(({ code }) => code))].sort()];
}

/** What VERIFY.md says, done with sh, sha256sum and ssh-keygen alone: every shell line of the page, in order. */
export function stock(
  directory: string,
  page: string,
  fingerprint: string,
  previous = '',
): { readonly status: number | null; readonly last: string } {
  const script = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
    .map((match) => match[1])
    .join('')
    .replace('SHA256:write-it-here', fingerprint)
    .replace(/^PREVIOUS=$/m, `PREVIOUS='${previous}'`);
  const { status, stdout } = spawnSync('sh', ['-c', script], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '' },
  });
  return { status, last: stdout.trim().split('\n').at(-1) ?? '' };
}
