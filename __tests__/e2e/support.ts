import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { realTerraform } from '../../packages/cli/src/gate/real-terraform.ts';

export const repository = path.join(__dirname, '..', '..');

export interface Ended {
  readonly code: number;
  /** Standard output and error, in the order in which they came. */
  readonly text: string;
}

/** What a copy of the repository holds: everything that decides, and none of the build output. */
const COPIED = [
  'main.ts',
  'own-rules.ts',
  'synth-gate.ts',
  'package.json',
  'cdktf.json',
  'tsconfig.json',
  'lukko.yaml',
  'register.yaml',
  'waivers.yaml',
  'approvers',
  'claims.yaml',
  'attestations',
  'documents',
  '.terraform.lock.hcl',
  'config',
  'policies',
  'stacks',
  'scripts',
  'examples',
];

/** A copy in a temporary folder, with the packages of this repository. Removed by `remove`. */
export function copyRepository(): {
  readonly root: string;
  edit(file: string, change: (text: string) => string): void;
  remove(): void;
} {
  const { root, letGo } = claimFolder();
  for (const name of COPIED)
    if (existsSync(path.join(repository, name)))
      cpSync(path.join(repository, name), path.join(root, name), { recursive: true });
  const lock = path.join(root, '.terraform.lock.hcl');
  // The provider of a developer's machine may be of its own making: docs/decisions/0003-provider-lock.md.
  if (existsSync(lock)) writeFileSync(lock, withoutHashes(readFileSync(lock, 'utf8')));
  symlinkSync(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
  symlinkSync(path.join(repository, 'packages'), path.join(root, 'packages'));
  return {
    root,
    edit: (file, change) => {
      const before = readFileSync(path.join(root, file), 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`the change of ${file} changed nothing`);
      writeFileSync(path.join(root, file), after);
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
      letGo();
    },
  };
}

/**
 * A new folder whose path comes again: tsx keeps what it compiled by path and text, and a copy in a place of its own was compiled whole
 * each time. A file beside it holds the process that uses it; what a killed one left is taken over.
 */
function claimFolder(): { readonly root: string; letGo(): void } {
  const name = `lukko-e2e-${createHash('sha256').update(repository).digest('hex').slice(0, 12)}`;
  for (let slot = 0; ; slot += 1) {
    const root = path.join(tmpdir(), `${name}-${slot}`);
    const owner = `${root}.pid`;
    if (existsSync(owner) && !runs(Number(readFileSync(owner, 'utf8')))) rmSync(owner, { force: true });
    try {
      writeFileSync(owner, String(process.pid), { flag: 'wx' });
    } catch {
      continue;
    }
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { mode: 0o700 });
    return { root, letGo: () => rmSync(owner, { force: true }) };
  }
}

function runs(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** As somebody would add it: a provider of cdktf's own making, in the stack of the logs. */
export function addAwsProvider({ edit }: ReturnType<typeof copyRepository>): void {
  edit('stacks/logs.ts', (text) =>
    text
      .replace(
        "import type { App } from 'cdktf';",
        "import { type App, TerraformProvider } from 'cdktf';\n\nclass AwsProvider extends TerraformProvider {}",
      )
      .replace(
        /(\n {4}declareDataHost\(this)/,
        "\n    new AwsProvider(this, 'aws', { terraformResourceType: 'aws', terraformGeneratorMetadata: { providerName: 'aws', providerVersion: '5.98.0' }, terraformProviderSource: 'hashicorp/aws' });$1",
      ),
  );
}

/** The committed lock file with its versions alone. */
export function withoutHashes(lock: string): string {
  return lock.replace(/^ *hashes = \[[^\]]*\]\n/gm, '');
}

/** The bundles under test are those of the sources as they are now: made again only where a source or a bundle is another one. */
export function build(): void {
  const [stamp, dist] = ['node_modules/.cache/lukko-built', 'packages/cli/dist'].map((name) =>
    path.join(repository, name),
  ) as [string, string];
  const digest = () => {
    const hash = createHash('sha256').update(process.version);
    for (const folder of ['packages', 'policies', 'scripts'])
      for (const file of filesBelow(path.join(repository, folder)))
        if (!file.includes('node_modules/'))
          hash.update(`\n${folder}/${file}\0`).update(readFileSync(path.join(repository, folder, file)));
    for (const file of ['package.json', 'package-lock.json', 'tsconfig.json'])
      hash.update(readFileSync(path.join(repository, file)));
    return hash.digest('hex');
  };
  if (existsSync(dist) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest()) return;
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest());
}

/** Environment as `npx` makes it, without what the developer's shell says about Lukko, tokens and endpoints. */
export function environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(LUKKO_|HCLOUD_|HETZNER_|TF_VAR|TF_LOG|TF_CLI_ARGS|CDKTF_|npm_)/.test(name),
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: `${path.join(repository, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
    CHECKPOINT_DISABLE: '1',
    DISABLE_VERSION_CHECK: '1',
    CI: '1',
    ...extra,
  };
}

export const tokens = { HCLOUD_TOKEN_MAIN: 'm'.repeat(64), HCLOUD_TOKEN_KEYS: 'k'.repeat(64) };

/** Longer than any of these runs takes on a slow machine; a run that waits for something that never comes ends here. */
const LONGEST = 540_000;

/** Runs a program without a terminal and keeps what it prints. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string> },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST });
    const pieces: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => pieces.push(piece));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 128, text: Buffer.concat(pieces).toString('utf8') }));
  });
}

/**
 * What cdktf runs for one stack, without loading cdktf, which takes longer than both: synth, init, and the gate's apply or destroy.
 * Ends at what fails first. That cdktf finds the gate and passes these on is tested where it deploys several stacks.
 */
export async function inStack(
  verb: 'apply' | 'destroy',
  stack: string,
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<Ended> {
  const folder = path.join(cwd, 'cdktf.out/stacks', stack);
  const calls: readonly [string, readonly string[], string][] = [
    [process.execPath, ['--import', 'tsx', 'main.ts'], cwd],
    ['terraform', ['init', '-input=false', '-no-color'], folder],
    ['terraform', [verb, '-auto-approve', '-no-color'], folder],
  ];
  let text = '';
  for (const [program, args, at] of calls) {
    const ended = await run(program, args, { cwd: at, env });
    text += ended.text;
    if (ended.code !== 0) return { code: ended.code, text };
  }
  return { code: 0, text };
}

/** Runs a shell line on a terminal of its own, and types an answer each time a text appears, key by key. */
export function onTerminal(
  line: string,
  answers: readonly { readonly when: string; readonly type: readonly string[] }[],
  options: { cwd: string; env: Record<string, string> },
): Promise<Ended> {
  return new Promise((resolve) => {
    let text = '';
    let next = 0;
    let from = 0;
    const terminal = pseudoTerminals().spawn('bash', ['-c', `${line}; exit $?`], { ...options, cols: 200, rows: 50 });
    const longest = setTimeout(() => terminal.kill('SIGKILL'), LONGEST);
    terminal.onData((data) => {
      text += data;
      const answer = answers[next];
      if (answer === undefined || !text.slice(from).includes(answer.when)) return;
      next += 1;
      from = text.length;
      // A prompt drawn a moment ago may not listen yet, and takes keys that come together for one.
      for (const [index, key] of answer.type.entries()) setTimeout(() => terminal.write(key), 300 * (index + 1));
    });
    terminal.onExit(({ exitCode, signal }) => {
      clearTimeout(longest);
      resolve({ code: signal ? 128 + signal : exitCode, text: text.replaceAll('\r\n', '\n') });
    });
  });
}

interface Terminal {
  onData(listener: (data: string) => void): void;
  onExit(listener: (end: { exitCode: number; signal?: number }) => void): void;
  write(data: string): void;
  kill(signal: string): void;
}

/** The very module through which cdktf starts terraform: a dependency of cdktf-cli, not of ours. */
function pseudoTerminals(): { spawn(file: string, args: string[], options: object): Terminal } {
  const cdktf = createRequire(require.resolve('cdktf-cli/package.json'));
  return cdktf('@cdktf/node-pty-prebuilt-multiarch');
}

/** Path of the real terraform when it can also find the provider, else undefined and the reason. */
export function findTerraform(): { readonly terraform: string } | { readonly missing: string } {
  let terraform: string;
  try {
    terraform = realTerraform(environment());
  } catch {
    return { missing: 'neither terraform nor tofu is on PATH' };
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-provider-'));
  try {
    writeFileSync(
      path.join(folder, 'main.tf.json'),
      JSON.stringify({
        terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } } },
      }),
    );
    execFileSync(terraform, ['init', '-input=false'], {
      cwd: folder,
      env: environment(),
      stdio: 'ignore',
      timeout: 60_000,
    });
    return { terraform };
  } catch {
    return { missing: `${path.basename(terraform)} cannot find the provider hetznercloud/hcloud 1.68.0` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Files below a folder, relative, sorted; nothing when there is no such folder. */
export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
