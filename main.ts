import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deriveFacts } from '@lukko/facts';
import { type Config, config, type Intent, intent, lukko, type Parsed, parseFile, type Report } from '@lukko/formats';
import {
  evaluate,
  excuse,
  isCurrent,
  isOutside,
  type PolicySource,
  readPolicy,
  renderTerminal,
} from '@lukko/policy-engine';
import { readSynth } from '@lukko/terraform-model';
import { App } from 'cdktf';
import { ownRulesAt } from './own-rules.ts';
import { version } from './package.json';
import { adequate, operators, rules, rulesOf } from './policies/index.ts';
import { buildStacks, type LeftOut } from './stacks/index.ts';
import { place, type SynthesisedStack, withdrawVerdict } from './synth-gate.ts';

/*
 * The composition root: reads the configuration, declares the stacks, judges what they synthesise to, and writes cdktf.out only
 * when it passes. `npx cdktf synth` and `deploy` run it. Exits 0 written, 1 refused, 2 the input cannot be read.
 */

const output = process.env.CDKTF_OUTDIR || 'cdktf.out';

async function main(): Promise<number> {
  // Whatever this run ends with, what an older one passed is not to be deployed in its place.
  withdrawVerdict(output);
  if (process.env.SYNTH_HCL_OUTPUT === 'true') throw inputError('HCL output cannot be judged yet', 'leave out --hcl');
  const { TERRAFORM_BINARY_NAME: binary } = process.env;
  if (binary !== undefined && binary !== '' && binary !== 'terraform')
    throw inputError(
      `TERRAFORM_BINARY_NAME is ${JSON.stringify(binary)}: cdktf would call it in the place of the plan gate`,
      'unset it, and name the real terraform or tofu in LUKKO_TERRAFORM',
    );
  const file = process.env.LUKKO_CONFIG || 'config/example.yaml';
  const declared = parseFile(config, read(file), named(file));
  const own = { file: 'lukko.yaml', text: read('lukko.yaml') };
  const folder = parseFile(lukko, own.text, own.file).value.rules;
  // One that leads outside is refused, with its line, by readPolicy.
  const inside = folder !== undefined && !isOutside(folder);
  const policy = readPolicy({
    lukko: own,
    own: inside ? await ownRulesAt(folder) : { rules: [], files: [] },
    read: policyFile,
    catalogue: { rules, rulesOf, operators, adequate, version },
  });
  const intents = meantRemovals(declared.value);
  const { manifest, stacks, leftOut } = synthesise(declared);
  const lock = existsSync('.terraform.lock.hcl') ? read('.terraform.lock.hcl') : undefined;
  const report = excuse(judge(stacks, lock, declared.value, policy), intents);
  for (const { id, verb, stack, addresses, by, expires } of intents)
    say(
      `lukko: intent ${id}: the protection of ${verb === 'retire' ? `stack ${stack}` : addresses.join(', ')} is lifted, meant by ${by}, good until ${expires}`,
    );
  for (const { stack, why } of leftOut) say(`left out: ${stack}: ${why}`);
  if (report.summary.exitCode !== 0) {
    const excerpt = (at: { file: string; line?: number }) =>
      at.line === undefined ? undefined : read(at.file).split('\n')[at.line - 1];
    process.stderr.write(renderTerminal(report, { color: process.stderr.isTTY === true, excerpt }));
    process.stderr.write(`\nlukko: refused: nothing was written to ${output}\n`);
    return 1;
  }
  place({ output, manifest, stacks, lock, environment: declared.value.environment, report, now: () => new Date() });
  const { pass, obligations } = report.summary;
  say(
    `lukko: ${stacks.length} stacks of the environment ${declared.value.environment.name} pass ${report.posture} (${pass} pass, ${obligations} obligations) and lie in ${output}`,
  );
  return 0;
}

/** Declares the stacks and lets cdktf write them to a folder of its own: what is judged are the very bytes that are placed. */
function synthesise({ value, at }: Parsed<Config>): {
  manifest: string;
  stacks: readonly SynthesisedStack[];
  leftOut: readonly LeftOut[];
} {
  const temporary = mkdtempSync(path.join(tmpdir(), 'lukko-synth-'));
  try {
    const app = new App({ outdir: temporary });
    const { LUKKO_RETIRE: retiring, LUKKO_REPLACE: replacing } = process.env;
    const { leftOut } = buildStacks(app, value, { at, retiring, replacing });
    app.synth();
    const manifest = readFileSync(path.join(temporary, 'manifest.json'), 'utf8');
    const written = JSON.parse(manifest) as { stacks: Record<string, { synthesizedStackPath: string }> };
    const stacks = Object.entries(written.stacks).map(([stack, { synthesizedStackPath: file }]) => ({
      stack,
      file,
      text: readFileSync(path.join(temporary, file), 'utf8'),
    }));
    return { manifest, stacks, leftOut };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * The intents of the stack that `lukko retire` names in LUKKO_RETIRE, and of the key server that `lukko keys replace` names in
 * LUKKO_REPLACE: only they excuse that its protection is gone. Without one that is current the rules refuse it, as they would any other.
 */
function meantRemovals({ environment }: Config): readonly Intent[] {
  const { LUKKO_RETIRE: stack, LUKKO_REPLACE: server } = process.env;
  const meant = ({ verb, stack: of, addresses }: Intent) =>
    verb === 'retire' ? of === stack : addresses.includes(`keys/hcloud_server.${server}`);
  const folder = path.join(path.dirname(path.resolve(output)), 'state', environment.name, 'intents');
  if ((stack === undefined && server === undefined) || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => intent.parse(JSON.parse(read(path.join(folder, name)))))
    .filter((each) => meant(each) && each.environment === environment.name && isCurrent(each, new Date()));
}

function judge(
  stacks: readonly SynthesisedStack[],
  lock: string | undefined,
  { environment }: Config,
  policy: PolicySource,
): Report {
  const lockFile = lock === undefined ? undefined : { file: '.terraform.lock.hcl', text: lock };
  const inputs = stacks.map(({ stack, file, text }) => ({ stack, file: `${named(output)}/${file}`, text }));
  const graph = readSynth({
    roots: inputs.map(({ file, text }) => ({ kind: 'synth', files: [{ file, text }], lockFile })),
    complete: true,
  });
  const facts = deriveFacts(graph, { operators: policy.operators, register: policy.services });
  return evaluate({
    rules: policy.rules,
    ruleSet: policy.ruleSet,
    facts,
    context: { ...policy.context, environmentClass: environment.class },
    posture: policy.posture,
    waivers: policy.waivers,
    waiversFile: policy.waiversFile,
    approvers: policy.approvers,
    asOf: new Date().toISOString().slice(0, 10),
    gate: 'synth',
    version,
    inputs: inputs.map(({ stack, file, text }) => ({
      file,
      kind: 'synth',
      stack,
      sha256: createHash('sha256').update(text).digest('hex'),
    })),
    policy: policy.policy,
  });
}

function policyFile(file: string): { file: string; text: string } | undefined {
  return existsSync(file) ? { file, text: read(file) } : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw inputError(
      `${named(file)} cannot be read (${(error as NodeJS.ErrnoException).code})`,
      'name a configuration in LUKKO_CONFIG, such as config/example.yaml, and start at the root of the repository',
    );
  }
}

/** Messages and output name no folder of this machine. */
function named(file: string): string {
  return path.relative('.', file).split(path.sep).join('/') || '.';
}

function inputError(message: string, next: string): Error {
  return Object.assign(new Error(`${message}; ${next}`), { name: 'InputError' });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const known = error instanceof Error && ['FormatError', 'PolicyError', 'InputError'].includes(error.name);
    process.stderr.write(`error: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  },
);
