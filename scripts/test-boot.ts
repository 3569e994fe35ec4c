import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { parse } from 'yaml';
import { buildImage } from '../__tests__/boot/image.ts';
import { canAccelerate } from '../__tests__/boot/machine.ts';
import { has } from '../__tests__/boot/run.ts';
import { SCENARIOS } from '../__tests__/boot/scenarios.ts';
import { type Scenario, Suite } from '../__tests__/boot/suite.ts';
import { built, serversOf, shipped } from '../__tests__/stacks/built.ts';

const print = (text: string) => void process.stdout.write(`${text}\n`);
const PROGRAMS = [
  'qemu-system-x86_64',
  'qemu-img',
  'mmdebstrap',
  'mke2fs',
  'ssh',
  'ssh-keygen',
  'jose',
  'age',
  'cryptsetup',
  '/usr/libexec/tangd',
];
const USAGE = `npm run test:boot -- [--core] [--jobs=<n>] [--keep] [--list] [pattern]
  pattern   only the scenarios whose name it matches (a regular expression)
  --core    only the scenarios that matter most
  --jobs    how many guests may run at once, once the first has booted; 1 unless it is given
  --keep    keeps the folder with disks and consoles
  --list    names the scenarios and ends`;
const OPTION = /^--(core|keep|list|one|jobs=[1-9]\d?)$/;

function packagesOfDataHosts(): readonly string[] {
  const example = built(shipped('example.yaml'));
  const texts = [...example.documents].flatMap(([stack, document]) =>
    stack === 'keys' ? [] : serversOf(document).map(([, server]) => String(server.user_data)),
  );
  return texts.flatMap((text) => (parse(text) as { packages: string[] }).packages);
}

/** Boots the payloads of the stacks in QEMU. 0 when all that was asked for held, 1 when something did not, 2 for wrong arguments. */
async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => arg.startsWith('-') && !OPTION.test(arg));
  const patterns = args.filter((arg) => !arg.startsWith('-'));
  // `--one` is how this program calls itself: a whole name, and only what the scenario says.
  const one = args.includes('--one');
  const matches = (name: string) => patterns.every((each) => (one ? each === name : new RegExp(each).test(name)));
  const list = args.includes('--list');
  const chosen = SCENARIOS.filter(
    ({ name, core, onlyByName = false }) =>
      (core || !args.includes('--core')) && (!onlyByName || list || patterns.length > 0) && matches(name),
  );
  if (unknown.length > 0 || chosen.length === 0) {
    print(unknown.length > 0 ? `unknown: ${unknown.join(' ')}` : `no scenario is called ${patterns.join(' ')}`);
    print(USAGE);
    return 2;
  }
  if (list) {
    for (const { name, core, onlyByName } of chosen)
      print(`${name}${core ? ' (core)' : ''}${onlyByName ? ' (only when named)' : ''}`);
    return 0;
  }
  const missing = PROGRAMS.filter((program) => !has(program));
  if (missing.length > 0) {
    print(`not run: ${chosen.map(({ name }) => name).join('; ')}`);
    print(`because ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed`);
    return 3;
  }
  process.on('SIGTERM', () => process.exit(143)).on('SIGINT', () => process.exit(130));
  const image = buildImage('data', packagesOfDataHosts(), print);
  const accelerated = await canAccelerate(image, tmpdir());
  if (!one) print(`guests run ${accelerated ? 'with KVM' : 'emulated: no guest starts with KVM here'}`);
  const suite = new Suite(image, accelerated, print);
  process.on('exit', () => suite.close(args.includes('--keep')));
  const jobs = Number(args.find((arg) => arg.startsWith('--jobs='))?.slice('--jobs='.length) ?? 1);
  const alone = jobs === 1 ? chosen : chosen.slice(0, chosen[0] === SCENARIOS[0] ? 1 : 0);
  for (const scenario of alone) await suite.run(scenario);
  if (alone.length < chosen.length) {
    await suite.savedAll();
    await together(suite, chosen.slice(alone.length), jobs);
  }
  print(`${suite.passed} passed, ${suite.failed.length} failed`);
  return suite.failed.length === 0 ? 0 : 1;
}

/** Runs scenarios side by side, each in a process of its own; what one says is printed when it ended. */
async function together(suite: Suite, scenarios: readonly Scenario[], jobs: number): Promise<void> {
  const waiting = [...scenarios];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const text = await apart(next.name);
      const lines = text.trimEnd().split('\n');
      const [, passed = '0', failed = '1'] = /^(\d+) passed, (\d+) failed$/.exec(lines.at(-1) ?? '') ?? [];
      print(lines.slice(0, -1).join('\n'));
      suite.passed += Number(passed);
      for (let count = 0; count < Number(failed); count += 1) suite.failed.push(next.name);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}

function apart(name: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, __filename, '--one', name]);
    const end = () => child.kill('SIGTERM');
    process.on('exit', end);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += String(data)));
    child.on('close', (code) => {
      process.off('exit', end);
      resolve(
        /\d+ passed, \d+ failed\n$/.test(text)
          ? text
          : `${text}\n  FAILED  it ended with ${code}\n0 passed, 1 failed\n`,
      );
    });
  });
}

void main(process.argv.slice(2)).then((code) => {
  process.exit(code);
});
