import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withScreen } from '../scripts/readme-screen.ts';

const root = join(__dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('the screen in the README is what lukko prints', async () => {
  expect(await withScreen(read('README.md'))).toBe(read('README.md'));
});

test.each([
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
])('every file %s links to exists', (file) => {
  const targets = [...read(file).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target]) => target as string);
  const local = targets.filter((target) => !/^[a-z]+:/.test(target));
  expect(local.filter((target) => !existsSync(join(root, dirname(file), target)))).toEqual([]);
});

test('every path in the layout table exists', () => {
  const table = /## Where things are\n([\s\S]*?)\n## /.exec(read('README.md'))?.[1] ?? '';
  const paths = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, path]) => path as string);
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every npm script that is named exists', () => {
  const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
  const named = [...`${read('README.md')}${read('CONTRIBUTING.md')}`.matchAll(/npm run ([a-z][a-z:-]*)/g)].map(
    ([, name]) => name as string,
  );
  expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
});

test('decisions are numbered once', () => {
  const numbers = readdirSync(join(root, 'docs/decisions')).map((name) => name.slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
});
