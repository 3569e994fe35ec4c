import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parse } from 'yaml';
import { buildImage } from '../__tests__/boot/image.ts';
import { canAccelerate } from '../__tests__/boot/machine.ts';
import { has } from '../__tests__/boot/run.ts';
import { SCENARIOS } from '../__tests__/boot/scenarios.ts';
import { Suite } from '../__tests__/boot/suite.ts';
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
const USAGE = `npm run test:boot -- [--ci] [--keep] [--list] [pattern]
  pattern   only the scenarios whose name it matches (a regular expression)
  --ci      only the scenarios that CI runs
  --keep    keeps the folder with disks and consoles
  --list    names the scenarios and ends`;

function packagesOfDataHosts(): readonly string[] {
  const example = built(shipped('example.yaml'));
  const texts = [...example.documents].flatMap(([stack, document]) =>
    stack === 'keys' ? [] : serversOf(document).map(([, server]) => String(server.user_data)),
  );
  return texts.flatMap((text) => (parse(text) as { packages: string[] }).packages);
}

/** Boots the payloads of the stacks in QEMU. 0 when all that was asked for held, 1 when something did not, 2 for wrong arguments. */
async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => arg.startsWith('-') && !['--ci', '--keep', '--list'].includes(arg));
  const patterns = args.filter((arg) => !arg.startsWith('-'));
  const chosen = SCENARIOS.filter(
    ({ name, ci }) => (ci || !args.includes('--ci')) && patterns.every((pattern) => new RegExp(pattern).test(name)),
  );
  if (unknown.length > 0 || chosen.length === 0) {
    print(unknown.length > 0 ? `unknown: ${unknown.join(' ')}` : `no scenario is called ${patterns.join(' ')}`);
    print(USAGE);
    return 2;
  }
  if (args.includes('--list')) {
    for (const { name, ci } of chosen) print(ci ? `${name} (CI)` : name);
    return 0;
  }
  const missing = PROGRAMS.filter((program) => !has(program));
  if (missing.length > 0) {
    print(`not run: ${missing.join(', ')} not installed; nothing was booted`);
    print('0 passed, 1 failed');
    return 1;
  }
  process.on('SIGTERM', () => process.exit(143)).on('SIGINT', () => process.exit(130));
  const image = buildImage('data', packagesOfDataHosts(), print);
  mkdirSync(tmpdir(), { recursive: true });
  const accelerated = await canAccelerate(image, tmpdir());
  print(`guests run ${accelerated ? 'with KVM' : 'emulated: no guest starts with KVM here'}`);
  const suite = new Suite(image, accelerated, print);
  process.on('exit', () => suite.close(args.includes('--keep')));
  for (const scenario of chosen) await suite.run(scenario);
  print(`${suite.passed} passed, ${suite.failed.length} failed`);
  return suite.failed.length === 0 ? 0 : 1;
}

void main(process.argv.slice(2)).then((code) => {
  process.exit(code);
});
