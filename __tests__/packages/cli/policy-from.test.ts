import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { report as reportFormat } from '@lukko/formats';
import { directoryWith, lukko } from './fake-ports.ts';

/*
 * A pull request cannot bring its own permission: with --policy-from, lukko.yaml and all it names are those of the commit, and
 * what the work tree says of them is only listed. Real git, real repositories.
 */
const abroad = JSON.stringify({
  provider: { hcloud: [{}] },
  resource: { hcloud_primary_ip: { ip: { name: 'ip', type: 'ipv4', location: 'ash' } } },
});
const waivers = (id: string) => `schemaVersion: 1
waivers:
  - id: ${id}
    rule: locations-in-eu
    address: hcloud_primary_ip.ip
    reason: moves home in July
    owner: ops
    approver: ciso
    expires: 2026-12-31
`;
const strict = 'schemaVersion: 1\nposture: eu-sovereign\nwaivers: waivers.yaml\n';
const lax = 'schemaVersion: 1\nposture: recommended\nwaivers: waivers.yaml\n';
const none = 'schemaVersion: 1\nwaivers: []\n';

function git(directory: string, ...args: string[]): string {
  const identity = [
    '-c',
    'user.name=orchard',
    '-c',
    'user.email=orchard@orchard.example',
    '-c',
    'commit.gpgsign=false',
  ];
  return execFileSync('git', [...identity, ...args], { cwd: directory, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function repository(files: Readonly<Record<string, string>>): string {
  const directory = directoryWith({ 'main.tf.json': abroad, ...files });
  git(directory, 'init', '-q', '-b', 'main');
  git(directory, 'add', '-A');
  git(directory, 'commit', '-q', '-m', 'main');
  return directory;
}

async function report(directory: string, ...args: string[]) {
  const ran = await lukko(directory, ['check', '-f', 'json', ...args]);
  return { ...ran, report: ran.out === '' ? undefined : reportFormat.parse(JSON.parse(ran.out)) };
}

test('what the work tree says of the policy does not count, and is listed', async () => {
  const directory = repository({
    'lukko.yaml': strict,
    'waivers.yaml': none,
    'register.yaml': 'schemaVersion: 1\nservices: []\n',
  });
  const before = await report(directory, '--policy-from', 'main');
  writeFileSync(join(directory, 'lukko.yaml'), `${lax}register: register.yaml\n`);
  writeFileSync(join(directory, 'waivers.yaml'), waivers('my-own'));
  const own = await report(directory);
  const ran = await report(directory, '--policy-from', 'main');
  expect(own).toMatchObject({ code: 0, report: { posture: 'recommended', summary: { waived: 1 } } });
  expect(ran).toMatchObject({ code: 1, report: { posture: 'eu-sovereign', summary: { waived: 0 } } });
  expect(ran.report?.policy).toMatchObject({
    from: { ref: 'main', commit: git(directory, 'rev-parse', 'main') },
    changes: [
      {
        file: 'lukko.yaml',
        change: 'changed',
        what: ['posture: eu-sovereign → recommended', 'register: not set → register.yaml'],
      },
      { file: 'waivers.yaml', change: 'changed', what: ['adds waiver my-own'] },
    ],
  });
  expect(ran.report?.policy.sha256).toBe(before.report?.policy.sha256);
  expect(own.report?.policy.sha256).not.toBe(before.report?.policy.sha256);
  const { out } = await lukko(directory, ['check', '--policy-from', 'main']);
  const said = out.split('\n').filter((line) => line.startsWith('policy'));
  expect(said.join('\n').replace(/[0-9a-f]{12}/g, '<commit>')).toMatchSnapshot();
});

test('the digest is over content, wherever it was read and from where', async () => {
  const directory = repository({ 'lukko.yaml': lax, 'waivers.yaml': none, 'deep/main.tf.json': abroad });
  const digests = [
    await report(directory, '--policy-from', 'HEAD'),
    await report(directory),
    await report(join(directory, 'deep'), '--policy-from', 'HEAD'),
  ].map((ran) => ran.report?.policy.sha256);
  expect(new Set(digests).size).toBe(1);
});

test('a request that brings a policy where there was none is judged without it', async () => {
  const directory = repository({});
  writeFileSync(join(directory, 'lukko.yaml'), lax);
  writeFileSync(join(directory, 'waivers.yaml'), waivers('my-own'));
  const ran = await report(directory, '--policy-from', 'main');
  expect(ran).toMatchObject({ code: 1, report: { posture: 'recommended', policy: { files: [] } } });
  expect(ran.report?.policy.changes).toMatchObject([
    { file: 'lukko.yaml', change: 'added' },
    { file: 'waivers.yaml', change: 'added', what: ['adds waiver my-own'] },
  ]);
});

test('a work tree that cannot be read as a policy changes nothing, and says so', async () => {
  const directory = repository({ 'lukko.yaml': lax, 'waivers.yaml': none });
  writeFileSync(join(directory, 'lukko.yaml'), '\u0000{{{');
  rmSync(join(directory, 'waivers.yaml'));
  mkdirSync(join(directory, 'waivers.yaml'));
  const ran = await report(directory, '--policy-from', 'main');
  expect(ran.report?.policy.changes).toEqual([
    { file: 'lukko.yaml', change: 'changed', what: ['it cannot be read as what it is'] },
    { file: 'waivers.yaml', change: 'removed', what: [] },
  ]);
});

test('neither the index nor a replaced object nor a variable of git changes what is read', async () => {
  const directory = repository({ 'lukko.yaml': strict, 'waivers.yaml': none });
  const original = git(directory, 'rev-parse', 'main:lukko.yaml');
  writeFileSync(join(directory, 'lukko.yaml'), lax);
  git(directory, 'add', '-A');
  const forged = git(directory, 'hash-object', '-w', 'lukko.yaml');
  git(directory, 'replace', original, forged);
  const other = repository({ 'lukko.yaml': lax, 'waivers.yaml': waivers('x') });
  process.env.GIT_DIR = join(other, '.git');
  try {
    expect(await report(directory, '--policy-from', 'main')).toMatchObject({
      code: 1,
      report: { posture: 'eu-sovereign' },
    });
  } finally {
    delete process.env.GIT_DIR;
  }
});

test('own rules are those of the commit', async () => {
  const rule = (verdict: string) => `export default (kit) => ({
    id: 'own', title: 'Own', severity: 'low', waivable: true, controls: ['ISO27001:2022/A.8.9'], rationale: 'r',
    remediation: 'f', appliesTo: ['hcloud_primary_ip'], check: (ip) => kit.${verdict}({ at: ip.id, saw: 's' }), message: () => 'm' });`;
  const directory = repository({
    'lukko.yaml': `${lax}rules: rules\n`,
    'waivers.yaml': none,
    'rules/own.mjs': rule('no'),
  });
  writeFileSync(join(directory, 'rules/own.mjs'), rule('yes'));
  writeFileSync(join(directory, 'rules/new.mjs'), rule('no').replace("'own'", "'new'"));
  const seen: Record<string, string> = {};
  const importModules = async (files: ReadonlyMap<string, Uint8Array>, entries: readonly string[]) => {
    for (const entry of entries) seen[entry] = Buffer.from(files.get(entry) ?? []).toString();
    return entries.map((entry) => ({ entry, module: { default: [] } }));
  };
  const ran = await lukko(directory, ['check', '-f', 'json', '--policy-from', 'main'], { importModules });
  expect(seen).toEqual({ 'own.mjs': rule('no') });
  expect(reportFormat.parse(JSON.parse(ran.out)).policy.changes).toEqual([
    { file: 'rules/new.mjs', change: 'added', what: [] },
    { file: 'rules/own.mjs', change: 'changed', what: [] },
  ]);
});

describe('exit 2, and nothing is judged', () => {
  const inRepository = async (...args: string[]) => {
    const directory = repository({ 'lukko.yaml': lax, 'waivers.yaml': none });
    return report(directory, '--policy-from', ...args);
  };
  test.each(['nowhere', '--upload-pack=x', 'main:lukko.yaml', ''])('no such commit: %j', async (ref) => {
    const ran = await inRepository(ref);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('no such commit in this repository');
  });

  test('no repository', async () => {
    const directory = directoryWith({ 'main.tf.json': abroad });
    const ran = await report(directory, '--policy-from', 'main');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('expected a git repository here');
  });

  test('a name that means a branch and a tag', async () => {
    const directory = repository({ 'lukko.yaml': lax, 'waivers.yaml': none });
    git(directory, 'tag', 'main');
    const ran = await report(directory, '--policy-from', 'main');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toMatchSnapshot();
    expect(await report(directory, '--policy-from', 'refs/heads/main')).toMatchObject({ code: 1 });
  });

  test('a policy that is a link', async () => {
    const directory = repository({ 'other.yaml': lax, 'waivers.yaml': none });
    symlinkSync('other.yaml', join(directory, 'lukko.yaml'));
    git(directory, 'add', '-A');
    git(directory, 'commit', '-q', '-m', 'link');
    const ran = await report(directory, '--policy-from', 'main');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toMatchSnapshot();
    expect(readdirSync(directory)).toContain('lukko.yaml');
  });
});
