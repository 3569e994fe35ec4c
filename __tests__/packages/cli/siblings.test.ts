import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlanFile } from '@lukko/terraform-model';
import { lukko } from './fake-ports.ts';

const root = join(__dirname, '../../..');
const plans = '__tests__/fixtures/plans';
const stacks = ['network', 'dns', 'keys', 'edge', 'logs', 'errors', 'backups'];
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A cdktf.out of the configurations that the recorded plans were made from. */
function output(names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'lukko-siblings-'));
  folders.push(folder);
  for (const name of names) {
    const file = join(root, plans, `own-${name}/plan.tfplan`);
    mkdirSync(join(folder, 'stacks', name), { recursive: true });
    const text = readPlanFile(readFileSync(file), file).source?.files[0]?.text ?? '';
    writeFileSync(join(folder, 'stacks', name, 'cdk.tf.json'), text);
  }
  const entries = names.map((name) => [name, { name, synthesizedStackPath: `stacks/${name}/cdk.tf.json` }]);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ stacks: Object.fromEntries(entries) }));
  return folder;
}

const check = (stack: string, ...more: string[]) =>
  lukko(root, ['check', `${plans}/own-${stack}/plan.json`, '--source', `${plans}/own-${stack}/plan.tfplan`, ...more]);

test.each(stacks)('the plan of %s passes eu-sovereign among the stacks beside it', async (stack) => {
  const { code, out } = await check(stack, '--siblings', output(stacks));
  expect({ code, summary: out.split('\n').find((line) => line.startsWith('clean')) }).toEqual({
    code: 0,
    summary: 'clean (posture eu-sovereign)',
  });
});

test('alone the plan of a host is not proven: its firewall stands in another stack', async () => {
  expect((await check('logs')).code).toBe(1);
});

test.each([
  [
    'stacks the plan was not made from',
    () => ['--siblings', output(['network', 'dns'])],
    /made from none of these stacks; synthesise and plan again\n$/,
  ],
  [
    'something that is no cdktf.out',
    () => ['--siblings', 'examples/refused/us-cloud'],
    /^error: examples\/refused\/us-cloud: expected the cdktf\.out the plan belongs to\n$/,
  ],
])('%s are refused', async (_, more, message) => {
  const { code, out, err } = await check('logs', ...more());
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
});

test('without the binary plan nobody knows which stack it is', async () => {
  const ran = await lukko(root, ['check', `${plans}/own-logs/plan.json`, '--siblings', output(stacks)]);
  expect(ran).toEqual({
    code: 2,
    out: '',
    err: 'error: --siblings: goes with --source: only the binary plan tells which stack it was made from\n',
  });
});
