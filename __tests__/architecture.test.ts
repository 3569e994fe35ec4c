import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix } from 'node:path';

/**
 * The import table of docs/architecture.md. Stacks and policies never see each other: the system and its judge meet only in
 * Terraform JSON. `formats` may be imported by everyone and stands in no row.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  formats: [],
  'provider-hcloud': [],
  'terraform-model': [],
  'terraform-bin': [],
  sandbox: [],
  facts: ['terraform-model'],
  'policy-engine': ['facts', 'terraform-model'],
  policies: ['policy-engine', 'facts', 'terraform-model'],
  stacks: ['provider-hcloud'],
  evidence: ['policy-engine', 'facts', 'terraform-model'],
  cli: ['policies', 'evidence', 'sandbox', 'policy-engine', 'facts', 'terraform-model'],
  'main.ts': ['stacks', 'policies', 'policy-engine', 'facts', 'terraform-model'],
};
/** Tools of the repository and tests see everything. */
const unbounded = new Set(['scripts', '__tests__']);
/** Where disk, network, processes and the clock may be reached. */
const impure = new Set(['cli', 'main.ts', 'terraform-bin', 'scripts', '__tests__']);
const pureModules = new Set(['node:crypto', 'node:zlib', 'node:path/posix', 'node:buffer', 'node:util']);
/** Stacks find the files of stacks/payload beside themselves and the lines of TypeScript that made a resource: nothing else of the disk. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  'stacks/constructs/payload-file.ts': ['node:fs', 'node:path'],
  'stacks/constructs/stack-trace.ts': ['node:path'],
};
const cdktfAllowed = new Set(['main.ts', 'stacks', 'provider-hcloud', '__tests__']);

const root = join(__dirname, '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const sources = tracked
  .filter(
    (file) =>
      /\.[cm]?[jt]sx?$/.test(file) && !file.startsWith('__tests__/fixtures/') && !/^[^/]+\.config\.js$/.test(file),
  )
  .map((file) => ({ file, area: areaOf(file), text: readFileSync(join(root, file), 'utf8') }));

/** `packages/facts/src/hosts/index.ts` belongs to `facts`, `stacks/logs.ts` to `stacks`; sources at the root are parts of main.ts. */
function areaOf(file: string): string {
  const [first = '', second] = file.split('/');
  if (second === undefined) return 'main.ts';
  return first === 'packages' ? second : first;
}

/** Every module a source names: static and dynamic imports, re-exports, type imports, require. */
function importsOf(text: string): readonly string[] {
  const patterns = [
    /^[ \t]*(?:import|export)\b[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^[ \t]*import\s*['"]([^'"]+)['"]/gm,
    /\b(?:import|require|require\.resolve|jest\.requireActual)\(\s*['"]([^'"]+)['"]/g,
  ];
  // The part of node:path that knows no disk.
  const plain = text.replace(/import \{ posix \} from 'node:path'/g, "import posix from 'node:path/posix'");
  return patterns.flatMap((pattern) => [...plain.matchAll(pattern)].map((match) => match[1] as string));
}

/** What an import points at in this repository, or undefined for somebody else's package. */
function targetOf(file: string, specifier: string): { readonly area: string; readonly byPath: boolean } | undefined {
  if (specifier.startsWith('.')) return { area: areaOf(posix.join(posix.dirname(file), specifier)), byPath: true };
  const [, name] = /^@lukko\/([^/]+)/.exec(specifier) ?? [];
  if (name !== undefined) return { area: name, byPath: false };
  return specifier.startsWith('@cdktf/provider-hcloud') ? { area: 'provider-hcloud', byPath: false } : undefined;
}

function problemsOf(file: string, area: string, text: string): readonly string[] {
  return importsOf(text).flatMap((specifier) => {
    const target = targetOf(file, specifier);
    if (exceptions[file]?.includes(specifier)) return [];
    if (target === undefined) return outsideProblems(area, specifier).map((why) => `${file}: ${specifier}: ${why}`);
    if (unbounded.has(area) || target.area === area) return [];
    // An organisation's own rules take their types from the package it installs, and nothing else.
    if (area === 'examples' && specifier === '@lukko/cli') return [];
    if (!(mayImport[area] ?? []).includes(target.area) && target.area !== 'formats') {
      return [`${file}: ${specifier}: ${area} may not import ${target.area}`];
    }
    if (target.byPath && existsSync(join(root, 'packages', target.area)))
      return [`${file}: ${specifier}: import a package by its name`];
    const [, path] = /^@lukko\/[^/]+(\/.*)$/.exec(specifier) ?? [];
    if (path === undefined || `.${path}` in (manifest(join('packages', target.area)).exports ?? {})) return [];
    return [`${file}: ${specifier}: import a package through what it exports`];
  });
}

function outsideProblems(area: string, specifier: string): readonly string[] {
  const builtin = specifier.startsWith('node:') || builtinModules.includes(specifier.split('/', 1)[0] as string);
  if (builtin && !specifier.startsWith('node:')) return ['write node: before a built-in module'];
  if (builtin && !impure.has(area) && !pureModules.has(specifier))
    return [`${area} is pure: get it handed in by cli or main.ts`];
  if (/^zod(\/|$)/.test(specifier) && area !== 'formats' && area !== '__tests__') return ['only formats imports zod'];
  if (/^(cdktf|cdktn|constructs)(\/|$)/.test(specifier) && !cdktfAllowed.has(area))
    return [`${area} may not import cdktf`];
  return [];
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function manifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8')) as Manifest;
}

test('there is something to look at', () => {
  expect(sources.length).toBeGreaterThan(40);
});

test('every folder with sources stands in the import table', () => {
  const areas = new Set(sources.map(({ area }) => area));
  const known = new Set([...Object.keys(mayImport), ...unbounded, 'examples']);
  expect([...areas].filter((area) => !known.has(area))).toEqual([]);
});

test('docs/architecture.md shows the same table', () => {
  const rows = [...readFileSync(join(root, 'docs/architecture.md'), 'utf8').matchAll(/^\| `([^`]+)` \| ([^|]+) \|$/gm)];
  const shown = rows.map(([, area, imports = '']) => [
    area,
    [...imports.matchAll(/`([^`]+)`/g)].map(([, name]) => name).sort(),
  ]);
  expect(Object.fromEntries(shown)).toEqual(
    Object.fromEntries(Object.entries(mayImport).map(([area, list]) => [area, [...list].sort()])),
  );
});

test('imports follow the table', () => {
  expect(sources.flatMap(({ file, area, text }) => problemsOf(file, area, text))).toEqual([]);
});

test('packages outside cli ask no clock, no dice, no process and no network', () => {
  const reach =
    /\bprocess\.(?:env|argv|cwd|exit|std\w+|platform|on)\b|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(/;
  const found = sources.filter(({ area, text }) => !impure.has(area) && reach.test(text));
  expect(found.map(({ file, text }) => `${file}: ${reach.exec(text)?.[0]}`)).toEqual([]);
});

test('a package declares what it imports', () => {
  const found = sources
    .filter(({ file }) => file.startsWith('packages/'))
    .flatMap(({ file, area, text }) => {
      const own = manifest(join('packages', area));
      // The generator of the bindings runs only from scripts/, with the repository's own tools.
      const tools = area === 'provider-hcloud' ? Object.keys(manifest('.').devDependencies ?? {}) : [];
      const declared = new Set([own.name, ...Object.keys({ ...own.dependencies, ...own.devDependencies }), ...tools]);
      return importsOf(text)
        .filter((specifier) => !/^(\.|node:)/.test(specifier))
        .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] as string)
        .filter((dependency) => !declared.has(dependency))
        .map((dependency) => `${file}: ${dependency}`);
    });
  expect([...new Set(found)]).toEqual([]);
});

test('nothing but tests reads outside the repository', () => {
  const found = tracked
    .filter((file) => !file.startsWith('__tests__/') && file !== 'package-lock.json')
    .filter((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return [...text.matchAll(/(?:\.\.\/)+shared\//g)].some(
        ([path]) => !existsSync(join(root, dirname(file), path)) || posix.join(dirname(file), path).startsWith('..'),
      );
    });
  expect(found).toEqual([]);
});

describe('this test sees what it should', () => {
  test.each([
    ["import { a } from '@lukko/facts';", ['@lukko/facts']],
    ["import type {\n  A,\n  B,\n} from './b.ts';", ['./b.ts']],
    ["export * from './c.ts'", ['./c.ts']],
    ["import './side-effect.ts';", ['./side-effect.ts']],
    ["const d = await import('zod');", ['zod']],
    ["type E = typeof import('node:fs');", ['node:fs']],
    ["const f = require('node:net');", ['node:net']],
    ["const text = 'an import from somewhere';", []],
  ])('%j', (text, expected) => {
    expect(importsOf(text)).toEqual(expected);
  });

  test.each([
    ['stacks/logs.ts', "import { rules } from '../policies/index.ts';", 'stacks may not import policies'],
    ['policies/a.ts', "import { x } from '../stacks/logs.ts';", 'policies may not import stacks'],
    ['packages/facts/src/a.ts', "import { rule } from '@lukko/policy-engine';", 'facts may not import policy-engine'],
    ['packages/evidence/src/a.ts', "import { x } from '../../facts/src/index.ts';", 'import a package by its name'],
    [
      'packages/evidence/src/a.ts',
      "import { x } from '@lukko/facts/src/a.ts';",
      'import a package through what it exports',
    ],
    ['packages/facts/src/a.ts', "import { z } from 'zod';", 'only formats imports zod'],
    ['packages/cli/src/a.ts', "import { App } from 'cdktf';", 'cli may not import cdktf'],
    [
      'packages/facts/src/a.ts',
      "import { readFileSync } from 'node:fs';",
      'facts is pure: get it handed in by cli or main.ts',
    ],
    ['packages/cli/src/a.ts', "import fs from 'fs';", 'write node: before a built-in module'],
  ])('%s with %j is refused', (file, text, why) => {
    expect(problemsOf(file, areaOf(file), text)).toEqual([expect.stringContaining(why)]);
  });
});
