import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFile, register } from '@lukko/formats';
import { directoryWith, lukko } from '../fake-ports.ts';

const root = join(__dirname, '../../../..');
const shop = readFileSync(join(root, 'examples/refused/us-cloud/main.tf.json'), 'utf8').replaceAll(
  'redis:7.4',
  'images.orchard.example/redis:7.4',
);

async function drafted() {
  const directory = directoryWith({ 'main.tf.json': shop });
  const ran = await lukko(directory, ['register', 'init']);
  return { directory, ran, text: readFileSync(join(directory, 'register.yaml'), 'utf8') };
}

test('hosts nobody is known to operate are entries to fill in, the others are said', async () => {
  const { ran, text } = await drafted();
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toContain('next: fill in every ???');
  expect(text).toContain('  - host: images.orchard.example\n    purpose: "container image"\n');
  expect(text).toContain('    date: 2026-06-01\n');
  expect(text).toMatch(/^# {3}ghcr\.io: GitHub, Inc\. \(US, controlled by Microsoft Corporation, US\)$/m);
});

test('until it is filled in it is not of its format; then it is, and counts', async () => {
  const { directory, text } = await drafted();
  expect(() => parseFile(register, text, 'register.yaml')).toThrow(/country: expected a country code/);
  const filled = text
    .replace(/entity: \?\?\?[^\n]*/g, 'entity: Orchard Oy')
    .replace(/country: \?\?\? #[^\n]*/g, 'country: FI')
    .replace(/role: \?\?\?[^\n]*/g, 'role: own')
    .replace(/source: \?\?\?[^\n]*/g, 'source: https://orchard.example/');
  expect(parseFile(register, filled, 'register.yaml').value.services.map(({ host }) => host)).toContain(
    'images.orchard.example',
  );
  writeFileSync(join(directory, 'register.yaml'), filled);
  writeFileSync(join(directory, 'lukko.yaml'), 'schemaVersion: 1\nposture: recommended\nregister: register.yaml\n');
  const { out } = await lukko(directory, ['check', '-f', 'json']);
  expect(out).not.toContain('images.orchard.example reaches');
});

test('a file that is there is not replaced unless asked', async () => {
  const directory = directoryWith({ 'main.tf.json': shop, 'register.yaml': 'mine' });
  const ran = await lukko(directory, ['register', 'init']);
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err).toBe(
    'error: register.yaml: it is there already; name another with --output, or replace it with --force\n',
  );
  expect(readFileSync(join(directory, 'register.yaml'), 'utf8')).toBe('mine');
  expect(await lukko(directory, ['register', 'init', '--force'])).toMatchObject({ code: 0 });
});
