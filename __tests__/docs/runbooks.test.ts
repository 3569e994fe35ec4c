import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { has, run } from '../boot/run.ts';
import { built, REPOSITORY, serversOf, shipped } from '../stacks/built.ts';
import { onHost } from '../stacks/on-host.ts';
import { COMMANDS } from './runbook-commands.ts';

/* What a runbook names is there: commands of lukko with their options, scripts and units of the payload, fields of the configuration, pages. */

const folder = path.join(REPOSITORY, 'docs/runbooks');
const pages = readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')] as const);
const reference = readFileSync(path.join(REPOSITORY, 'docs/cli.md'), 'utf8');
const hosts = [...built(shipped('example.yaml')).documents.values()]
  .flatMap((document) => serversOf(document))
  .map(([, { user_data }]) => onHost(user_data));
const files = new Set(hosts.flatMap((host) => host.files.map((file) => file.path)));
const packages = new Set(hosts.flatMap((host) => host.packages));
const configuration: unknown = parse(readFileSync(path.join(REPOSITORY, 'config/example.yaml'), 'utf8'));

/** Words between backquotes, and the lines of code blocks. */
const quoted = (text: string): readonly string[] => [
  ...[...text.replaceAll(/```[^]*?```/g, '').matchAll(/`([^`]+)`/g)].map(([, words = '']) =>
    words.replaceAll(/\s+/g, ' '),
  ),
  ...blocksOf(text).flatMap((block) => block.split('\n')),
];
const blocksOf = (text: string): readonly string[] =>
  [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, block = '']) => block.replaceAll(/^ {3}/gm, ''));

test.each(pages)('%s: every command of lukko is one, with its options', (_, text) => {
  for (const words of quoted(text)) {
    for (const [, line = ''] of words.matchAll(/(?:^|[;|&] )lukko ([^;|&]*)/g)) {
      const verbs = /^[a-z]+(?: [a-z]+)?(?= |$)/.exec(line)?.[0].split(' ') ?? [];
      const section = (name: string) =>
        new RegExp(`^## lukko ${name}$([^]*?)(?=^## |$(?![^]))`, 'm').exec(reference)?.[1];
      const found = section(verbs.join(' ')) ?? section(verbs[0] ?? '');
      expect([line, found !== undefined]).toEqual([line, true]);
      for (const [option] of line.matchAll(/--[a-z-]+/g))
        expect([line, option, found?.includes(`${option} `)]).toEqual([line, option, true]);
    }
  }
});

test.each(pages)('%s: every script and unit is in a payload', (_, text) => {
  for (const words of quoted(text)) {
    for (const [, script = ''] of words.matchAll(/(?:\/usr\/local\/lib\/lukko|…)\/([a-z-]+)(?![a-z-]*\/)/g))
      expect([words, files.has(`/usr/local/lib/lukko/${script}`)]).toEqual([words, true]);
    for (const [unit] of words.matchAll(
      /(?<=systemctl [^|;&]*|journalctl -u )\b(?:lukko-[a-z-]+|srv-lukko|caddy)(?:\.(?:service|target|mount|path))?/g,
    )) {
      const [name = '', kind = 'service'] = unit.split('.');
      const there = [`/etc/systemd/system/${name}.${kind}`, `/etc/containers/systemd/${name}.container`].some((file) =>
        files.has(file),
      );
      expect([words, unit, there]).toEqual([words, unit, true]);
    }
  }
});

test.each(pages)('%s: every field is one of the configuration, every page there', (_, text) => {
  for (const words of quoted(text)) {
    if (!/^(access|dns|certificates|hosts|keys|retention|images|locations)\.[A-Za-z.<>]+$/.test(words)) continue;
    const steps = words.replace('<host>', 'logs').split('.');
    const value = steps.reduce<unknown>(
      (at, step) => (at as Record<string, unknown> | undefined)?.[step],
      configuration,
    );
    // What may be left out and is not in the example stands in the schema.
    const schema = readFileSync(path.join(REPOSITORY, 'packages/formats/schemas/zz_config.schema.json'), 'utf8');
    expect([words, value !== undefined || schema.includes(`"${steps.at(-1)}"`)]).toEqual([words, true]);
  }
  for (const [, page = ''] of text.matchAll(/\]\(([a-z-]+\.md)\)/g))
    expect([page, existsSync(path.join(folder, page))]).toEqual([page, true]);
});

/** What a reader types: the first line of a block stands for it. Each with the step it stands in, from one number to the next. */
const PROGRAM =
  /^(?:lukko [a-z]|npx cdktf |ssh |ssh-keygen |ssh-add |systemctl |journalctl |cryptsetup |restic |age |podman |jq |mount |df |ls |rm |tar |chown |head |export |\/usr\/local\/lib\/lukko\/|…\/[a-z-]+$)/;
const commandsOf = (text: string): readonly (readonly [command: string, step: string])[] =>
  text
    .split(/^(?=\d+\. |\*\*)/m)
    .flatMap((step) =>
      [
        ...[...step.replaceAll(/```[^]*?```/g, '').matchAll(/`([^`]+)`/g)].map(([, words = '']) =>
          words.replaceAll(/\s+/g, ' '),
        ),
        ...blocksOf(step).map((block) => block.split('\n')[0] ?? ''),
      ]
        .filter((words) => PROGRAM.test(words))
        .map((words) => [words, step] as const),
    );

test.each(pages)('%s: each command is tried by a test, or its step says that it is not', (name, text) => {
  const known = COMMANDS[name] ?? {};
  const found = commandsOf(text);
  expect([...new Set(found.map(([command]) => command))].sort()).toEqual(Object.keys(known).sort());
  for (const [command, step] of found) {
    const tried = known[command];
    if (tried === 'not tried here') expect([command, step.includes('*Not tried here*')]).toEqual([command, true]);
  }
  for (const [command, tried] of Object.entries(known)) {
    if (tried === 'not tried here') continue;
    const [file, words] = tried;
    const there = readFileSync(path.join(REPOSITORY, '__tests__', file), 'utf8').includes(words);
    expect([command, file, words, there]).toEqual([command, file, words, true]);
  }
});

test('programs a runbook runs on a host come with its packages', () => {
  const from: Readonly<Record<string, string>> = {
    age: 'age',
    cryptsetup: 'cryptsetup-bin',
    jq: 'jq',
    restic: 'restic',
    podman: 'podman',
  };
  for (const name of Object.values(from)) expect([name, packages.has(name)]).toEqual([name, true]);
});

const needed = ['cryptsetup', 'age', 'age-keygen', 'jq'].filter((program) => !has(program));

test(
  needed.length === 0
    ? 'the recovery key is unsealed, changed and sealed to other people as the pages say'
    : `not run: recovery (no ${needed.join(', ')})`,
  () => {
    if (needed.length > 0) {
      process.stdout.write(`not run: the recovery key as the pages say (no ${needed.join(', ')} on this machine)\n`);
      expect(needed).not.toEqual([]);
      return;
    }
    const root = mkdtempSync(path.join(tmpdir(), 'lukko-runbook-'));
    try {
      const disk = path.join(root, 'disk');
      const [leaver, first, second] = ['leaver', 'identity', 'second'].map((name) => {
        execFileSync('age-keygen', ['-o', path.join(root, name)], { stdio: 'ignore' });
        return execFileSync('age-keygen', ['-y', path.join(root, name)], { encoding: 'utf8' }).trim();
      }) as [string, string, string];
      // As the volume script sets it up.
      const old = 'a'.repeat(64);
      execFileSync('truncate', ['-s', '24M', disk]);
      const fast = ['--type', 'luks2', '--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
      execFileSync('cryptsetup', ['luksFormat', '-q', ...fast, '--key-file', '-', disk], { input: old });
      const age = execFileSync('age', ['--encrypt', '-r', leaver, '-r', first], { input: old }).toString('base64');
      const token = { type: 'lukko-recovery', keyslots: ['0'], recipients: `${leaver} ${first}`, age };
      execFileSync('cryptsetup', ['token', 'import', '--json-file', '-', disk], { input: JSON.stringify(token) });
      const page = (name: string) => blocksOf(pages.find(([file]) => file === name)?.[1] ?? '');
      const does = (block: string, change: (text: string) => string = (text) => text) => {
        const text = change(block.replaceAll('<device>', disk));
        const { status, stderr } = run('sh', ['-euc', text], { cwd: root });
        expect([text, status, status === 0 ? '' : stderr]).toEqual([text, 0, '']);
      };
      const [exported = '', unsealed = ''] = page('recovery-key.md');
      does(exported);
      does(unsealed);
      expect(readFileSync(path.join(root, 'key'), 'utf8')).toBe(old);
      writeFileSync(path.join(root, 'run-key'), old);
      const [changed = ''] = page('rotate.md');
      does(changed, (text) =>
        text
          .replaceAll('/run/', `${root}/run-`)
          .replaceAll('<id>', '0')
          .replaceAll('<recipients>', `${first} ${second}`)
          .replace(/^rm .*$/m, ''),
      );
      const now = readFileSync(path.join(root, 'run-new'), 'utf8');
      expect(now).toMatch(/^[0-9a-f]{64}$/);
      does(exported);
      does(unsealed);
      expect(readFileSync(path.join(root, 'key'), 'utf8')).toBe(now);
      // Who left opens nothing any more: neither with the old key nor with the new token.
      expect(run('cryptsetup', ['open', '--test-passphrase', '--key-file', '-', disk], { input: old }).status).not.toBe(
        0,
      );
      expect(run('sh', ['-c', unsealed.replace('-i identity', '-i leaver')], { cwd: root }).status).not.toBe(0);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
);
