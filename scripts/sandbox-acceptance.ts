import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { realTerraform } from '../packages/cli/src/gate/real-terraform.ts';
import { goesRound, leftOut, type Outcome, readOutcomes, table } from './acceptance-table.ts';
import { providerVersion, root, writeWhole } from './provider.ts';

const target = join(root, 'packages/sandbox/spec/zz_acceptance.json');
/** Managed certificates are issued for names in a zone of the project. */
const DOMAIN = 'acceptance.lukko.example';
/** Nobody listens there (RFC 863): what goes round the sandbox's endpoints ends, and does not reach Hetzner. */
const NOWHERE = 'http://127.0.0.1:9';

class UsageError extends Error {}

const USAGE = `npm run sandbox:acceptance -- --provider <folder> [options]

Runs the acceptance tests of hetznercloud/terraform-provider-hcloud against a sandbox and writes the table of what passed.
  --provider <folder>   a checkout of its source, at v${providerVersion()}
  --binaries <folder>   where its compiled tests are kept between runs; without it they are compiled anew
  --only <package>      run one package, such as loadbalancer; may be given again; the table is not written then
  --run <expression>    run the tests whose names match; the table is not written then
  --verbose             print all that tests print
`;

/** Each package's tests, compiled: `go test -c` once, since linking takes longer than the tests. */
function compile(provider: string, folder: string): readonly string[] {
  if (!existsSync(folder) || readdirSync(folder).length === 0) {
    process.stderr.write('compiling the tests …\n');
    run('go', ['test', '-c', '-o', `${folder}/`, './internal/...'], provider);
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test'))
    .map((name) => join(folder, name))
    .filter((file) => existsSync(join(provider, 'internal', packageOf(file))))
    .sort();
}

const packageOf = (file: string): string => basename(file, '.test');

function run(program: string, args: readonly string[], cwd: string): void {
  try {
    execFileSync(program, [...args], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    throw new UsageError(
      `expected ${program} ${args.join(' ')} to succeed: ${(error as Error).message.split('\n')[0]}`,
    );
  }
}

interface Run {
  readonly provider: string;
  /** The compiled tests of a package. */
  readonly file: string;
  readonly expression: string;
  readonly verbose: boolean;
  /** Where what goes to https:// is sent. */
  readonly proxy: string;
}

/** Runs the acceptance tests of one package in its folder, where their templates lie. */
async function runPackage({ provider, file, expression, verbose, proxy }: Run): Promise<string> {
  const only = [`-test.run=${expression}`, `-test.skip=${leftOut(packageOf(file))}`];
  const args = ['-test.v', ...only, '-test.parallel=4', '-test.timeout=20m'];
  const child = spawn(file, args, { cwd: join(provider, 'internal', packageOf(file)), env: environment(proxy) });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (verbose) process.stderr.write(piece);
    });
  }
  await new Promise((done, reject) => child.once('error', reject).once('close', done));
  return text;
}

/** The outcomes of a package; what goes round the endpoints is run again through the interception, where there is one. */
async function outcomesOf(wanted: Omit<Run, 'proxy'>, interception: string | undefined): Promise<readonly Outcome[]> {
  const name = packageOf(wanted.file);
  const first = readOutcomes(name, await runPackage({ ...wanted, proxy: NOWHERE }));
  const round = first.filter(goesRound).map(({ test }) => test);
  if (interception === undefined || round.length === 0) return first;
  const expression = `^(${round.join('|')})$`;
  const again = readOutcomes(name, await runPackage({ ...wanted, expression, proxy: interception }));
  return [
    ...first.filter((each) => !goesRound(each)),
    ...again.filter(({ test }) => round.includes(test)).map((each): Outcome => ({ ...each, intercepted: true })),
  ];
}

function environment(proxy: string): NodeJS.ProcessEnv {
  const { https_proxy, NO_PROXY, no_proxy, ...others } = process.env;
  return {
    ...others,
    HTTPS_PROXY: proxy,
    TF_ACC: '1',
    TF_ACC_TERRAFORM_PATH: realTerraform(process.env),
    TEST_CERTIFICATE_DOMAIN: DOMAIN,
    CHECKPOINT_DISABLE: '1',
  };
}

/** The listener of `lukko sandbox run --intercept`; another proxy may lead out, and is not used. */
function interceptor(): string | undefined {
  const { HTTPS_PROXY = '' } = process.env;
  return /^http:\/\/127\.0\.0\.1:\d+\/?$/.test(HTTPS_PROXY) ? HTTPS_PROXY : undefined;
}

async function makeZone(): Promise<void> {
  const { HCLOUD_ENDPOINT, HCLOUD_TOKEN } = process.env;
  if (HCLOUD_ENDPOINT === undefined || !/^http:\/\/127\.0\.0\.1:\d+\/v1$/.test(HCLOUD_ENDPOINT))
    throw new UsageError(
      'expected a sandbox in HCLOUD_ENDPOINT, found none; start this with npm run sandbox:acceptance',
    );
  const { status } = await fetch(`${HCLOUD_ENDPOINT}/zones`, {
    method: 'POST',
    headers: { authorization: `Bearer ${HCLOUD_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: DOMAIN, mode: 'primary' }),
  });
  if (status !== 201 && status !== 409)
    throw new UsageError(`expected the sandbox to make a zone, it answered ${status}`);
}

const OPTIONS = {
  provider: { type: 'string' },
  binaries: { type: 'string' },
  only: { type: 'string', multiple: true },
  run: { type: 'string' },
  verbose: { type: 'boolean', default: false },
} as const;

function givenOptions() {
  try {
    return parseArgs({ options: OPTIONS });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** The folder, when it holds the source the table is about. @throws UsageError */
function checkoutAt(folder: string): string {
  const changes = join(resolve(folder), 'CHANGELOG.md');
  if (!existsSync(join(resolve(folder), 'internal/testmux')) || !existsSync(changes))
    throw new UsageError(`${folder}: expected a checkout of the provider's source`);
  const [, found = 'none'] = /^## \[v([\d.]+)\]/m.exec(readFileSync(changes, 'utf8')) ?? [];
  if (found !== providerVersion())
    throw new UsageError(`${folder}: expected the source of version ${providerVersion()}, found ${found}`);
  return resolve(folder);
}

async function main(): Promise<void> {
  const { values } = givenOptions();
  if (values.provider === undefined) throw new UsageError(`expected --provider, found none\n\n${USAGE}`);
  const provider = checkoutAt(values.provider);
  await makeZone();
  const own = values.binaries === undefined ? mkdtempSync(join(tmpdir(), 'lukko-acceptance-')) : undefined;
  const outcomes: Outcome[] = [];
  try {
    for (const file of compile(provider, own ?? resolve(values.binaries as string))) {
      if (values.only !== undefined && !values.only.includes(packageOf(file))) continue;
      const { run: expression = '^TestAcc', verbose } = values;
      const found = await outcomesOf({ provider, file, expression, verbose }, interceptor());
      outcomes.push(...found);
      for (const each of found)
        process.stderr.write(`${each.outcome.padEnd(13)} ${each.test}${each.reason ? `: ${each.reason}` : ''}\n`);
    }
  } finally {
    if (own !== undefined) rmSync(own, { recursive: true, force: true });
  }
  const made = table(outcomes, providerVersion());
  process.stdout.write(`${JSON.stringify(made.counts)}\n`);
  if (values.only === undefined && values.run === undefined) writeWhole(target, made.text);
  process.exitCode = outcomes.every(({ outcome, everywhere }) => outcome !== 'failed' || everywhere) ? 0 : 1;
}

main().catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`sandbox:acceptance: ${error.message}\n`);
  process.exitCode = 2;
});
