import { parse } from 'yaml';
import { firstBoot } from '../__tests__/boot/first-boot.ts';
import { buildImage } from '../__tests__/boot/image.ts';
import { powerCuts } from '../__tests__/boot/power-cuts.ts';
import { rebuild } from '../__tests__/boot/rebuild.ts';
import { has } from '../__tests__/boot/run.ts';
import { Suite } from '../__tests__/boot/suite.ts';
import { built, serversOf, shipped } from '../__tests__/stacks/built.ts';

const print = (text: string) => void process.stdout.write(`${text}\n`);
const PROGRAMS = [
  'qemu-system-x86_64',
  'qemu-img',
  'mmdebstrap',
  'mke2fs',
  'socat',
  'ssh',
  'ssh-keygen',
  'jose',
  'age',
  'cryptsetup',
];

function packagesOf(data: boolean): readonly string[] {
  const example = built(shipped('example.yaml'));
  const texts = [...example.documents].flatMap(([stack, document]) =>
    (stack === 'keys') !== data ? serversOf(document).map(([, server]) => String(server.user_data)) : [],
  );
  return texts.flatMap((text) => (parse(text) as { packages: string[] }).packages);
}

async function main(args: readonly string[]): Promise<number> {
  const missing = PROGRAMS.filter((program) => !has(program));
  if (missing.length > 0) {
    print(`not run: ${missing.join(', ')} not installed`);
    print('0 passed, 1 failed');
    return 1;
  }
  const only = args.find((arg) => !arg.startsWith('-'));
  process.on('SIGTERM', () => process.exit(143)).on('SIGINT', () => process.exit(130));
  const suite = new Suite(
    buildImage('data', packagesOf(true), print),
    print,
    only === undefined ? undefined : new RegExp(only),
  );
  await suite.probe();
  const all = args.includes('--all');
  await firstBoot(suite);
  await rebuild(suite);
  await powerCuts(suite, all ? 5 : 1);
  suite.close(args.includes('--keep'));
  print(`${suite.passed} passed, ${suite.failed.length} failed`);
  return suite.failed.length === 0 ? 0 : 1;
}

void main(process.argv.slice(2)).then((code) => {
  process.exit(code);
});
