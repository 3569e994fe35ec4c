import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { report as reportFormat } from '@lukko/formats';
import { inCopies } from '../../../../scripts/bench/plan.ts';
import { directoryWith, lukko } from '../fake-ports.ts';

const root = join(__dirname, '../../../..');
const plans = '__tests__/fixtures/plans';
const recorded = readdirSync(join(root, plans), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

interface Summary {
  readonly rules: readonly string[];
  readonly fail: number;
  readonly unknown: number;
  readonly pass: number;
}

async function check(
  name: string,
  joined: boolean,
): Promise<Summary & { readonly code: number; readonly err: string }> {
  const source = joined ? ['--source', `${plans}/${name}/plan.tfplan`] : [];
  const { code, out, err } = await lukko(root, ['check', `${plans}/${name}/plan.json`, '--format', 'json', ...source]);
  const { findings, summary } = reportFormat.parse(JSON.parse(out));
  const rules = findings.filter(({ verdict }) => verdict === 'fail').map(({ rule }) => rule);
  return { code, err, rules: [...new Set(rules)], fail: summary.fail, unknown: summary.unknown, pass: summary.pass };
}

describe.each(recorded)('%s', (name) => {
  test('joining a plan with its configuration never proves less', async () => {
    const [alone, joined] = [await check(name, false), await check(name, true)];
    expect(joined.unknown).toBeLessThanOrEqual(alone.unknown);
    expect(joined.pass).toBeGreaterThanOrEqual(alone.pass);
  });
});

test.each(recorded.filter((name) => name.startsWith('own-')))('nothing about %s is proven wrong', async (name) => {
  expect(await check(name, true)).toMatchObject({ fail: 0, rules: [], err: '' });
  const alone = await check(name, false);
  expect(alone).toMatchObject({ fail: 0, rules: [] });
  const note =
    'note: a plan shows references, not texts; with --source <planfile> its configuration is judged too, and more is proven\n';
  expect(alone.err).toBe(alone.unknown > 0 ? note : '');
});

test.each(recorded.filter((name) => name.startsWith('foreign-')))(
  '%s is refused, its HCL read from the plan file',
  async (name) => {
    const { code, rules, err } = await check(name, true);
    expect({ code, err }).toEqual({
      code: 1,
      err: '',
    });
    expect(rules).toContain('servers-have-ssh-keys');
  },
);

test('a root module gets the same verdicts whether terraform or OpenTofu planned it', async () => {
  // Each has a registry of its own for the same provider, which is named where a provider is meant.
  const judged = async (name: string) => {
    const { out } = await lukko(root, ['check', `${plans}/${name}/plan.json`, '--format', 'json']);
    const { findings, summary } = reportFormat.parse(
      JSON.parse(out.replaceAll('registry.opentofu.org', 'registry.terraform.io')),
    );
    const seen = findings.map(({ rule, verdict, address, message, because }) => ({
      rule,
      verdict,
      address,
      message,
      because,
    }));
    return JSON.parse(JSON.stringify({ seen, summary }).replaceAll(`${name}/`, 'plans/'));
  };
  expect(await judged('foreign-loops-tofu')).toEqual(await judged('foreign-loops'));
});

test.each(['foreign-copies', 'foreign-loops', 'own-keys', 'own-logs'])(
  'the first screen of %s in copies counts what its report lists',
  async (name) => {
    const plan = JSON.parse(readFileSync(join(root, plans, name, 'plan.json'), 'utf8'));
    const many = name === 'foreign-copies' ? plan : inCopies(plan, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    const directory = directoryWith({ 'plan.json': JSON.stringify(many) });
    const { out } = await lukko(directory, ['check', 'plan.json']);
    const { summary } = reportFormat.parse(
      JSON.parse((await lukko(directory, ['check', 'plan.json', '--format', 'json'])).out),
    );
    expect(out).toContain(`lukko judged ${summary.coverage.resources.of} resources of 1 file`);
    expect(out).toContain(`not proven: ${summary.unknown} check`);
    expect(out).toContain(`proven: ${summary.pass} check`);
    if (summary.notLookedAt.length > 0) expect(out).toContain(`no rule looked at ${summary.notLookedAt.length} (`);
    expect(out).toMatchSnapshot();
  },
);

test('a plan file alone says that files its configuration reads are not in it', async () => {
  const { err, out } = await lukko(root, ['check', `${plans}/foreign-loops/plan.tfplan`, '--format', 'json']);
  expect(reportFormat.parse(JSON.parse(out)).summary.unknown).toBeGreaterThan(0);
  expect(err).toBe(
    'note: a plan file holds *.tf files alone; with --source <directory> the files these read (templatefile, file) are judged too\n',
  );
});
