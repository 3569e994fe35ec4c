import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';

const root = resolve(__dirname, '../../../..');

/** Every path a text writes that climbs up and then goes into a folder `shared`. */
function climbsInto(text: string): string[] {
  return [...text.matchAll(/(?:\.\.\/)+shared\b[\w./-]*/g)].map(([path]) => path);
}

/** Those that do not stay in the repository, as seen from the file they stand in. */
function strays(file: string, text: string): string[] {
  return climbsInto(text).filter((path) => {
    const target = resolve(root, dirname(file), path);
    return !(target.startsWith(root + sep) && existsSync(target));
  });
}

test('nothing outside the tests reads a folder beside the repository', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => /\.([cm]?[jt]sx?|json|ya?ml|sh)$/.test(file) && !file.startsWith('__tests__/'))
    .filter((file) => existsSync(join(root, file)));
  expect(files).toContain('scripts/sandbox-spec.ts');
  expect(
    files.flatMap((file) => strays(file, readFileSync(join(root, file), 'utf8')).map((path) => [file, path])),
  ).toEqual([]);
});

test('such a path would be found', () => {
  expect(strays('scripts/a.ts', "join(root, '../shared/hcloud-openapi.json')")).toEqual([
    '../shared/hcloud-openapi.json',
  ]);
  expect(strays('main.ts', "readFileSync('../shared/x')")).toEqual(['../shared/x']);
  expect(strays('policies/jurisdiction/index.ts', "from '../shared/countries.ts'")).toEqual([]);
});
