import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { deriveFacts } from '@lukko/facts';
import { type Config, config, parseFile, type Report } from '@lukko/formats';
import { evaluate, type Rule, readPolicy } from '@lukko/policy-engine';
import { readSynth } from '@lukko/terraform-model';
import { App } from 'cdktf';
import { adequate, operators, rules, rulesOf } from '../../policies/index.ts';
import { buildStacks } from '../../stacks/index.ts';

const root = path.join(__dirname, '../..');
const read = (file: string) => ({ file, text: readFileSync(path.join(root, file), 'utf8') });

/** Stacks by name, as cdktf writes them. */
export type Stacks = Readonly<Record<string, string>>;

/** Synthesises the shipped example, or a copy of it that was changed before. */
export function synthesise(change: (config: Config) => void = () => undefined): Stacks {
  const { file, text } = read('config/example.yaml');
  const declared = parseFile(config, text, file);
  change(declared.value);
  const outdir = mkdtempSync(path.join(tmpdir(), 'lukko-shipped-'));
  try {
    const app = new App({ outdir });
    const { leftOut } = buildStacks(app, declared.value, { at: declared.at });
    // Backups in a bucket need no host; everything else is always declared.
    expect(leftOut.map(({ stack }) => stack)).toEqual(declared.value.backups === undefined ? [] : ['backups']);
    app.synth();
    const manifest = JSON.parse(readFileSync(path.join(outdir, 'manifest.json'), 'utf8')) as {
      stacks: Record<string, { synthesizedStackPath: string }>;
    };
    return Object.fromEntries(
      Object.entries(manifest.stacks).map(([stack, { synthesizedStackPath }]) => [
        stack,
        readFileSync(path.join(outdir, synthesizedStackPath), 'utf8'),
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Judges stacks as `npx cdktf synth` does: with lukko.yaml and the register of this repository, without a waiver. */
export function judgeStacks(stacks: Stacks, some: readonly Rule[] = rules): Report {
  const policy = readPolicy({
    lukko: read('lukko.yaml'),
    read: (file) => read(file),
    catalogue: { rules, rulesOf, operators, adequate, version: 'test' },
  });
  expect(policy.posture.name).toBe('eu-sovereign');
  expect(policy.waivers).toEqual([]);
  const roots = Object.entries(stacks).map(([stack, text]) => ({
    files: [{ file: `cdktf.out/stacks/${stack}/cdk.tf.json`, text }],
    lockFile: read('.terraform.lock.hcl'),
  }));
  const graph = readSynth({ roots, complete: true });
  return evaluate({
    rules: some,
    facts: deriveFacts(graph, { operators: policy.operators, register: policy.services }),
    context: { ...policy.context, environmentClass: 'production' },
    posture: policy.posture,
    collect: true,
    gate: 'synth',
    version: 'test',
    inputs: [],
    policy: policy.policy,
  });
}

/** A copy in which the JSON of one stack was changed. */
export function changed(stacks: Stacks, stack: string, change: (document: Document) => void): Stacks {
  const document = JSON.parse(stacks[stack] ?? '{}') as Document;
  change(document);
  return { ...stacks, [stack]: JSON.stringify(document, null, 2) };
}

export interface Document {
  terraform: { required_providers: Record<string, object> };
  provider: Record<string, object[]>;
  resource: Record<string, Record<string, Record<string, unknown>>>;
  variable?: Record<string, object>;
}

/** A copy in which a text was replaced wherever it stands in one stack; it must stand there. */
export function replaced(stacks: Stacks, stack: string, from: string | RegExp, to: string): Stacks {
  const before = stacks[stack] ?? '';
  const after = before.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
  if (after === before) throw new Error(`the stack ${stack} has no ${from}`);
  return { ...stacks, [stack]: after };
}

/** The same for a text of the constant files, which stand in the payload compressed as one script. */
export function replacedInFiles(stacks: Stacks, stack: string, from: string | RegExp, to: string): Stacks {
  let found = false;
  const after = (stacks[stack] ?? '').replace(/H4sI[A-Za-z0-9+/]+={0,2}/g, (packed) => {
    const text = gunzipSync(Buffer.from(packed, 'base64')).toString();
    const other = text.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
    if (other === text) return packed;
    found = true;
    return gzipSync(other).toString('base64');
  });
  if (!found) throw new Error(`the files of the stack ${stack} have no ${from}`);
  return { ...stacks, [stack]: after };
}
