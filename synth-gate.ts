import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import {
  type GateVerdict,
  type Obligation,
  type Obligations,
  obligations,
  parseFile,
  type Report,
} from '@lukko/formats';
import { mergeObligations, obligationsOf } from '@lukko/policy-engine';

/** One stack as cdktf wrote it: these bytes were judged, and these bytes are placed. */
export interface SynthesisedStack {
  readonly stack: string;
  /** Below the output folder: `stacks/network/cdk.tf.json`. */
  readonly file: string;
  readonly text: string;
}

export interface Passed {
  /** `cdktf.out`, or what CDKTF_OUTDIR names. */
  readonly output: string;
  readonly manifest: string;
  readonly stacks: readonly SynthesisedStack[];
  /** The committed `.terraform.lock.hcl`; undefined when the repository has none. */
  readonly lock: string | undefined;
  readonly environment: { readonly name: string; readonly class: GateVerdict['class'] };
  readonly report: Report;
  readonly now: () => Date;
}

const VERDICT = 'lukko-verdict.json';

/** What is not judged must not stay usable: without the verdict, terraform's precondition and the plan gate stop. */
export function withdrawVerdict(output: string): void {
  rmSync(path.join(output, VERDICT), { force: true });
}

/**
 * Writes what passed: the stacks, their lock files, the manifest, the ledger of obligations, and last the verdict that makes
 * it usable. A run that is killed half-way leaves no verdict.
 */
export function place(passed: Passed): void {
  const { output, stacks, environment, report } = passed;
  withdrawVerdict(output);
  for (const { file, text } of stacks) write(path.join(output, file), text);
  if (passed.lock !== undefined)
    for (const { file } of stacks) placeLock(path.join(output, path.dirname(file), '.terraform.lock.hcl'), passed.lock);
  write(path.join(output, 'manifest.json'), passed.manifest);
  const found = [...obligationsOf(report, 'synth')];
  record(
    path.join(path.dirname(path.resolve(output)), 'state', environment.name, 'obligations.json'),
    environment.name,
    found,
    passed.now().toISOString(),
  );
  const verdict: GateVerdict = {
    schemaVersion: 1,
    gate: 'synth',
    environment: environment.name,
    class: environment.class,
    posture: report.posture,
    policy: report.policy.sha256,
    stacks: Object.fromEntries(
      stacks.map(({ stack, text }) => [stack, createHash('sha256').update(text).digest('hex')]),
    ),
    obligations: found,
  };
  write(path.join(output, VERDICT), json(verdict));
}

/** The ledger lies beside the states, so that it outlives the build output. */
function record(file: string, environment: string, found: readonly Obligation[], at: string): void {
  const before = existsSync(file)
    ? parseFile(obligations, readFileSync(file, 'utf8'), path.basename(file)).value.obligations
    : [];
  const ledger: Obligations = {
    schemaVersion: 1,
    environment,
    obligations: [...mergeObligations(before, found, { gate: 'synth', covers: () => true, at })],
  };
  write(file, json(ledger));
}

/**
 * The committed lock file pins versions; the first `init` in a stack folder adds hashes where it has none. Those stay as long
 * as the committed file says nothing else, or each synth would forget them and the next init would trust anything again.
 */
function placeLock(file: string, committed: string): void {
  const there = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (!committedLines(committed).every((line) => committedLines(there).includes(line))) write(file, committed);
}

function committedLines(lock: string): readonly string[] {
  return lock
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(provider|version|constraints|"(h1|zh):)/.test(line));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A reader sees the old file or the new one, never a part. */
function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = openSync(temporary, 'wx');
    try {
      const bytes = Buffer.from(text);
      for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
