import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { report as reportFormat } from '@lukko/formats';
import { directoryWith, lukko } from '../fake-ports.ts';

const stack = (location: string, extra: object = {}) =>
  JSON.stringify({
    '//': { metadata: { stackName: 'edge' } },
    terraform: {
      required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } },
      backend: { local: { path: 's' } },
    },
    provider: { hcloud: [{}] },
    resource: {
      hcloud_placement_group: { spread: { name: 'spread', type: 'spread' } },
      hcloud_primary_ip: { ip: { name: 'ip', type: 'ipv4', location, labels: { owner: 'platform' } } },
    },
    ...extra,
  });
const out = (documents: Readonly<Record<string, string>>) => ({
  'cdktf.out/manifest.json': JSON.stringify({
    stacks: Object.fromEntries(
      Object.keys(documents).map((name) => [name, { synthesizedStackPath: `stacks/${name}/cdk.tf.json` }]),
    ),
  }),
  ...Object.fromEntries(
    Object.entries(documents).map(([name, text]) => [`cdktf.out/stacks/${name}/cdk.tf.json`, text]),
  ),
});
const sovereign = { 'lukko.yaml': 'schemaVersion: 1\nposture: eu-sovereign\n' };

describe('verdicts', () => {
  test('a location in the EU is clean under eu-sovereign', async () => {
    const ran = await lukko(directoryWith({ ...out({ edge: stack('hel1') }), ...sovereign }), ['check']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('clean');
  });

  test('a location outside is refused, with rule, file and line', async () => {
    const ran = await lukko(directoryWith({ ...out({ edge: stack('ash') }), ...sovereign }), ['check']);
    expect(ran.out).toMatchSnapshot();
    expect(ran).toMatchObject({ code: 1, err: '' });
  });

  test('without lukko.yaml the posture is recommended and the summary never says clean', async () => {
    const ran = await lukko(directoryWith(out({ edge: stack('hel1') })), ['check']);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('posture recommended');
    expect(ran.out).not.toContain('clean');
  });

  test('--posture wins over lukko.yaml', async () => {
    const directory = directoryWith({
      ...out({ edge: stack('${var.where}', { variable: { where: {} } }) }),
      ...sovereign,
    });
    expect(await lukko(directory, ['check'])).toMatchObject({ code: 1 });
    expect(await lukko(directory, ['check', '--posture', 'recommended'])).toMatchObject({ code: 0 });
  });

  test('a single file, a directory of files and standard input give the same verdict', async () => {
    const directory = directoryWith({ 'cdk.tf.json': stack('ash'), 'only/main.tf.json': stack('ash') });
    const stdin = async () => Buffer.from(stack('ash'));
    for (const [path, changes] of [
      ['cdk.tf.json', {}],
      ['only', {}],
      ['-', { stdin }],
    ] as const) {
      const ran = await lukko(directory, ['check', path, '--format', 'json'], changes);
      const { findings } = reportFormat.parse(JSON.parse(ran.out));
      expect([path, ran.code, findings.filter(({ verdict }) => verdict === 'fail').map(({ rule }) => rule)]).toEqual([
        path,
        1,
        ['locations-in-eu'],
      ]);
    }
  });
});

describe('output', () => {
  test('json is of the published format and names input and policy', async () => {
    const ran = await lukko(directoryWith({ ...out({ edge: stack('ash') }), ...sovereign }), [
      'check',
      '--format',
      'json',
    ]);
    const report = reportFormat.parse(JSON.parse(ran.out));
    expect(report.inputs).toMatchObject([{ file: 'cdktf.out/stacks/edge/cdk.tf.json', kind: 'synth', stack: 'edge' }]);
    expect(report.policy.files).toEqual(['lukko.yaml']);
    expect(report.summary.exitCode).toBe(1);
  });

  test('--output writes the report and prints nothing', async () => {
    const directory = directoryWith({ ...out({ edge: stack('ash') }) });
    expect(await lukko(directory, ['check', '--format', 'json', '--output', 'reports/lukko.json'])).toEqual({
      code: 1,
      out: '',
      err: '',
    });
    expect(
      reportFormat.parse(JSON.parse(readFileSync(join(directory, 'reports/lukko.json'), 'utf8'))).summary.exitCode,
    ).toBe(1);
    expect(readdirSync(join(directory, 'reports'))).toEqual(['lukko.json']);
  });

  test('colour only on a terminal', async () => {
    const directory = directoryWith(out({ edge: stack('ash') }));
    expect((await lukko(directory, ['check'])).out).not.toContain('\u001b');
    expect((await lukko(directory, ['check'], { color: true })).out).toContain('\u001b');
  });
});

describe('lukko.yaml', () => {
  const deep = {
    ...out({ edge: stack('${var.where}', { variable: { where: {} } }) }),
    'deep/er/x': '',
    '.git/HEAD': '',
  };

  test('is found upward to the root of the repository', async () => {
    const directory = directoryWith({ ...deep, ...sovereign });
    const ran = await lukko(join(directory, 'deep/er'), ['check', '../../cdktf.out']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('(posture eu-sovereign)');
  });

  test('is not looked for above it', async () => {
    const directory = directoryWith({
      ...sovereign,
      ...Object.fromEntries(Object.entries(deep).map(([name, text]) => [`repo/${name}`, text])),
    });
    const ran = await lukko(join(directory, 'repo'), ['check']);
    expect(ran.out).toContain('posture recommended');
  });

  test('--config names another', async () => {
    const directory = directoryWith({ ...deep, 'policy/strict.yaml': sovereign['lukko.yaml'] });
    const ran = await lukko(directory, ['check', '--config', 'policy/strict.yaml']);
    expect(ran.out).toContain('(posture eu-sovereign)');
  });

  test('a waiver excuses until its day, and then no more', async () => {
    const waiver = (expires: string) =>
      [
        'schemaVersion: 1',
        'waivers:',
        '  - id: edge-abroad',
        '    rule: locations-in-eu',
        '    address: edge/hcloud_primary_ip.ip',
        '    reason: moves home in July',
        '    owner: ops',
        '    approver: ciso',
        `    expires: ${expires}`,
      ].join('\n');
    const run = (expires: string) =>
      lukko(
        directoryWith({
          ...out({ edge: stack('ash') }),
          'lukko.yaml': 'schemaVersion: 1\nposture: recommended\nwaivers: waivers.yaml\n',
          'waivers.yaml': waiver(expires),
        }),
        ['check'],
      );
    expect(await run('2026-06-30')).toMatchObject({ code: 0 });
    expect(await run('2026-05-31')).toMatchObject({ code: 1 });
  });
});

describe('bad input: exit 2, one message, nothing written', () => {
  const good = out({ edge: stack('hel1') });
  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    ['nothing to check', {}, []],
    ['a configuration with nothing in it', { 'cdk.tf.json': '{}' }, ['cdk.tf.json']],
    ['a stack that is no JSON', out({ edge: '{"resource": ' }), []],
    ['a key that stands twice', out({ edge: '{"resource": {}, "resource": {}}' }), []],
    [
      'a plan of a newer format',
      { 'plan.json': '{"format_version":"9.0","terraform_version":"9.0.0","planned_values":{},"resource_changes":[]}' },
      ['plan.json'],
    ],
    [
      'a plan that ends early',
      { 'plan.json': '{"format_version":"1.2","resource_changes":[{"address":' },
      ['plan.json'],
    ],
    [
      'lukko.yaml with an unknown field',
      { ...good, 'lukko.yaml': 'schemaVersion: 1\nposture: recommended\nstrict: true\n' },
      [],
    ],
    [
      'lukko.yaml that names a missing file',
      { ...good, 'lukko.yaml': 'schemaVersion: 1\nposture: recommended\nregister: register.yaml\n' },
      [],
    ],
    ['a --config that is missing', good, ['--config', 'nowhere.yaml']],
    ['a --source without a plan', good, ['--source', 'tfplan']],
    [
      'a --source that is no plan file',
      {
        'plan.json': '{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{},"resource_changes":[]}',
        tfplan: 'text',
      },
      ['plan.json', '--source', 'tfplan'],
    ],
    ['an --output that cannot be written', { ...good, taken: 'a file' }, ['--output', 'taken/report.json']],
  ])('%s', async (_, files, args) => {
    const directory = directoryWith(files);
    const before = readdirSync(directory, { recursive: true }).sort();
    const ran = await lukko(directory, ['check', ...args]);
    expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: '' });
    expect(ran.err).toMatchSnapshot();
    expect(readdirSync(directory, { recursive: true }).sort()).toEqual(before);
  });
});
