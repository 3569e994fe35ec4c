import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { RECORDING } from '../__tests__/e2e/recording.ts';
import { withoutHashes } from '../__tests__/e2e/support.ts';
import { unzip } from '../__tests__/e2e/unzip.ts';
import { type RunningSandbox, startSandbox } from '../packages/cli/src/sandbox/start.ts';

/*
 * `npx tsx scripts/record-plans.ts` records plans with the real terraform and the real provider as fixtures, JSON and binary.
 * The API is the sandbox, with a project for the key servers as in a real deployment and one for somebody else's root module.
 * Tokens stand in the environment alone, so they are in no plan.
 */

const root = path.join(__dirname, '..');
const out = path.join(root, '__tests__', 'fixtures', 'plans');
const run = promisify(execFile);

interface Place {
  /** Folder below which everything is made, removed at the end. */
  readonly temporary: string;
  /** For a project of the sandbox. */
  readonly environment: (project: string) => NodeJS.ProcessEnv;
  readonly tokens: readonly string[];
}

async function main(): Promise<void> {
  const temporary = mkdtempSync(path.join(tmpdir(), 'lukko-plans-'));
  const sandbox = await startSandbox(RECORDING, Date.now);
  try {
    const place = {
      temporary,
      environment: environment(temporary, sandbox),
      tokens: sandbox.projects.flatMap(({ token, readOnlyToken = token }) => [token, readOnlyToken]),
    };
    await foreign(place);
    await own(place);
  } finally {
    await sandbox.stop();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The real terraform, never the gate in node_modules/.bin; a `lukko` that does nothing, since the sandbox has no hosts. */
function environment(temporary: string, sandbox: RunningSandbox): Place['environment'] {
  const bin = path.join(temporary, 'bin');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'lukko'), '#!/bin/sh\nexit 0\n');
  chmodSync(path.join(bin, 'lukko'), 0o755);
  const { PATH = '', HOME, TF_CLI_CONFIG_FILE } = process.env;
  const real = PATH.split(path.delimiter).filter((each) => !each.includes('node_modules'));
  const { HCLOUD_ENDPOINT, HETZNER_ENDPOINT } = sandbox.environment;
  return (project) => ({
    PATH: [bin, ...real].join(path.delimiter),
    HOME,
    ...(TF_CLI_CONFIG_FILE === undefined ? {} : { TF_CLI_CONFIG_FILE }),
    CHECKPOINT_DISABLE: '1',
    HCLOUD_TOKEN: sandbox.projects.find(({ name }) => name === project)?.token,
    HCLOUD_ENDPOINT,
    HETZNER_ENDPOINT,
  });
}

/** Somebody else's root module with count, for_each, conditionals and locals; its HCL is the fixture's own. */
async function foreign(place: Place): Promise<void> {
  const theme = 'foreign-loops';
  const folder = configurationOf(place, theme);
  await record(
    place,
    { theme, project: 'foreign', folder },
    ['-var=location=ash'],
    `A root module with \`count\`, \`for_each\`, \`dynamic\`, conditionals, locals and a module called twice, as others write them (\`main.tf\`,
\`service/main.tf\`). Everything is created; \`location\` was given on the command line.`,
  );
  await byOpenTofu(place);
  await copies(place);
  // What was planned for ash cannot be: its volumes would hang on servers of another location. All in one location, they can.
  const env = place.environment('foreign');
  const applied = ['apply', '-input=false', '-no-color', '-auto-approve', '-var=location=hel1'];
  await run('terraform', applied, { cwd: folder, env });
  const changes = ['-var=location=nbg1', '-var=replicas=1', '-var=secure=false'];
  await record(
    place,
    { theme: `${theme}-changed`, project: 'foreign', folder },
    changes,
    `The root module of \`../${theme}\`, applied with \`location=hel1\` and then planned with other variables: what is created, updated, replaced and deleted in one plan.`,
  );
}

/** The HCL of a fixture, where it can be planned. */
function configurationOf(place: Place, theme: string, as = theme): string {
  const folder = path.join(place.temporary, as);
  const filter = (file: string): boolean => !/plan\.(json|tfplan)$|README/.test(file);
  cpSync(path.join(out, theme), folder, { recursive: true, filter });
  return folder;
}

/** Modules that are called for many. */
async function copies(place: Place): Promise<void> {
  const theme = 'foreign-copies';
  await record(
    place,
    { theme, project: 'foreign', folder: configurationOf(place, theme) },
    [],
    `A root module that calls modules for many (\`main.tf\`, \`host/main.tf\`, \`tied/main.tf\`): instances that nothing but their names tells apart, one of
them elsewhere; instances that each get something of their own; and instances of which one is picked.`,
  );
}

/** The same root module, planned by OpenTofu, where its program is on PATH; else what was recorded stays. */
async function byOpenTofu(place: Place): Promise<void> {
  const theme = 'foreign-loops-tofu';
  const folder = configurationOf(place, 'foreign-loops', theme);
  const found = await run('tofu', ['version'], { env: place.environment('foreign') }).catch(() => undefined);
  if (found === undefined) {
    process.stdout.write(`not recorded: ${theme} (no program tofu on PATH)\n`);
    return;
  }
  await record(
    place,
    { theme, project: 'foreign', folder, program: 'tofu' },
    ['-var=location=ash'],
    'The root module of `../foreign-loops`, planned by OpenTofu: its providers come from a registry of its own, `registry.opentofu.org`.',
  );
}

/** Our own stacks: each is planned, recorded and applied, since the next one reads its state. Then one change of each kind. */
async function own(place: Place): Promise<void> {
  const output = path.join(place.temporary, 'cdktf.out');
  await run(process.execPath, ['--import', 'tsx', 'main.ts'], {
    cwd: root,
    env: { ...process.env, CDKTF_OUTDIR: output, LUKKO_CONFIG: 'config/example.yaml' },
  });
  const manifest = JSON.parse(readFileSync(path.join(output, 'manifest.json'), 'utf8')) as {
    stacks: Record<string, { dependencies: string[] }>;
  };
  for (const stack of inOrder(manifest.stacks)) {
    const folder = path.join(output, 'stacks', stack);
    const lock = path.join(folder, '.terraform.lock.hcl');
    // The provider at hand may be built here: docs/decisions/0003-provider-lock.md.
    if (existsSync(lock)) writeFileSync(lock, withoutHashes(readFileSync(lock, 'utf8')));
    const project = stack === 'keys' ? 'keys' : 'main';
    await record(
      place,
      { theme: `own-${stack}`, project, folder },
      [],
      `The stack \`${stack}\` of \`config/example.yaml\`, created; the stacks it reads (${manifest.stacks[stack]?.dependencies.join(', ') || 'none'}) had been applied before.`,
    );
    await run('terraform', ['apply', '-input=false', '-no-color', 'plan.tfplan'], {
      cwd: folder,
      env: place.environment(project),
      maxBuffer: 1 << 28,
    });
  }
  const network = path.join(output, 'stacks', 'network');
  await record(
    place,
    { theme: 'own-network-destroy', project: 'main', folder: network },
    ['-destroy'],
    'The stack `network` of `config/example.yaml`, applied and then planned for removal.',
  );
}

function inOrder(stacks: Readonly<Record<string, { readonly dependencies: readonly string[] }>>): readonly string[] {
  const done: string[] = [];
  const waiting = Object.keys(stacks).sort();
  while (waiting.length > 0) {
    const next = waiting.findIndex((stack) => stacks[stack]?.dependencies.every((each) => done.includes(each)));
    if (next === -1) throw new Error(`the stacks ${waiting.join(', ')} wait for each other`);
    done.push(...waiting.splice(next, 1));
  }
  return done;
}

interface Recorded {
  /** Folder of the fixture. */
  readonly theme: string;
  readonly project: string;
  /** Where terraform runs. */
  readonly folder: string;
  readonly program?: 'terraform' | 'tofu';
}

async function record(
  place: Place,
  { theme, project, folder, program = 'terraform' }: Recorded,
  options: readonly string[],
  about: string,
): Promise<void> {
  const env = place.environment(project);
  const terraform = (...args: string[]) =>
    run(program, args, { cwd: folder, env, maxBuffer: 1 << 28, encoding: 'buffer' });
  await terraform('init', '-input=false', '-no-color');
  const planned = ['plan', '-input=false', '-no-color', '-out=plan.tfplan', ...options];
  await terraform(...planned);
  const { stdout: json } = await terraform('show', '-json', 'plan.tfplan');
  const { stdout: version } = await terraform('version', '-json');
  const target = path.join(out, theme);
  mkdirSync(target, { recursive: true });
  refuseLeaks(place, folder, json);
  writeFileSync(path.join(target, 'plan.json'), json);
  copyFileSync(path.join(folder, 'plan.tfplan'), path.join(target, 'plan.tfplan'));
  writeFileSync(path.join(target, 'README.md'), readme({ theme, program }, about, planned, version.toString('utf8')));
  process.stdout.write(`recorded ${path.relative(root, target)}\n`);
}

function readme(
  { theme, program }: { readonly theme: string; readonly program: string },
  about: string,
  planned: readonly string[],
  version: string,
): string {
  const { terraform_version: terraform, provider_selections: providers } = JSON.parse(version) as {
    terraform_version: string;
    provider_selections: Record<string, string>;
  };
  const provider =
    Object.entries(providers)
      .map(([name, each]) => `${name.split('/').slice(1).join('/')} ${each}`)
      .join(', ') || 'none';
  return `# ${theme}

${about}

Recorded by \`npx tsx scripts/record-plans.ts\` with ${program} ${terraform} (provider ${provider}) against the sandbox
(\`lukko sandbox\`), by

\`\`\`
${program} init -input=false -no-color
${program} ${planned.join(' ')}
${program} show -json plan.tfplan > plan.json
\`\`\`

No token is in it: they stood in the environment. Never edit it by hand; record it again.
`;
}

/** No path of this machine and no token may get into the repository, not even packed. */
function refuseLeaks({ temporary, tokens }: Place, folder: string, json: Buffer): void {
  const texts = [json, ...unzip(readFileSync(path.join(folder, 'plan.tfplan'))).values()].map((bytes) =>
    bytes.toString('latin1'),
  );
  const found = [...tokens, `${temporary}/`, `${root}/`, `${homedir()}/`].find((needle) =>
    texts.some((text) => text.includes(needle)),
  );
  if (found !== undefined) throw new Error('the plan holds a token or a path of this machine: not recorded');
}

if (!existsSync(out)) mkdirSync(out, { recursive: true });
main().catch((error: unknown) => {
  console.error(
    error instanceof Error ? `${error.message}\n${(error as { stderr?: Buffer | string }).stderr ?? ''}` : error,
  );
  process.exitCode = 1;
});
