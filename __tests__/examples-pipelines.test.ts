import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The commands of the pipelines people copy, read from their YAML and run in a repository with a request in it. */
const root = join(__dirname, '..');
const folder = join(root, 'examples/pipelines');
const file = (name: string) => parse(readFileSync(join(folder, name), 'utf8'));

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
const actions = (name: string) => file(name).jobs.lukko.steps as readonly Step[];

let repository = '';
let origin = '';
const git = (cwd: string, ...args: string[]) => {
  const identity = ['-c', 'user.name=orchard', '-c', 'user.email=o@orchard.example', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' });
};

beforeAll(() => {
  const place = mkdtempSync(join(tmpdir(), 'lukko-pipelines-'));
  [origin, repository] = [join(place, 'origin'), join(place, 'work')];
  execFileSync(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), 'scripts/build.ts'], {
    cwd: root,
    stdio: 'pipe',
  });
  cpSync(join(root, 'examples/passes/encrypted-volume'), origin, { recursive: true });
  mkdirSync(join(origin, 'tools'));
  copyFileSync(join(root, 'packages/cli/dist/lukko.js'), join(origin, 'tools/lukko.js'));
  git(origin, 'init', '-q', '-b', 'main');
  git(origin, 'add', '-A');
  git(origin, 'commit', '-q', '-m', 'main');
  git(place, 'clone', '-q', origin, repository);
}, 120_000);

afterAll(() => rmSync(join(repository, '..'), { recursive: true, force: true }));

function shell(command: string, environment: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', command], {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', GITHUB_STEP_SUMMARY: 'summary.md', ...environment },
  });
  return { status, out: stdout, err: stderr };
}

/** What a runner puts in place of its own expressions. */
const resolved = (text: string) => text.replaceAll('${{ github.base_ref }}', 'main');
const runStep = ({ run = '', env = {} }: Step) =>
  shell(resolved(run), Object.fromEntries(Object.entries(env).map(([name, value]) => [name, resolved(value)])));

const pipelines: readonly (readonly [string, () => ReturnType<typeof shell>, readonly string[]])[] = [
  [
    'forgejo.yml',
    () => runStep(actions('forgejo.yml').find(({ run }) => run !== undefined) as Step),
    ['lukko-comment.md', 'lukko-junit.xml', 'lukko-report.json'],
  ],
  [
    'github.yml',
    () => runStep(actions('github.yml').find(({ run }) => run !== undefined) as Step),
    ['lukko-comment.md', 'lukko.sarif'],
  ],
  [
    'gitlab-ci.yml',
    () =>
      shell((file('gitlab-ci.yml').lukko.script as string[]).join('\n'), {
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      }),
    ['lukko-junit.xml', 'lukko-quality.json'],
  ],
  ['pre-commit-config.yaml', () => shell(file('pre-commit-config.yaml').repos[0].hooks[0].entry, {}), []],
];

test('every pipeline is in the list, and the page names it', () => {
  const files = readdirSync(folder).filter((name) => name !== 'README.md');
  expect(pipelines.map(([name]) => name).sort()).toEqual(files.sort());
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const name of files) expect(page).toContain(`[${name}](${name})`);
});

describe.each(pipelines)('%s', (name, run, reports) => {
  afterEach(() => {
    git(repository, 'checkout', '-q', '.');
    git(repository, 'clean', '-qfd');
  });

  test('passes what passes, and writes its reports', () => {
    const { status, out, err } = run();
    expect([status, err.includes('error')]).toEqual([0, false]);
    expect(out).toContain('clean');
    for (const report of reports) expect(readFileSync(join(repository, report), 'utf8').length).toBeGreaterThan(2);
  });

  test('refuses a request that moves a server abroad, and says where; its own leniency does not count', () => {
    const source = readFileSync(join(repository, 'main.tf.json'), 'utf8');
    writeFileSync(join(repository, 'main.tf.json'), source.replaceAll('"hel1"', '"ash"'));
    if (name !== 'pre-commit-config.yaml') {
      const lukko = readFileSync(join(repository, 'lukko.yaml'), 'utf8');
      writeFileSync(
        join(repository, 'lukko.yaml'),
        `${lukko.replace('eu-sovereign', 'recommended')}\nruleSet: iso27001-a8\n`,
      );
    }
    const { status, out } = run();
    expect(status).toBe(1);
    expect(out).toContain('error[locations-in-eu]');
    if (name !== 'pre-commit-config.yaml') expect(out).toContain('policy: changed: lukko.yaml');
    for (const report of reports) expect(readFileSync(join(repository, report), 'utf8')).toContain('locations-in-eu');
  });
});
