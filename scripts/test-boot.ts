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
const USAGE = `npm run test:boot -- [--core] [--jobs=<n>] [--again] [--minutes=<n>] [--keep] [--list] [pattern]
  pattern   only the scenarios whose name it matches (a regular expression)
  --core    only the scenarios that matter most
  --jobs    how many guests may run at once, once the first has booted; 1 unless it is given
  --again   what did not hold is run once more, and counts by what it said then
  --minutes after so many, nothing new is begun, what runs is ended, and what was not run to its end is named
  --keep    keeps the folder with disks and consoles
  --list    names the scenarios and ends`;
const OPTION = /^--(core|keep|list|one|again|jobs=[1-9]\d?|minutes=[1-9]\d{0,2})$/;

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
  const number = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const jobs = Number(number('jobs') ?? 1);
  const run = new Run(suite, Number(number('minutes') ?? Number.POSITIVE_INFINITY), args.includes('--again'));
  const alone = jobs === 1 ? chosen : chosen.slice(0, chosen[0] === SCENARIOS[0] ? 1 : 0);
  await run.oneByOne(alone, chosen);
  if (alone.length < chosen.length) {
    await suite.savedAll();
    await run.together(chosen.slice(alone.length), jobs);
  }
  return run.close();
}

/** A run of scenarios: what held, what did not, and what there was no time for. */
class Run {
  private readonly suite: Suite;
  private readonly ends: number;
  private readonly again: boolean;
  private readonly late: string[] = [];

  constructor(suite: Suite, minutes: number, again: boolean) {
    this.suite = suite;
    this.ends = Date.now() + minutes * 60_000;
    this.again = again;
  }

  /** In this process; when the time is over, the process ends. @param all what would have come after them, too */
  async oneByOne(scenarios: readonly Scenario[], all: readonly Scenario[]): Promise<void> {
    const { suite } = this;
    let begun = 0;
    const timer = atTime(this.ends, () => {
      this.late.push(...all.slice(begun - 1).map(({ name }) => name));
      process.exit(this.close());
    });
    for (const scenario of scenarios) {
      begun += 1;
      const [passed, failed] = [suite.passed, suite.failed.length];
      await suite.run(scenario);
      if (!this.again || suite.failed.length === failed) continue;
      suite.passed = passed;
      suite.failed.length = failed;
      print('once more, since it did not hold:');
      await suite.run(scenario);
    }
    clearTimeout(timer);
  }

  /** Side by side, each in a process of its own; what one says is printed when it ended. */
  async together(scenarios: readonly Scenario[], jobs: number): Promise<void> {
    const waiting = [...scenarios];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { name } = next;
        let said = await this.apart(name);
        if (said !== undefined && said.failed > 0 && this.again) {
          print('once more, since it did not hold:');
          said = await this.apart(name);
        }
        if (said === undefined) this.late.push(name);
        this.suite.passed += said?.passed ?? 0;
        for (let count = 0; count < (said?.failed ?? 0); count += 1) this.suite.failed.push(name);
      }
    };
    await Promise.all(Array.from({ length: jobs }, worker));
  }

  /** Prints what the counts are. @returns the exit code */
  close(): number {
    const { passed, failed } = this.suite;
    if (this.late.length > 0) print(`not run to the end, for lack of time: ${this.late.join('; ')}`);
    print(`${passed} passed, ${failed.length} failed`);
    return failed.length === 0 ? 0 : 1;
  }

  /** Undefined where the time was over first. */
  private async apart(name: string): Promise<{ readonly passed: number; readonly failed: number } | undefined> {
    if (Date.now() >= this.ends) return undefined;
    const text = await apart(name, this.ends);
    if (text === undefined) return undefined;
    const lines = text.trimEnd().split('\n');
    const [, passed = '0', failed = '1'] = /^(\d+) passed, (\d+) failed$/.exec(lines.at(-1) ?? '') ?? [];
    print(lines.slice(0, -1).join('\n'));
    return { passed: Number(passed), failed: Number(failed) };
  }
}

function atTime(time: number, what: () => void): NodeJS.Timeout | undefined {
  return Number.isFinite(time) ? setTimeout(what, Math.max(0, time - Date.now())) : undefined;
}

/** @param ends when it is stopped, in milliseconds since 1970 @returns what it said; undefined where it was stopped */
function apart(name: string, ends: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, __filename, '--one', name]);
    const end = () => child.kill('SIGTERM');
    process.on('exit', end);
    let stopped = false;
    const timer = atTime(ends, () => {
      stopped = true;
      end();
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += String(data)));
    child.on('close', (code) => {
      process.off('exit', end);
      clearTimeout(timer);
      if (stopped) return resolve(undefined);
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
