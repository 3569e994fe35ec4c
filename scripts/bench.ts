import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { catalogue } from '../packages/cli/src/catalogue.ts';
import { writePlan } from './bench/plan.ts';
import { regoRules } from './bench/rego.ts';

/*
 * `npm run bench [-- <resources>…]`: whole processes on plans of 1,000, 10,000 and 100,000 resources made of a recorded one. Lukko with
 * all its rules, JSON.parse alone, and Conftest where it is on the PATH (`go install github.com/open-policy-agent/conftest@v0.71.1`), with
 * four Rego rules and with as many as lukko has. The programs take turns, so that a machine whose speed drifts slows all of them alike:
 * the ratios count. Memory is what GNU time calls the maximum resident set; without /usr/bin/time it is left out.
 */
const root = join(__dirname, '..');
const place = mkdtempSync(join(tmpdir(), 'lukko-bench-'));
const lukko = join(place, 'lukko.js');
const time = '/usr/bin/time';
const parse = `JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))`;

interface Run {
  readonly seconds: number;
  /** User and system time of the process and its threads. */
  readonly cpu: number;
  readonly megabytes: number;
}
interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** @param apart the same plan with copies that are not alike */
function programs(plan: string, apart: string): readonly Program[] {
  const node = process.execPath;
  const count = catalogue.rules.length;
  return [
    { name: 'JSON.parse alone', command: node, args: ['-e', parse, plan] },
    { name: `lukko, ${count} rules`, command: node, args: [lukko, 'check', plan, '--rule-set', 'all'] },
    { name: 'lukko, no copies alike', command: node, args: [lukko, 'check', apart, '--rule-set', 'all'] },
    ...(version('conftest') === undefined
      ? []
      : [4, count].map((rules) => ({
          name: `conftest, ${rules} rules`,
          command: 'conftest',
          args: ['test', plan, '--policy', policy(rules), '--output', 'json'],
        }))),
  ];
}

function policy(rules: number): string {
  const folder = join(place, `policy-${rules}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'main.rego'), regoRules(rules));
  return folder;
}

function measure(sizes: readonly number[]): void {
  const conftest = version('conftest');
  say(
    `node ${process.version}, ${availableParallelism()} processors; ${conftest ?? 'conftest is not on the PATH: left out'}`,
  );
  if (!existsSync(time)) say('/usr/bin/time is not there: memory is left out');
  for (const size of sizes) {
    const [plan, apart] = [join(place, `plan-${size}.json`), join(place, `apart-${size}.json`)];
    const resources = writePlan(plan, size);
    writePlan(apart, size, true);
    const rounds = size <= 1000 ? 7 : size <= 10_000 ? 5 : 3;
    say(`\n${resources} resources, ${(statSync(plan).size / 1e6).toFixed(1)} MB, median of ${rounds} rounds`);
    table(programs(plan, apart), rounds);
    for (const file of [plan, apart]) rmSync(file);
  }
  hcl(300);
}

function table(list: readonly Program[], rounds: number): void {
  const runs = list.map((): Run[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, program] of list.entries()) runs[index]?.push(once(program));
  }
  const medians = runs.map((all) => ({
    seconds: median(all.map(({ seconds }) => seconds)),
    cpu: median(all.map(({ cpu }) => cpu)),
    megabytes: median(all.map(({ megabytes }) => megabytes)),
  }));
  const own = medians[1] as Run;
  say(`${''.padEnd(24)}${['wall s', 'cpu s', 'MB', 'lukko wall ×', 'lukko cpu ×', 'lukko MB ×'].map(right).join('')}`);
  for (const [index, { name }] of list.entries()) {
    const { seconds, cpu, megabytes } = medians[index] as Run;
    const figures = [seconds.toFixed(2), cpu.toFixed(2), megabytes.toFixed(0)];
    const ratios = [own.seconds / seconds, own.cpu / cpu, own.megabytes / megabytes].map((ratio) => ratio.toFixed(2));
    say(`${name.padEnd(24)}${[...figures, ...ratios].map(right).join('')}`);
  }
}

/** How long a directory of that many HCL files takes, each with a server, a volume and its attachment. */
function hcl(files: number): void {
  const folder = join(place, 'hcl');
  mkdirSync(folder);
  for (let index = 0; index < files; index++) {
    const name = `host${index}`;
    writeFileSync(
      join(folder, `${name}.tf`),
      `resource "hcloud_server" "${name}" {\n  name = "${name}"\n  image = "debian-13"\n  server_type = "cx23"\n  location = var.location\n}\nresource "hcloud_volume" "${name}" {\n  name = "${name}"\n  size = 10\n  location = var.location\n}\nresource "hcloud_volume_attachment" "${name}" {\n  volume_id = hcloud_volume.${name}.id\n  server_id = hcloud_server.${name}.id\n}\n`,
    );
  }
  writeFileSync(join(folder, 'variables.tf'), 'variable "location" {\n  default = "hel1"\n}\n');
  const program = { name: 'hcl', command: process.execPath, args: [lukko, 'check', folder, '--rule-set', 'all'] };
  try {
    const runs = [once(program), once(program), once(program)];
    say(
      `\n${files} HCL files: ${median(runs.map(({ seconds }) => seconds)).toFixed(2)} s, ${median(runs.map(({ megabytes }) => megabytes)).toFixed(0)} MB`,
    );
  } catch (error) {
    say(`\n${files} HCL files: not judged: ${error instanceof Error ? error.message.split('\n', 1)[0] : error}`);
  }
}

/** One whole process. Findings are exit 1; anything above is no measurement. */
function once({ name, command, args }: Program): Run {
  // A file of certificates in the environment costs every node 40 ms, and says nothing about either program.
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env;
  const usage = join(place, 'usage');
  const timed = existsSync(time);
  const before = process.hrtime.bigint();
  const { status, stderr, signal, error } = timed
    ? spawnSync(time, ['-q', '-f', '%U %S %M', '-o', usage, command, ...args], options(env))
    : spawnSync(command, args, options(env));
  const seconds = Number(process.hrtime.bigint() - before) / 1e9;
  if (status === null || status > 1) throw new Error(`${name}: exit ${status ?? signal ?? error?.message}\n${stderr}`);
  const [user = 0, system = 0, kilobytes = Number.NaN] = timed ? lastNumbers(usage) : [];
  return { seconds, cpu: user + system, megabytes: kilobytes / 1024 };
}

const options = (env: NodeJS.ProcessEnv): SpawnSyncOptionsWithStringEncoding => ({
  cwd: place,
  env,
  encoding: 'utf8',
  stdio: ['ignore', 'ignore', 'pipe'],
  maxBuffer: 1 << 28,
});

function lastNumbers(file: string): readonly number[] {
  const { stdout } = spawnSync('tail', ['-n', '1', file], { encoding: 'utf8' });
  return stdout.trim().split(' ').map(Number);
}

function version(program: string): string | undefined {
  const found = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
  if (!found) return undefined;
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return stdout.trim().replaceAll('\n', ', ');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const right = (text: string): string => text.padStart(14);
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

try {
  const asked = process.argv.slice(2).map(Number);
  if (asked.some((size) => !Number.isInteger(size) || size < 1)) throw new Error('expected numbers of resources');
  // A copy, so that a build meanwhile changes nothing; its cache with it.
  for (const file of ['lukko.js', 'lukko.cache']) {
    const from = join(root, 'packages/cli/dist', file);
    if (existsSync(from)) copyFileSync(from, join(place, file));
  }
  measure(asked.length === 0 ? [1000, 10_000, 100_000] : asked);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}
