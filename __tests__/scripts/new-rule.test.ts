import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The scaffold as an author gets it: run in a copy of the repository, where its own tests then pass. */
const root = join(__dirname, '../..');
let copy = '';

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'lukko-new-rule-'));
  const generated = new Set(['node_modules', 'dist', 'generated']);
  for (const name of [
    'policies',
    'packages',
    'scripts',
    'docs',
    'README.md',
    'package.json',
    'jest.config.js',
    'tsconfig.json',
  ])
    cpSync(join(root, name), join(copy, name), {
      recursive: true,
      filter: (file) => !generated.has(file.split(/[\\/]/).at(-1) ?? ''),
    });
  cpSync(join(root, '__tests__/policies'), join(copy, '__tests__/policies'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  // zod of the formats lies beside them where npm could not hoist it.
  const nested = 'packages/formats/node_modules';
  if (existsSync(join(root, nested))) symlinkSync(join(root, nested), join(copy, nested), 'dir');
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, out: stdout, err: stderr };
}
const newRule = (id: string) => run('--import', 'tsx', 'scripts/new-rule.ts', id);

const ids = ['servers-carry-owner', 'aaa-first', 'zzz-last'];

test.each(ids)(
  '%s: rule, registry, test and page are made',
  (id) => {
    expect(newRule(id)).toMatchObject({ status: 0, err: '' });
    expect(readFileSync(join(copy, 'docs/rules', `${id}.md`), 'utf8')).toContain(`# ${id}`);
    expect(readFileSync(join(copy, 'policies/index.ts'), 'utf8')).toContain(`from './${id}.ts';`);
  },
  60_000,
);

test('their tests and those of the registry are green', () => {
  const jest = run(
    join(root, 'node_modules/jest/bin/jest.js'),
    ...['--rootDir', copy, '-w', '1', '--ci=false', '__tests__/policies/catalogue.test.ts'],
    ...ids.map((id) => `__tests__/policies/${id}.test.ts`),
    ...['-t', `^(?!.*example:)|${ids.join('|')}`],
  );
  expect([jest.status, jest.status === 0 ? '' : jest.err]).toEqual([0, '']);
}, 120_000);

test.each(['', 'Servers', '../escape', 'one'])('an id that is none is refused: %j', (id) => {
  expect(newRule(id)).toMatchObject({ status: 2, out: '' });
});

test('what is there is not overwritten', () => {
  const before = readFileSync(join(copy, 'policies/locations-in-eu.ts'), 'utf8');
  const { status, err } = newRule('locations-in-eu');
  expect({ status, err }).toEqual({
    status: 2,
    err: 'new-rule: policies/locations-in-eu.ts is there already; choose another id, or edit it\n',
  });
  expect(readFileSync(join(copy, 'policies/locations-in-eu.ts'), 'utf8')).toBe(before);
});
