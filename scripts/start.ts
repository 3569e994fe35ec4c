import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { styleText } from 'node:util';
import { realTerraform } from '../packages/cli/src/gate/real-terraform.ts';
import { Refusal } from '../packages/cli/src/gate/refusal.ts';
import { deployInSandbox, type Ended } from './start-sandbox.ts';

/*
 * `npm start`: the whole flow on the shipped example, with Node and npm alone. Results are always printed; what is going on is
 * shown on a terminal only. Exits 0 only when everything went as it should, the refusal among it.
 */

const root = path.join(__dirname, '..');
const lukko = path.join(root, 'packages', 'cli', 'dist', 'lukko.js');
const refused = path.join('examples', 'refused', 'us-cloud');
const output = process.env.CDKTF_OUTDIR ?? 'cdktf.out';
const evidence = 'evidence-out';
const kept = mkdtempSync(path.join(tmpdir(), 'lukko-start-'));
const observations = path.join(kept, 'observations.jsonl');
process.once('exit', () => rmSync(kept, { recursive: true, force: true }));

async function main(): Promise<number> {
  if (!existsSync(lukko)) {
    say('packages/cli/dist/lukko.js is missing: run `npm run build`, then `npm start` again');
    return 2;
  }
  const steps = [synth, checkExample, checkRefused, deploy, exportEvidence];
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
  const seen = existsSync(observations) ? ['--observations', observations] : [];
  const ended = await run(process.execPath, [
    lukko,
    'evidence',
    'export',
    '--control',
    'A.8',
    '--out',
    evidence,
    ...seen,
  ]);
  print(ended);
  return ended.code === 0;
}

/** With terraform and a provider at hand everything is deployed, looked at and destroyed, in the sandbox. */
async function deploy(step: string): Promise<boolean> {
  heading(step, 'Deploy config/sandbox.yaml in the sandbox and destroy it, where terraform or tofu is there');
  const terraform = findTerraform();
  if (terraform === undefined) {
    say('Left out: neither terraform nor tofu is on PATH. `npm start` needs neither.');
    return true;
  }
  return deployInSandbox(terraform, observations, { root, run, say, doing });
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

/** What is going on, shown with the seconds that go by. */
let current = '';
function doing(text: string): void {
  current = text;
}

/** Seconds that go by, on a terminal; nothing in a pipe. */
function progress(): () => void {
  if (!process.stderr.isTTY) return () => undefined;
  const begun = Date.now();
  const draw = () =>
    process.stderr.write(`\r\u001b[K… ${Math.round((Date.now() - begun) / 1000)} s ${current.slice(0, 60)}`);
  const timer = setInterval(draw, 500);
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
