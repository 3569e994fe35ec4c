import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { report as reportFormat } from '@lukko/formats';
import { directoryWith, lukko } from './fake-ports.ts';

const edge = (location: string, more: object = {}) =>
  JSON.stringify({
    provider: { hcloud: [{}] },
    resource: { hcloud_primary_ip: { ip: { name: 'ip', type: 'ipv4', location }, ...more } },
  });
const abroad = { 'main.tf.json': edge('ash') };
const home = { 'main.tf.json': edge('hel1') };

test('several formats at once: one printed, the others each into its file', async () => {
  const directory = directoryWith(abroad);
  const ran = await lukko(directory, [
    'check',
    ...['-f', 'terminal'],
    ...['-f', 'sarif', '-o', 'out/lukko.sarif'],
    ...['--format', 'junit', '--output', 'out/junit.xml'],
    ...['-o', 'out/comment.md'],
    ...['-f', 'gitlab', '-o', 'out/quality.json'],
    ...['-o', 'out/report.json'],
  ]);
  expect(ran).toMatchObject({ code: 1, err: '' });
  expect(ran.out).toContain('locations-in-eu');
  const text = (name: string) => readFileSync(join(directory, 'out', name), 'utf8');
  expect(readdirSync(join(directory, 'out'))).toEqual([
    'comment.md',
    'junit.xml',
    'lukko.sarif',
    'quality.json',
    'report.json',
  ]);
  expect(JSON.parse(text('lukko.sarif')).version).toBe('2.1.0');
  expect(text('junit.xml')).toContain('<testsuites name="lukko configuration"');
  expect(text('comment.md')).toContain('### ❌ Lukko: refused');
  expect(JSON.parse(text('quality.json'))[0].check_name).toBe('locations-in-eu');
  const report = reportFormat.parse(JSON.parse(text('report.json')));
  // JUnit asks for passes; they are counted in the others, and not written out.
  expect(report.findings.every(({ verdict }) => verdict === 'fail' || verdict === 'unknown')).toBe(true);
  expect(text('junit.xml')).toMatch(/<testcase [^>]*\/>/);
});

test.each([
  ['two on standard output', ['-f', 'json', '-f', 'sarif']],
  ['an ending that tells nothing', ['-o', 'report']],
  ['a file named twice', ['-o', 'a.json', '-f', 'sarif', '-o', 'a.json']],
  ['a format that is none', ['-f', 'pdf']],
  ['a percentage that is none', ['--min-coverage', '120']],
])('%s: exit 2, nothing written', async (_, args) => {
  const directory = directoryWith(abroad);
  const ran = await lukko(directory, ['check', ...args]);
  expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: '' });
  expect(ran.err).toMatchSnapshot();
  expect(readdirSync(directory)).toEqual(['main.tf.json']);
});

test('the same input gives the same bytes in every format', async () => {
  const formats = ['terminal', 'json', 'sarif', 'junit', 'gitlab', 'markdown'];
  const all = async () => {
    const directory = directoryWith(abroad);
    return Promise.all(formats.map(async (format) => (await lukko(directory, ['check', '-f', format])).out));
  };
  expect(await all()).toEqual(await all());
});

describe('--rule-set', () => {
  const asked = async (...args: string[]) => {
    const { out } = await lukko(directoryWith(home), ['check', '-f', 'json', ...args]);
    const { posture, ruleSet, summary } = reportFormat.parse(JSON.parse(out));
    return { posture, ruleSet, rules: summary.rules };
  };

  test('names the rules, and leaves to the posture what an unknown does', async () => {
    const all = await asked('--rule-set', 'all');
    const own = await asked('--posture', 'eu-sovereign');
    const a8 = await asked('--rule-set', 'iso27001-a8');
    expect(all).toMatchObject({ posture: 'recommended', ruleSet: 'all' });
    expect(own).toMatchObject({ posture: 'eu-sovereign', ruleSet: 'eu-sovereign', rules: all.rules });
    expect(await asked()).toMatchObject({ ruleSet: 'recommended', rules: all.rules - 1 });
    expect(a8.rules).toBeLessThan(all.rules);
    expect(a8.rules).toBeGreaterThan(0);
  });

  test('stands in lukko.yaml too', async () => {
    const files = { ...home, 'lukko.yaml': 'schemaVersion: 1\nposture: recommended\nruleSet: iso27001-a8\n' };
    const { out } = await lukko(directoryWith(files), ['check', '-f', 'json']);
    expect(reportFormat.parse(JSON.parse(out)).ruleSet).toBe('iso27001-a8');
  });
});

describe('--compare', () => {
  test('says what is new, fixed and unchanged since an earlier report', async () => {
    const more = { second: { name: 'second', type: 'ipv4', location: 'hil' } };
    const directory = directoryWith({ ...abroad, 'now/main.tf.json': edge('hel1', more) });
    await lukko(directory, ['check', 'main.tf.json', '-o', 'before.json']);
    const ran = await lukko(directory, ['check', 'now', '--compare', 'before.json']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('hcloud_primary_ip.second stands in hil (Hillsboro, US) (new)');
    expect(ran.out.split('\n').filter((line) => /^(fixed|compared)/.test(line))).toMatchSnapshot();
  });

  test('--fail-on new: what was there before does not refuse, what is worse does', async () => {
    const directory = directoryWith({ ...abroad, 'hidden/main.tf.json': edge('${var.where}', {}) });
    await lukko(directory, ['check', 'main.tf.json', '-o', 'before.json']);
    const since = (path: string, report: string) =>
      lukko(directory, ['check', path, '--compare', report, '--fail-on', 'new']);
    expect(await since('main.tf.json', 'before.json')).toMatchObject({ code: 0 });
    await lukko(directory, ['check', 'hidden', '-o', 'hidden.json']);
    expect(await since('main.tf.json', 'hidden.json')).toMatchObject({ code: 1 });
  });

  test.each([
    ['no JSON', '{"schemaVersion": 1,\n "findings": [}'],
    ['another file', '{"schemaVersion": 1, "findings": {"__proto__": 1}}'],
    ['a key twice', '{"schemaVersion": 1,\n"schemaVersion": 1}'],
    ['nothing', ''],
  ])('%s instead of a report is exit 2', async (_, text) => {
    const directory = directoryWith({ ...home, 'before.json': text });
    const ran = await lukko(directory, ['check', '--compare', 'before.json']);
    expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: '' });
    expect(ran.err).toMatchSnapshot();
  });

  test('--fail-on new needs something to count from, and a posture that allows it', async () => {
    const errors = [];
    for (const args of [[], ['--posture', 'eu-sovereign']]) {
      const ran = await lukko(directoryWith(home), ['check', '--fail-on', 'new', ...args]);
      errors.push([ran.code, ran.err]);
    }
    expect(errors).toMatchSnapshot();
  });
});

test('--min-coverage refuses when rules looked at too little', async () => {
  const files = {
    'main.tf.json': JSON.stringify({
      provider: { hcloud: [{}] },
      resource: {
        hcloud_primary_ip: { ip: { name: 'ip', type: 'ipv4', location: 'hel1' } },
        random_pet: { one: {}, two: {} },
      },
    }),
  };
  const ran = await lukko(directoryWith(files), ['check', '--min-coverage', '90', '--verbose']);
  expect(ran.code).toBe(1);
  expect(ran.out).toContain('error[coverage-below-minimum]');
  expect(await lukko(directoryWith(files), ['check', '--min-coverage', '10'])).toMatchObject({ code: 0 });
});
