import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deriveFacts } from '@lukko/facts';
import { parseFile, register } from '@lukko/formats';
import { evaluate, postures } from '@lukko/policy-engine';
import { type Graph, type RootInput, readConfiguration, readPlan, readState } from '@lukko/terraform-model';
import { operators, rules } from '../../policies/index.ts';

/*
 * One stack in every form Lukko reads gets one verdict: rules are written once, and it must not matter at which gate they are asked.
 */

const root = path.join(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const recorded = '__tests__/fixtures/same-stack';
const { services, images = [] } = parseFile(
  register,
  read('examples/passes/encrypted-volume-hcl/register.yaml'),
  'register.yaml',
).value;

const lockFile = { file: `${recorded}/hcl/.terraform.lock.hcl`, text: read(`${recorded}/hcl/.terraform.lock.hcl`) };

/** Texts as they are, or with a change made in every form alike. */
type Change = (text: string) => string;

function hcl(change: Change): RootInput {
  const directory = `${recorded}/hcl`;
  const files = readdirSync(path.join(root, directory)).map((name) => ({
    file: `${directory}/${name}`,
    text: change(read(`${directory}/${name}`)),
  }));
  return {
    files: files.filter(({ file }) => file.endsWith('.tf')),
    lockFile,
    variableFiles: files.filter(({ file }) => file.endsWith('.tfvars')),
    reads: {
      read: (name) => {
        const found = files.find(({ file }) => file === name);
        return found === undefined ? 'absent' : Buffer.from(found.text);
      },
    },
  };
}

const forms: Readonly<Record<string, (change: Change) => Graph>> = {
  'JSON syntax, as synthesised': (change) => {
    const file = `${recorded}/synth/main.tf.json`;
    return readConfiguration([{ file, text: change(read(file)) }], { lockFile });
  },
  HCL: (change) => {
    const { files, ...more } = hcl(change);
    return readConfiguration(files, more);
  },
  'a plan': (change) =>
    readPlan({ bytes: Buffer.from(change(read(`${recorded}/plan.json`))), file: 'plan.json', source: hcl(change) }),
  'a state as JSON': (change) =>
    readState({ bytes: Buffer.from(change(read(`${recorded}/state.json`))), file: 'state.json', source: hcl(change) }),
  'a state file': (change) =>
    readState({
      bytes: Buffer.from(change(read(`${recorded}/terraform.tfstate`))),
      file: 'terraform.tfstate',
      source: hcl(change),
    }),
};

/** Asked of declared roots alone: the states of an environment are compared before anything is planned. */
const ofDeclarations = ['state-keeps-no-secret-in-plain', 'states-kept-apart'];

/** Rule and address with the verdict. Subjects that are the input itself are named by what they are. */
function verdicts(graph: Graph): readonly string[] {
  const report = evaluate({
    rules,
    facts: deriveFacts(graph, { operators, register: services }),
    context: {
      allowedJurisdictions: ['EEA'],
      environmentClass: 'production',
      images,
    },
    posture: postures['eu-sovereign'],
    collect: true,
    version: 'test',
    inputs: [],
    policy: { sha256: '0'.repeat(64), files: [] },
  });
  const asked = report.findings.filter(({ rule }) => !ofDeclarations.includes(rule));
  const found = asked.map(({ rule, address, verdict }) => {
    const subject = /\.(tf|tf\.json|json|tfstate)$/.test(address) ? 'the input' : address;
    return `${verdict} ${rule} ${subject}`;
  });
  return [...new Set(found)].sort();
}

const changes: Readonly<Record<string, Change>> = {
  'as it is': (text) => text,
  'in Ashburn': (text) => text.replaceAll('hel1', 'ash'),
  'open to the world': (text) => text.replaceAll('198.51.100.16/28', '0.0.0.0/0'),
  'on another port': (text) => text.replaceAll(/"22"/g, '"5432"').replaceAll('198.51.100.16/28', '::/0'),
};

describe.each(Object.entries(changes))('%s', (name, change) => {
  const [first, ...others] = Object.entries(forms);
  const expected = verdicts((first as NonNullable<typeof first>)[1](change));

  test('is judged', () => {
    expect(expected.filter((one) => one.startsWith('pass')).length).toBeGreaterThan(20);
    const refused = expected.filter((one) => /^(fail|unknown) /.test(one));
    expect(refused).toMatchSnapshot();
    expect(refused.length > 0).toBe(name !== 'as it is');
  });

  test.each(others)('as %s it gets the same verdicts', (_, form) => {
    expect(verdicts(form(change))).toEqual(expected);
  });
});

test('as a binary plan file it gets the same verdicts as its JSON', () => {
  const unchanged: Change = (text) => text;
  const bytes = readFileSync(path.join(root, recorded, 'plan.tfplan'));
  const binary = readPlan({ bytes, file: 'plan.json', source: hcl(unchanged) });
  expect(verdicts(binary)).toEqual(verdicts((forms['a plan'] as NonNullable<(typeof forms)[string]>)(unchanged)));
});
