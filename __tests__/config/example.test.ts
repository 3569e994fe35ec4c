import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { config, fixtures, lukko, parseFile, register } from '@lukko/formats';

const root = resolve(__dirname, '../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');
const example = parseFile(config, read('config/example.yaml'), 'config/example.yaml').value;
const unpinned = parseFile(config, read('config/unpinned.yaml'), 'config/unpinned.yaml').value;
const list = parseFile(fixtures, read('config/fixtures.json'), 'config/fixtures.json').value.fixtures;

test('no backup outlives a store by more than 35 days', () => {
  const { audit, application, errors, backups } = example.retention;
  expect(backups - Math.min(audit, application, errors)).toBeLessThanOrEqual(35);
});

test('backups lie in another location than what they back up', () => {
  expect(example.locations.backups).not.toBe(example.locations.live);
});

test('unpinned.yaml is example.yaml without thumbprints, and by another name', () => {
  const servers = example.keys.servers.map(({ thumbprint, ...server }) => server);
  const environment = { ...example.environment, name: 'unpinned' };
  expect(unpinned).toEqual({ ...example, environment, keys: { ...example.keys, servers } });
});

test('sandbox.yaml is example.yaml with the class disposable, line by line, and nothing else', () => {
  const body = (file: string) => read(file).slice(read(file).indexOf('schemaVersion:'));
  const disposable = body('config/example.yaml').replace('\n  class: production\n', '\n  class: disposable\n');
  expect(body('config/sandbox.yaml')).toBe(disposable);
  const sandbox = parseFile(config, read('config/sandbox.yaml'), 'config/sandbox.yaml').value;
  expect(sandbox).toEqual({ ...example, environment: { ...example.environment, class: 'disposable' } });
});

test('every key of the example is listed as a fixture, where it stands', () => {
  const keys = [
    ...example.keys.servers.map((server, index) => [`keys.servers[${index}].thumbprint`, server.thumbprint]),
    ...example.access.ageRecipients.map((value, index) => [`access.ageRecipients[${index}]`, value]),
    ['access.sshUserCa', example.access.sshUserCa],
  ];
  expect(list.map(({ usedFor, value }) => [usedFor, value])).toEqual(keys);
});

test('the README names each image with its tag, digest and source', () => {
  const readme = read('config/README.md');
  const { registry, ...images } = example.images;
  expect(readme).toContain(registry);
  for (const image of Object.values(images)) {
    const row = readme.split('\n').find((line) => line.includes(`\`${image.repository}\``));
    expect(row).toContain(image.digest);
    expect(row).toContain(` ${image.tag} `);
    expect(row).toMatch(/github\.com\/\S+, `[^`]+`, commit [0-9a-f]{40} /);
  }
});

test('the register declares the registry of the example as its own', () => {
  const { services } = parseFile(register, read('register.yaml'), 'register.yaml').value;
  expect(services.find((service) => service.host === example.images.registry)?.role).toBe('own');
});

test('lukko.yaml asks for the posture that the example is shipped under, and names files that are there', () => {
  const { posture, ...named } = parseFile(lukko, read('lukko.yaml'), 'lukko.yaml').value;
  expect(posture).toBe('eu-sovereign');
  expect(read(named.register ?? 'missing')).toContain('services:');
});
