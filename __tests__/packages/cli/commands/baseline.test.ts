import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseline as format, report as reportFormat } from '@lukko/formats';
import { parseXml } from '../../policy-engine/reports/xml.ts';
import { directoryWith, lukko } from '../fake-ports.ts';

const address = (location: string) => ({ name: 'ip', type: 'ipv4', location });
const stack = (ips: object) =>
  JSON.stringify(
    {
      terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } } },
      provider: { hcloud: [{}] },
      resource: { hcloud_primary_ip: ips },
    },
    null,
    2,
  );
const lukkoYaml = 'schemaVersion: 1\nposture: recommended\nbaseline: lukko-baseline.json\n';

async function accepted(ips: object = { ip: address('ash') }): Promise<string> {
  const directory = directoryWith({ 'main.tf.json': stack(ips) });
  expect(await lukko(directory, ['baseline', 'write'])).toMatchObject({ code: 0, err: '' });
  writeFileSync(join(directory, 'lukko.yaml'), lukkoYaml);
  return directory;
}
const later = { now: () => new Date('2026-12-01T12:00:00Z') };

test("today's findings are accepted for 90 days, each by its fingerprint", async () => {
  const directory = directoryWith({ 'main.tf.json': stack({ ip: address('ash') }) });
  const { out } = await lukko(directory, ['baseline', 'write']);
  expect(out).toMatch(/^lukko-baseline.json: \d+ findings? accepted until 2026-08-30 \(3 fail, \d+ not proven\)\n/);
  const { findings } = format.parse(JSON.parse(readFileSync(join(directory, 'lukko-baseline.json'), 'utf8')));
  expect(findings.filter(({ verdict }) => verdict === 'fail')).toMatchSnapshot();
});

test('--fail-on new refuses what comes on top, and what is worse; without it everything refuses as before', async () => {
  const directory = await accepted();
  const check = (...args: string[]) => lukko(directory, ['check', ...args]);
  expect(await check('--fail-on', 'new')).toMatchObject({ code: 0 });
  expect(await check()).toMatchObject({ code: 1 });
  // Lines move, and nothing is new.
  writeFileSync(join(directory, 'main.tf.json'), `\n\n\n${stack({ ip: address('ash') })}`);
  const { out, code } = await check('--fail-on', 'new', '--verbose');
  expect(code).toBe(0);
  expect(out).toContain(
    'known[locations-in-eu]: hcloud_primary_ip.ip stands in ash (Ashburn, US) (accepted until 2026-08-30)',
  );
  expect(out).toContain('nothing new refuses');
  writeFileSync(join(directory, 'main.tf.json'), stack({ ip: address('ash'), other: address('hil') }));
  const more = await check('--fail-on', 'new', '-f', 'json');
  const findings = reportFormat.parse(JSON.parse(more.out)).findings;
  expect(more.code).toBe(1);
  const failures = findings.filter(({ rule, verdict }) => rule === 'locations-in-eu' && verdict === 'fail');
  expect(failures.map(({ address: at, accepted: until }) => [at, until?.expires])).toEqual([
    ['hcloud_primary_ip.ip', '2026-08-30'],
    ['hcloud_primary_ip.other', undefined],
  ]);
});

test('an unknown that was accepted is no accepted failure', async () => {
  const directory = await accepted({ ip: address('${var.where}') });
  expect(await lukko(directory, ['check', '--fail-on', 'new'])).toMatchObject({ code: 0 });
  writeFileSync(join(directory, 'main.tf.json'), stack({ ip: address('ash') }));
  expect(await lukko(directory, ['check', '--fail-on', 'new'])).toMatchObject({ code: 1 });
});

test('the file lukko.yaml names is written, whether it is there yet or is of no use any more', async () => {
  const config = 'schemaVersion: 1\nposture: recommended\nbaseline: policy/accepted.json\n';
  const directory = directoryWith({ 'main.tf.json': stack({ ip: address('ash') }), 'lukko.yaml': config });
  expect(await lukko(directory, ['check'])).toMatchObject({ code: 2 });
  for (const time of [{}, later]) {
    expect(await lukko(directory, ['baseline', 'write'], time)).toMatchObject({ code: 0 });
    expect(await lukko(directory, ['check', '--fail-on', 'new'], time)).toMatchObject({ code: 0 });
  }
  writeFileSync(join(directory, 'policy/accepted.json'), 'spoiled');
  expect(await lukko(directory, ['baseline', 'write'])).toMatchObject({ code: 0 });
});

test('past its day an entry accepts nothing, and is a finding itself', async () => {
  const directory = await accepted();
  const ran = await lukko(directory, ['check', '--fail-on', 'new'], later);
  expect(ran.code).toBe(1);
  const { out } = await lukko(directory, ['check', '--fail-on', 'new', '--verbose'], later);
  expect(out).toContain('error[locations-in-eu]');
  expect(out).toMatch(/^warning\[baseline-expired\]: the baseline accepted [a-z-]+ at \S+ until 2026-08-30 /m);
});

test('what was fixed is said, and does not refuse', async () => {
  const directory = await accepted();
  writeFileSync(join(directory, 'main.tf.json'), stack({ ip: address('hel1') }));
  const { out, code } = await lukko(directory, ['check', '--fail-on', 'new', '--verbose']);
  expect(code).toBe(0);
  expect(out).toContain('of lukko-baseline.json found nothing any more');
});

test('it is carried into SARIF and JUnit', async () => {
  const directory = await accepted();
  await lukko(directory, ['check', '--fail-on', 'new', '-o', 'a.sarif', '-o', 'a.xml']);
  const { results } = JSON.parse(readFileSync(join(directory, 'a.sarif'), 'utf8')).runs[0];
  expect(results.length).toBeGreaterThan(0);
  for (const { suppressions } of results)
    expect(suppressions).toMatchObject([{ kind: 'external', properties: { expires: '2026-08-30' } }]);
  const xml = parseXml(readFileSync(join(directory, 'a.xml'), 'utf8'));
  expect(xml.attributes).toMatchObject({ failures: '0', skipped: String(results.length) });
});

describe('exit 2, nothing written', () => {
  const files = { 'main.tf.json': stack({ ip: address('ash') }) };
  test.each([
    ['a day that is past', ['--expires', '2026-01-01']],
    ['a day more than a year away', ['--expires', '2030-01-01']],
    ['no day', ['--expires', '2026-02-31']],
    ['a posture that takes none', ['--posture', 'eu-sovereign']],
  ])('%s', async (_, args) => {
    const directory = directoryWith(files);
    const ran = await lukko(directory, ['baseline', 'write', ...args]);
    expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: '' });
    expect(ran.err).toMatchSnapshot();
    expect(readdirSync(directory)).toEqual(['main.tf.json']);
  });

  test.each([
    ['no JSON', 'schemaVersion: 1'],
    ['a field that is not known', '{"schemaVersion":1,"written":"2026-06-01","findings":[],"__proto__":{"x":1}}'],
    [
      'an entry for ever',
      '{"schemaVersion":1,"written":"2026-06-01","findings":[{"rule":"r","verdict":"fail","severity":"low","address":"a","message":"m","fingerprint":"' +
        'a'.repeat(64) +
        '","expires":"2099-01-01"}]}',
    ],
  ])('a baseline with %s', async (_, text) => {
    const directory = directoryWith({ ...files, 'lukko.yaml': lukkoYaml, 'lukko-baseline.json': text });
    const ran = await lukko(directory, ['check', '--fail-on', 'new']);
    expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: '' });
    expect(ran.err).toMatchSnapshot();
  });
});
