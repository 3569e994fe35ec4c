import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');
const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');

/** A copy of what `npm run generate` needs, inside the repository's own ignored folder so that packages are found. */
function workshop(): string {
  const directory = mkdtempSync(join(root, 'node_modules/.generate-test-'));
  for (const path of [
    'scripts/generate.ts',
    'scripts/provider.ts',
    'packages/provider-hcloud/src',
    'packages/provider-hcloud/schema.json',
    'packages/provider-hcloud/package.json',
    'package.json',
  ]) {
    cpSync(join(root, path), join(directory, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}

function generate(directory: string, environment: Record<string, string> = {}) {
  return spawnSync(process.execPath, [tsx, 'scripts/generate.ts'], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
}

function digest(directory: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(directory, {
    recursive: true,
    encoding: 'utf8',
  }).sort();
  for (const file of files.filter((name) => statSync(join(directory, name)).isFile())) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(directory, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

let directory: string;
beforeAll(() => {
  directory = workshop();
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const bindings = () => join(directory, 'packages/provider-hcloud/generated');

test('makes the same bytes again, says nothing, and needs no terraform', () => {
  const nowhere = { PATH: join(directory, 'nowhere') };
  expect(generate(directory, nowhere)).toMatchObject({
    status: 0,
    stdout: '',
    stderr: '',
  });
  const first = digest(bindings());
  rmSync(bindings(), { recursive: true });
  expect(generate(directory, nowhere)).toMatchObject({
    status: 0,
    stdout: '',
    stderr: '',
  });
  expect(digest(bindings())).toBe(first);
});

test('leaves the old bindings when the schema is broken, and nothing half-made', () => {
  const before = digest(bindings());
  writeFileSync(join(directory, 'packages/provider-hcloud/schema.json'), '{"provider_schemas": {}}');
  const failed = generate(directory);
  expect(failed.status).toBe(1);
  expect(failed.stderr).toMatchInlineSnapshot(`
    "generate: expected the schema of hetznercloud/hcloud, found no provider; run \`npm run schema\` to read it again
    "
  `);
  expect(digest(bindings())).toBe(before);
  expect(
    readdirSync(join(directory, 'packages/provider-hcloud')).filter((name) => name.startsWith('generated')),
  ).toEqual(['generated']);
});
