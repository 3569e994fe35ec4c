import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ownRulesAt } from '../own-rules.ts';
import { judgePlan } from '../packages/cli/src/gate/judge.ts';
import { unzip } from './e2e/unzip.ts';

/*
 * Run by own-rules.test.ts in a process of its own, since jest gives no import(): `rules <folder>` prints the ids of the rules there, `plan
 * <repository>` what the plan gate finds by them in a recorded plan.
 */

async function rulesOf(folder: string): Promise<unknown> {
  const { rules, files } = await ownRulesAt(folder);
  return { rules: rules.map(({ id }) => id), files: files.map(({ file, sha256 }) => [path.basename(file), sha256]) };
}

async function planned(repository: string): Promise<unknown> {
  const fixture = (name: string) => readFileSync(path.join(__dirname, 'fixtures/plans/own-dns', name));
  const planFile = fixture('plan.tfplan');
  const text = unzip(planFile).get('tfconfig/m-/cdk.tf.json')?.toString('utf8') ?? '';
  const { findings, summary } = await judgePlan({
    repository,
    stack: {
      stack: 'dns',
      folder: '',
      output: '',
      texts: new Map([['dns', text]]),
      verdict: {
        schemaVersion: 1,
        gate: 'synth',
        environment: 'example',
        class: 'production',
        posture: 'recommended',
        policy: '',
        stacks: {},
        obligations: [],
      },
    },
    plan: fixture('plan.json'),
    planFile,
    now: new Date('2026-11-21T12:00:00Z'),
  });
  const own = findings.filter(({ rule }) => rule === 'nothing-holds');
  return { exitCode: summary.exitCode, own: own.map(({ verdict, message }) => `${verdict} ${message}`) };
}

const [verb, folder = ''] = process.argv.slice(2);
(verb === 'plan' ? planned(folder) : rulesOf(folder)).then(
  (answer) => process.stdout.write(JSON.stringify(answer)),
  (error: Error) => process.stdout.write(JSON.stringify({ error: error.message })),
);
