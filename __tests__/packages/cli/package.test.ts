import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

/** The command as somebody gets it who has nothing of this repository: packed, installed without network, run. */
const root = join(__dirname, '../../..');
const examples = join(root, 'examples');
let place = '';

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'lukko-package-'));
  // From the sources as they are now, not from the last install.
  run(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'scripts/build.ts'], root);
  npm(['pack', '--workspace', '@lukko/cli', '--pack-destination', place, '--ignore-scripts', '--silent'], root);
  writeFileSync(join(place, 'package.json'), '{"private":true}');
  const tarball = readdirSync(place).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
  npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', `./${tarball}`], place);
  cpSync(examples, join(place, 'examples'), { recursive: true });
}, 120_000);

afterAll(() => rmSync(place, { recursive: true, force: true }));

function npm(args: readonly string[], cwd: string): void {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) run(process.execPath, [cli, ...args], cwd);
  else run('npm', args, cwd);
}

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: 'pipe' });
}

function lukkoAt(
  cwd: string,
  ...args: readonly string[]
): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const { status, stdout, stderr } = spawnSync(join(place, 'node_modules/.bin/lukko'), args, {
    cwd,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

const lukko = (...args: readonly string[]) => lukkoAt(place, ...args);

test('it brings one program, one file of types, and no dependency', () => {
  const installed = readdirSync(join(place, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(installed).toEqual(['@lukko']);
  expect(readdirSync(join(place, 'node_modules/@lukko/cli/dist'))).toEqual(['lukko.js', 'rules.d.ts']);
  expect(existsSync(join(place, 'node_modules/@lukko/cli/node_modules'))).toBe(false);
});

test('its licences travel with what is bundled', () => {
  const text = readFileSync(join(place, 'node_modules/@lukko/cli/dist/lukko.js'), 'utf8');
  for (const name of ['commander', 'yaml', 'zod'])
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`, 'm'));
});

const folders = (kind: string) => (existsSync(join(examples, kind)) ? readdirSync(join(examples, kind)) : []);

describe.each(folders('refused'))('examples/refused/%s', (name) => {
  test.each(['recommended', 'eu-sovereign'])('is refused by %s', (posture) => {
    const { code, err } = lukko('check', `examples/refused/${name}`, '--posture', posture);
    expect({ code, err }).toEqual({ code: 1, err: '' });
  });
});

test.each(folders('passes'))('examples/passes/%s passes by its own lukko.yaml, or by recommended', (name) => {
  const { code, out, err } = lukkoAt(join(place, 'examples/passes', name), 'check', '.');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(existsSync(join(examples, 'passes', name, 'lukko.yaml')) ? 'clean' : 'posture recommended');
});

test('the report is of the published schema', () => {
  const schema = JSON.parse(readFileSync(join(root, 'packages/formats/schemas/zz_report.schema.json'), 'utf8'));
  const ajv = addFormats(new Ajv2020({ strict: false }));
  const { out } = lukko('check', 'examples/refused/us-cloud', '--format', 'json');
  expect([ajv.validate(schema, JSON.parse(out)), ajv.errors]).toEqual([true, null]);
});

test('there are examples of both kinds', () => {
  expect([folders('refused').length, folders('passes').length].every((count) => count > 0)).toBe(true);
});

describe('own rules', () => {
  const own = () => join(place, 'examples/own-rules');
  const tsc = (...files: readonly string[]) => {
    const options = ['--ignoreConfig', '--noEmit', '--strict', '--checkJs', '--allowJs', '--target', 'es2022'];
    const modules = ['--module', 'nodenext', '--moduleResolution', 'nodenext', '--types', ''];
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...modules, ...files],
      { cwd: own(), encoding: 'utf8' },
    );
    return { status, errors: stdout.split('\n').filter((line) => line.includes('error TS')) };
  };

  test('the example is of the shipped types; a misspelt attribute or argument is an error', () => {
    const file = 'rules/servers-carry-owner.mjs';
    expect(tsc(file)).toEqual({ status: 0, errors: [] });
    const good = readFileSync(join(own(), file), 'utf8');
    const wrong = {
      'attribute.mjs': good.replace("attr('labels'", "attr('lables'"),
      'argument.mjs': good.replace('labels: { owner: ', 'lables: { owner: '),
      'severity.mjs': good.replace("severity: 'medium'", "severity: 'middling'"),
      'truth.mjs': good.replace('check: (host) => holds(', 'check: (host) => !holds('),
    };
    for (const [name, text] of Object.entries(wrong)) {
      writeFileSync(join(own(), name), text);
      const { status, errors } = tsc(name);
      expect([name, status === 0, errors.length > 0]).toEqual([name, false, true]);
      expect(errors[0]).toContain(name);
    }
  });

  test('its examples are judged, its verdict stands among the others, and it has a page', () => {
    const tested = lukkoAt(own(), 'rules', '--rules', 'rules', '--test');
    expect(tested).toMatchObject({ code: 0, err: '' });
    expect(tested.out.split('\n').filter((line) => line.startsWith('ok'))).toHaveLength(3);
    const checked = lukkoAt(own(), 'check', '-f', 'json', '.');
    const { findings } = JSON.parse(checked.out) as { findings: { rule: string; verdict: string }[] };
    expect(findings).toContainEqual(expect.objectContaining({ rule: 'servers-carry-owner', verdict: 'fail' }));
    const page = lukkoAt(own(), 'explain', 'servers-carry-owner', '--rules', 'rules');
    expect(page).toMatchObject({ code: 0, err: '' });
    expect(page.out).toContain('hcloud_server.web names nobody who answers for it');
  });

  const rule = (check: string) => `export default (kit) => ({
    id: 'own', title: 'Own', severity: 'low', waivable: true, controls: ['ISO27001:2022/A.8.9'], rationale: 'r',
    remediation: 'f', appliesTo: ['hcloud_server'], check: ${check}, message: () => 'm' });`;
  const withRule = (text: string, name = 'own.mjs') => {
    rmSync(join(own(), 'rules'), { recursive: true });
    mkdirSync(join(own(), 'rules'));
    writeFileSync(join(own(), 'rules', name), text);
    return lukkoAt(own(), 'check', '.');
  };

  test.each([
    ['throws', rule("() => { throw new Error('no knife'); }")],
    ['answers nothing', rule('() => undefined')],
    ['answers true', rule('() => true')],
    ['passes without a reason', rule('() => kit.yes()')],
    ['gives a promise', rule('async (server) => kit.yes({ at: server.id, saw: "x" })')],
    ['gives a reason that is none', rule('() => ({ is: true, because: [{}] })')],
  ])('a rule that %s is an error about that rule, never a pass', (_, text) => {
    const { code, out, err } = withRule(text);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toContain('error[own]: not proven: rule own could not judge hcloud_server.web');
    expect(out).toContain('it stands in rules/own.mjs');
  });

  test.each([
    ['is no module', 'export default {'],
    ['imports what lies outside', "import '../lukko.yaml.mjs';"],
    ['imports a package', "import 'ipaddr.js';"],
    ['throws when it is loaded', "throw new Error('no orchard');"],
    ['throws when it makes its rule', "export default () => { throw new Error('no orchard'); };"],
    ['waits for ever', 'await new Promise(() => {});'],
    ['exports nothing', 'export const rule = 1;'],
    ['has a field that is none', rule('() => kit.yes()').replace("title: 'Own'", "titel: 'Own'")],
    ['has no id', rule('() => kit.yes()').replace("id: 'own',", '')],
    ['names a type that is none', rule('() => kit.yes()').replace("'hcloud_server'", "'hcloud_servr'")],
    ['has the name of a rule of lukko', rule('() => kit.yes()').replace("'own'", "'locations-in-eu'")],
  ])('a module that %s is exit 2', (_, text) => {
    const { code, out, err } = withRule(text);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatchSnapshot();
  });

  test('a rule in TypeScript runs where Node strips types, and elsewhere says what is needed', () => {
    const text = `${rule('(server: { id: string }) => kit.no({ at: server.id, saw: "x" })').replace('(kit)', '(kit: any)')}`;
    const { code, out, err } = withRule(text, 'own.ts');
    if ((process.features as { typescript?: unknown }).typescript) expect(out).toContain('[own]');
    else expect({ code, err: err.replace(/\d+\.\d+\.\d+/, '<version>') }).toMatchSnapshot();
  });
});

test('nothing to check is no pass', () => {
  const { code, out, err } = lukko('check', 'node_modules');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('nothing to check here');
});

test('it knows its rules and explains each', () => {
  const { out } = lukko('rules', '--format', 'json');
  const ids = (JSON.parse(out) as { id: string }[]).map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(0);
  for (const id of ids.slice(0, 2)) expect(lukko('explain', id)).toMatchObject({ code: 0, err: '' });
});

test('a reader that goes away early is no failure', () => {
  const pipe = `'${join(place, 'node_modules/.bin/lukko')}' rules | head -n 1`;
  const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', pipe], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

describe('the code cache made at build', () => {
  const dist = join(root, 'packages/cli/dist');

  /** Runs a copy of the bundle and its cache, and says what the loader handed to V8. */
  function started(name: string, change: (file: string, cache: string) => void, ...options: readonly string[]) {
    const directory = join(place, name);
    const file = join(directory, 'lukko.js');
    const cache = join(directory, 'lukko.cache');
    mkdirSync(directory);
    cpSync(join(dist, 'lukko.js'), file);
    cpSync(join(dist, 'lukko.cache'), cache);
    change(file, cache);
    const hook = join(directory, 'hook.cjs');
    writeFileSync(
      hook,
      `const vm = require('node:vm'); const { Script } = vm;
      vm.Script = class extends Script { constructor(text, options) { super(text, options);
        const said = options.cachedData === undefined ? 'not used' : this.cachedDataRejected ? 'rejected' : 'used';
        process.stderr.write(said); } };`,
    );
    const { NODE_OPTIONS: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [...options, '--require', hook, file, '--version'], {
      encoding: 'utf8',
      env,
    });
    return { status, version: stdout.trim(), cache: stderr };
  }

  const version = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8')).version;

  test('is used', () => {
    expect(started('whole', () => {})).toEqual({ status: 0, version, cache: 'used' });
  });

  test('is not needed', () => {
    expect(started('alone', (_, cache) => rmSync(cache))).toEqual({ status: 0, version, cache: 'not used' });
  });

  test('is refused by V8 under other flags, and the program runs all the same', () => {
    expect(started('flags', () => {}, '--no-opt')).toEqual({ status: 0, version, cache: 'rejected' });
  });

  test('is not even shown to V8 when one bit of it was changed', () => {
    const flip = (_: string, cache: string) => {
      const bytes = readFileSync(cache);
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
      writeFileSync(cache, bytes);
    };
    expect(started('changed', flip)).toEqual({ status: 0, version, cache: 'not used' });
  });

  test('never hides a change of the program', () => {
    const patch = (file: string) => {
      const text = readFileSync(file, 'latin1');
      const changed = text.replaceAll(`"${version}"`, '"7.7.7"');
      expect([changed.length, changed === text]).toEqual([text.length, false]);
      writeFileSync(file, changed, 'latin1');
    };
    expect(started('patched', patch)).toEqual({ status: 0, version: '7.7.7', cache: 'not used' });
  });
});
