import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '@lukko/formats';
import { lukko } from './fake-ports.ts';

const root = join(__dirname, '../../..');
const plans = '__tests__/fixtures/plans';

/** Verdicts and what decided them; names of the files that were read are another matter. */
async function verdicts(...args: readonly string[]): Promise<unknown> {
  const { code, out, err } = await lukko(root, ['check', ...args, '--format', 'json', '--rule-set', 'all']);
  // Alone it says what is not in it, where something stays unknown for that.
  expect(err).toMatch(args.length === 1 ? /^(note: a plan file holds \*\.tf files alone; .*\n)?$/ : /^$/);
  const { summary, findings } = JSON.parse(out) as Report;
  // Fingerprints of what stands in no resource are made of the file's name.
  const named = findings.map(({ fingerprint, ...rest }) => ({ ...rest, fingerprint: fingerprint.length }));
  const text = JSON.stringify({ code, summary, findings: named }).replaceAll(/plan\.(tfplan|json)/g, 'plan');
  return JSON.parse(text);
}

describe('a binary plan file alone', () => {
  it.each(readdirSync(join(root, plans)))('%s: the same verdicts as its JSON with it as source', async (theme) => {
    const file = `${plans}/${theme}/plan`;
    expect(await verdicts(`${file}.tfplan`)).toEqual(await verdicts(`${file}.json`, '--source', `${file}.tfplan`));
  });

  it('refuses what says it is one, with the file and the next step', async () => {
    const whole = readFileSync(join(root, plans, 'own-dns/plan.tfplan'));
    const stdin = (bytes: Buffer) => lukko(root, ['check', '-'], { stdin: async () => bytes });
    const { code, err } = await stdin(whole.subarray(0, whole.length / 2));
    expect({ code, err }).toMatchSnapshot();
  });
});
