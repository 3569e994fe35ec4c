import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { styleText } from 'node:util';
import { realTerraform } from '../packages/cli/src/gate/real-terraform.ts';
import { Refusal } from '../packages/cli/src/gate/refusal.ts';

/*
 * `npm start`: the whole flow on the shipped example, with Node and npm alone. Results are always printed; what is going on is
 * shown on a terminal only. Exits 0 only when everything went as it should, the refusal among it.
 */

const root = path.join(__dirname, '..');
const lukko = path.join(root, 'packages', 'cli', 'dist', 'lukko.js');
const refused = path.join('examples', 'refused', 'us-cloud');
const output = process.env.CDKTF_OUTDIR ?? 'cdktf.out';
const evidence = 'evidence-out';

interface Ended {
  readonly code: number;
  readonly text: string;
}

async function main(): Promise<number> {
  if (!existsSync(lukko)) {
    say('packages/cli/dist/lukko.js is missing: run `npm run build`, then `npm start` again');
    return 2;
  }
  const steps = [synth, checkExample, checkRefused, checkPlan, exportEvidence];
  for (const [index, step] of steps.entries()) {
    if (await step(`${index + 1}/${steps.length}`)) continue;
    say(
      `\nnpm start stopped at step ${index + 1} of ${steps.length}: what it printed above is not what the shipped example should give`,
    );
    return 1;
  }
  say(`\nThe report lies in ${path.join(evidence, 'report.html')}: open it in a browser.`);
  return 0;
}

async function synth(step: string): Promise<boolean> {
  heading(step, 'Synthesise config/example.yaml: judged first, written only when it passes');
  const ended = await run(process.execPath, ['--import', 'tsx', 'main.ts'], {
    LUKKO_CONFIG: 'config/example.yaml',
    CDKTF_OUTDIR: output,
  });
  print(ended);
  return ended.code === 0;
}

async function checkExample(step: string): Promise<boolean> {
  heading(step, `Check ${output}: lukko check ${output}`);
  const ended = await run(process.execPath, [lukko, 'check', output]);
  print(ended);
  return ended.code === 0;
}

async function checkRefused(step: string): Promise<boolean> {
  heading(step, `Check an example that must be refused: lukko check ${refused}`);
  const ended = await run(process.execPath, [lukko, 'check', refused]);
  print(ended);
  if (ended.code === 1) say(`\nRefused with exit code 1, as it should be.`);
  else say(`\nExpected exit code 1, got ${ended.code}.`);
  return ended.code === 1;
}

async function exportEvidence(step: string): Promise<boolean> {
  heading(step, 'Export evidence for Annex A.8 of ISO/IEC 27001:2022: lukko evidence export --control A.8');
  const ended = await run(process.execPath, [lukko, 'evidence', 'export', '--control', 'A.8', '--out', evidence]);
  print(ended);
  return ended.code === 0;
}

/** With terraform and a provider at hand the network stack is planned too: it needs no answer of the API. The others read its state. */
async function checkPlan(step: string): Promise<boolean> {
  heading(step, 'Plan the network stack and check the plan, where terraform or tofu is there');
  const terraform = findTerraform();
  if (terraform === undefined) {
    say('Left out: neither terraform nor tofu is on PATH. `npm start` needs neither.');
    return true;
  }
  const name = path.basename(terraform);
  const temporary = mkdtempSync(path.join(tmpdir(), 'lukko-start-'));
  // A copy: no state is read, no lock file is touched, and nothing stays.
  const folder = path.join(temporary, 'cdktf.out', 'stacks', 'network');
  try {
    cpSync(path.resolve(root, output), path.join(temporary, 'cdktf.out'), {
      recursive: true,
      filter: (file) => path.basename(file) !== '.terraform',
    });
    // Nobody listens there and nobody is asked: a plan that only creates needs no API, and this token is none.
    const environment = {
      CHECKPOINT_DISABLE: '1',
      HCLOUD_TOKEN: 'x'.repeat(64),
      HCLOUD_ENDPOINT: 'http://127.0.0.1:9/v1',
      HETZNER_ENDPOINT: 'http://127.0.0.1:9/v1',
    };
    const official = await run(terraform, ['init', '-input=false', '-no-color'], environment, folder);
    const lock = path.join(folder, '.terraform.lock.hcl');
    if (official.code !== 0 && existsSync(lock))
      writeFileSync(lock, readFileSync(lock, 'utf8').replace(/^ *hashes = \[[^\]]*\]\n/gm, ''));
    const own =
      official.code !== 0 &&
      (await run(terraform, ['init', '-input=false', '-no-color'], environment, folder)).code === 0;
    if (official.code !== 0 && !own) {
      say(
        `Left out: ${name} cannot find the provider hetznercloud/hcloud (no network, no mirror). \`npm start\` needs neither.`,
      );
      return true;
    }
    const plan = path.join(temporary, 'network.tfplan');
    const planned = await run(terraform, ['plan', '-input=false', '-no-color', `-out=${plan}`], environment, folder);
    if (planned.code !== 0) {
      print(planned);
      return false;
    }
    const shown = await run(terraform, ['show', '-json', plan], environment, folder);
    const json = path.join(temporary, 'network.json');
    writeFileSync(json, shown.text, { mode: 0o600 });
    const checked = await run(process.execPath, [lukko, 'check', json, '--source', plan]);
    if (checked.code !== 0) print(checked);
    else
      say(
        `${name} planned the network stack${own ? ' with a provider that is not the locked release (a deploy would refuse it)' : ''}, and its plan passes: ${counted(checked.text)}`,
      );
    return checked.code === 0;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function findTerraform(): string | undefined {
  try {
    return realTerraform(process.env);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Runs a program at the root and keeps what it prints. Two minutes are more than any step needs; a provider may be downloaded. */
function run(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  folder = root,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, ...colour, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    const pieces: Buffer[] = [];
    const problems: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.stderr.on('data', (piece: Buffer) => problems.push(piece));
    const release = progress();
    child.once('error', reject);
    child.once('close', (code) => {
      release();
      const failed = code === 0 ? '' : Buffer.concat(problems).toString('utf8');
      resolve({ code: code ?? 1, text: Buffer.concat(pieces).toString('utf8') + failed });
    });
  });
}

/** Seconds that go by, on a terminal; nothing in a pipe. */
function progress(): () => void {
  if (!process.stderr.isTTY) return () => undefined;
  const begun = Date.now();
  const timer = setInterval(() => process.stderr.write(`\r… ${Math.round((Date.now() - begun) / 1000)} s`), 500);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\u001b[K');
  };
}

function heading(step: string, text: string): void {
  say(`\n${process.stdout.isTTY ? styleText('bold', `[${step}] ${text}`) : `[${step}] ${text}`}`);
}

function print({ text }: Ended): void {
  say(text.trimEnd());
}

/** The line of a report that counts what was judged. */
function counted(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => /\d+ rules:/.test(line))
      ?.trim() ?? ''
  );
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
