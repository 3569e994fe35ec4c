import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryWith, lukko } from '../fake-ports.ts';

const stack = (size: number, guarded: boolean) =>
  JSON.stringify({
    resource: { hcloud_volume: { data: { name: 'data', size, location: 'hel1', delete_protection: guarded } } },
    terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } } },
  });
const now = { now: () => new Date('2026-11-21T12:00:00Z') };

test('two exports: nothing is different, or what is; one that is not whole is refused', async () => {
  const directory = directoryWith({ 'main.tf.json': stack(10, true) });
  const exported = (out: string, more: readonly string[] = []) =>
    lukko(directory, ['evidence', 'export', 'main.tf.json', '--posture', 'eu-sovereign', '--out', out, ...more], now);
  await exported('first');
  await exported('same');
  expect(await lukko(directory, ['evidence', 'diff', 'first', 'same'], now)).toEqual({
    code: 0,
    out: 'no difference\n',
    err: '',
  });
  writeFileSync(join(directory, 'main.tf.json'), stack(10, false));
  await exported('second', ['--previous', 'first']);
  const { code, out } = await lukko(directory, ['evidence', 'diff', 'first', 'second'], now);
  expect(code).toBe(1);
  expect(out).toMatchSnapshot();
  expect((await lukko(directory, ['evidence', 'verify', 'second', '--previous', 'first'], now)).out).toContain(
    'demo-signer',
  );
  expect((await lukko(directory, ['evidence', 'verify', 'second', '--previous', 'same'], now)).code).toBe(3);
  writeFileSync(join(directory, 'first/evidence.csv'), 'x');
  expect(await lukko(directory, ['evidence', 'diff', 'first', 'second'], now)).toMatchObject({
    code: 2,
    err: 'error: first: file-changed: evidence.csv: was changed after it was signed\n',
  });
  expect((await exported('third', ['--previous', 'first'])).err).toMatch(/a chain continues only what is whole/);
});

test.each([
  [
    'nda',
    ['evidence.json', 'tables/statement-of-applicability.csv'],
    ['observations.jsonl', 'tables/observations.csv'],
  ],
  [
    'public',
    ['evidence.json', 'tables/documents.csv'],
    ['tables/findings.csv', 'tables/assets.csv', 'tables/statement-of-applicability.csv'],
  ],
])('the profile %s withholds, and is bound to the whole by its digest', async (profile, there, withheld) => {
  const directory = directoryWith({ 'main.tf.json': stack(10, true) });
  const { readFileSync, existsSync } = await import('node:fs');
  const exported = async (name: string) => {
    await lukko(directory, ['evidence', 'export', 'main.tf.json', '--out', name, '--profile', name], now);
    return JSON.parse(readFileSync(join(directory, name, 'manifest.json'), 'utf8')) as { whole: string };
  };
  const [part, whole] = [await exported(profile), await exported('auditor')];
  // What a profile leaves out is no difference: the two are not compared.
  expect(await lukko(directory, ['evidence', 'diff', profile, 'auditor'], now)).toEqual({
    code: 2,
    out: '',
    err: `error: expected two exports of one profile, found ${profile} and auditor: what one of them leaves out would look like a change; export again with the same --profile\n`,
  });
  expect(part.whole).toBe(whole.whole);
  for (const file of there) expect(existsSync(join(directory, profile, file))).toBe(true);
  for (const file of withheld) expect(existsSync(join(directory, profile, file))).toBe(false);
  if (profile === 'public')
    expect(readFileSync(join(directory, 'public/evidence.json'), 'utf8')).not.toContain('hcloud_volume.data');
});
