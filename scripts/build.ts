import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { nodeFiles } from '../packages/cli/src/ports/node.ts';

/**
 * Bundles the command and the plan gate into one file each below packages/cli/dist (git-ignored, no dependency at run time),
 * makes the code cache of the command, then links their names into node_modules/.bin. Runs at every install, offline.
 */
const root = join(__dirname, '..');
const dist = join(root, 'packages/cli/dist');
const programs = [
  { entry: 'packages/cli/src/main.ts', out: 'lukko.js', cached: true },
  { entry: 'packages/cli/src/gate/main.ts', out: 'terraform-gate.js', cached: false },
];
/** What the command is run on while its cache is made: functions that these runs compile need not be compiled again. */
const warmUp = [
  ['check', 'examples/passes/encrypted-volume', '--posture', 'eu-sovereign'],
  ['check', '__tests__/fixtures/plans/own-logs/plan.json', '--source', '__tests__/fixtures/plans/own-logs/plan.tfplan'],
];

async function main(): Promise<void> {
  for (const { entry, out, cached } of programs) {
    if (!existsSync(join(root, entry))) continue;
    const program = await bundle(entry);
    const text = cached ? withCache(program, join(dist, out)) : `${SHEBANG}${program.text}${program.licences}`;
    // Renamed into place: a gate that runs while this builds reads the old file or the new one.
    nodeFiles.write(join(dist, out), text);
    chmodSync(join(dist, out), 0o755);
  }
  // What own rules are typed by, beside the command that runs them.
  nodeFiles.write(join(dist, 'rules.d.ts'), readFileSync(join(root, 'packages/cli/zz_rules.d.ts')));
  link(['lukko', 'terraform']);
}

const SHEBANG = '#!/usr/bin/env node\n';

interface Program {
  readonly text: string;
  readonly licences: string;
}

/**
 * The program behind its loader, and beside it a cache of what V8 compiled of it, which the loader knows by its digest. Where no cache can
 * be made there is none, and the command starts slower.
 */
function withCache({ text, licences: notices }: Program, out: string): string {
  if (text.includes('*%/')) throw new Error('the program holds *%/, which stands for the end of a comment');
  const program = text.trimEnd().replaceAll('*/', '*%/');
  const loader = readFileSync(join(root, 'scripts/loader/loader.cjs'), 'utf8');
  const file = (digest: string): string =>
    `${SHEBANG}${loader.replace("'none';", `'${digest}';`)}/*\n${program}\n*/\n${notices}`;
  const cache = cacheOf(file('none'));
  const beside = out.replace(/js$/, 'cache');
  if (cache === undefined) {
    rmSync(beside, { force: true });
    return file('none');
  }
  nodeFiles.write(beside, cache);
  return file(createHash('sha256').update(program).update(cache).digest('hex'));
}

/** Made by the node that builds, without what tsx adds to it: V8 takes a cache back only under the flags it was made with. */
function cacheOf(file: string): Buffer | undefined {
  const place = mkdtempSync(join(tmpdir(), 'lukko-build-'));
  const [bundled, cache] = [join(place, 'lukko.js'), join(place, 'lukko.cache')];
  try {
    writeFileSync(bundled, file);
    const { NODE_OPTIONS: _, ...env } = process.env;
    const warm = [join(root, 'scripts/loader/warm.cjs'), bundled, cache, JSON.stringify(warmUp)];
    const { status, stderr } = spawnSync(process.execPath, warm, { cwd: root, env, encoding: 'utf8', timeout: 60_000 });
    if (status === 0 && existsSync(cache)) return readFileSync(cache);
    process.stderr.write(`build: no code cache, lukko starts slower: ${stderr.trim() || `exit ${status}`}\n`);
    return undefined;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function bundle(entry: string): Promise<Program> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Names stay whole, so that a stack trace in a bug report can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    minifyIdentifiers: true,
    // In ASCII, V8 keeps the text in one byte a character and passes over it in half the time.
    charset: 'ascii',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [englishOnly, lateChildProcess, onlyWhatIsNamed, onlyWhatIsUsed, dataAsText],
    outfile: 'bundle.js',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`esbuild wrote nothing for ${entry}`);
  return { text: file.text, licences: licences(result.metafile) };
}

/** zod brings its messages in fifty languages, half of the bundle and of its start-up; ours are written in formats. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.c?js$/ }, ({ path }) => ({
      contents: `export { default as en } from './en.js';`,
      resolveDir: dirname(path),
    }));
  },
};

/** commander starts programs for commands that are files of their own; we have none, and loading that takes as long as commander itself. */
const lateChildProcess: Plugin = {
  name: 'late-child-process',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]commander[\\/]lib[\\/]command\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const load = /^const childProcess = require\('node:child_process'\);\n/m;
      if (!load.test(text)) throw new Error(`${path} loads node:child_process in another way now`);
      return { contents: text.replace(load, '').replaceAll('childProcess.', "require('node:child_process').") };
    });
  },
};

/** Large data as a text that is parsed when it is asked for: V8 passes over a text many times faster than over an object. */
const dataAsText: Plugin = {
  name: 'data-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zz_[^\\/]*\.json$/ }, ({ path }) => ({
      contents: `module.exports = JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))))});`,
    }));
  },
};

/**
 * A package's index loads all its modules as soon as one of them is asked for; a command needs few of them. An import from an index becomes
 * imports from the files behind it.
 */
const onlyWhatIsNamed: Plugin = {
  name: 'only-what-is-named',
  setup({ onLoad }) {
    const known = new Map<string, ReadonlyMap<string, string>>();
    const namesOf = (name: string): ReadonlyMap<string, string> => {
      const names = known.get(name) ?? exportsOf(join(root, 'packages', name, 'src'));
      known.set(name, names);
      return names;
    };
    onLoad({ filter: /[\\/](packages|policies)[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replace(
        /^import \{([^}]*)\} from '@lukko\/([\w-]+)';$/gm,
        (whole, list: string, name: string) => {
          if (!existsSync(join(root, 'packages', name, 'src/index.ts'))) return whole;
          const imported = list.split(',').map((each) => each.trim());
          return imported
            .filter((each) => each !== '' && !each.startsWith('type '))
            .map((each) => {
              const file = namesOf(name).get(each.split(' as ')[0] ?? '');
              // What an index makes itself (`export * as der`) only it can give.
              return `import { ${each} } from ${JSON.stringify(file ?? `@lukko/${name}`)};`;
            })
            .join(' ')
            .concat('\n'.repeat(whole.split('\n').length - 1));
        },
      );
      return { contents: loadedWhenCalled(contents), loader: 'ts' };
    });
  },
};

/** Few runs start another program, and loading what can takes longer than many a module of ours. */
function loadedWhenCalled(text: string): string {
  return text.replace(/^import \{([\w, ]*)\} from 'node:child_process';$/gm, (_, list: string) =>
    list
      .split(',')
      .map((each) => each.trim())
      .filter((name) => name !== '')
      .map((name) => `const ${name} = (...args: unknown[]) => require('node:child_process').${name}(...args);`)
      .join(' '),
  );
}

/** Which file of a package each name of its index comes from. */
function exportsOf(directory: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const index = readFileSync(join(directory, 'index.ts'), 'utf8');
  for (const [, list, from = ''] of index.matchAll(/export (?:\*|\{([^}]*)\}) from '(\.[^']+)'/g)) {
    const file = join(directory, from);
    const names = list?.split(',').map((each) => each.trim().replace(/^type /, '')) ?? declaredIn(file);
    for (const name of names) if (name !== '' && !name.includes(' as ')) found.set(name, file);
  }
  return found;
}

function declaredIn(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^export (?:const|function|class|async function) (\w+)/gm)].map(([, name = '']) => name);
}

/** Our modules do nothing when they are loaded but make what they export: what nobody asks for need not be there, nor start. */
const onlyWhatIsUsed: Plugin = {
  name: 'only-what-is-used',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@lukko\/|\.ts$/ }, async ({ path, pluginData, ...from }) => {
      if (from.kind === 'entry-point' || pluginData === 'seen') return undefined;
      const { kind, importer, resolveDir } = from;
      const resolved = await resolve(path, { kind, importer, resolveDir, pluginData: 'seen' });
      return { ...resolved, sideEffects: false };
    });
  },
};

/** The licences of what is bundled ask to travel with every copy. */
function licences(metafile: Metafile): string {
  const packages = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
    const [, directory] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    if (directory !== undefined) packages.add(directory);
  }
  const texts = [...packages].sort().map((directory) => {
    const { name, version } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, directory)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file: it cannot be bundled`);
    return `${name} ${version}\n\n${readFileSync(join(root, directory, file), 'utf8').trim()}`;
  });
  return texts.length === 0 ? '' : `/*\n${texts.join('\n\n---\n\n').replaceAll('*/', '* /')}\n*/\n`;
}

/** npm links a workspace's bin only when its file exists, and at install the bundles did not yet. */
function link(names: readonly string[]): void {
  const bin = join(root, 'node_modules/.bin');
  if (!existsSync(bin) || names.every((name) => existsSync(join(bin, name)))) return;
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const workspaces = ['@lukko/cli', '@lukko/terraform-bin'].flatMap((name) => ['--workspace', name]);
  execFileSync(command, [...first, 'rebuild', '--ignore-scripts', '--silent', ...workspaces], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32' && command === 'npm',
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`build: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
