import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { startSandbox } from '../packages/cli/src/sandbox/start.ts';

/*
 * The part of `npm start` that needs terraform or tofu: config/sandbox.yaml planned, gated, applied and destroyed with the real
 * provider, against the sandbox. Everything lies in one folder of its own, and is gone afterwards.
 */

export interface Ended {
  readonly code: number;
  readonly text: string;
}

/** How the steps of `npm start` run programs and print. */
export interface Stage {
  readonly root: string;
  readonly run: (
    program: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
    folder: string,
  ) => Promise<Ended>;
  readonly say: (text: string) => void;
  /** What is going on, on a terminal only. */
  readonly doing: (text: string) => void;
}

/** What `lukko observe` looks at: the API that both projects live in. */
const TARGETS = `schemaVersion: 1
environment: { name: example, class: disposable }
vantage: npm-start
hetzner:
  - { project: main, token: HCLOUD_TOKEN_MAIN }
  - { project: keys, token: HCLOUD_TOKEN_KEYS }
`;

/** Two plans at once keep two cores busy; more would only wait for each other. */
const AT_ONCE = 2;

/**
 * Deploys every stack of config/sandbox.yaml, looks at what stands, and destroys it.
 * @param terraform path of the real terraform or tofu
 * @param store where what is seen is kept; a file beside it holds what was done
 * @returns false when a step did not do what it should; its output has been printed.
 */
export async function deployInSandbox(
  terraform: string,
  store: string,
  { root, run, say, doing }: Stage,
): Promise<boolean> {
  // Inside the repository, where the gate finds lukko.yaml; states and verdicts lie beside the output, so here as well.
  const temporary = mkdtempSync(path.join(root, '.lukko-start-'));
  const output = path.join(temporary, 'cdktf.out');
  const sandbox = await startSandbox(
    { projects: ['main', 'keys'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000 },
    Date.now,
  );
  // The terminal interrupts terraform too; what it would have left is in the sandbox, which ends with this process.
  const interrupted = () => {
    rmSync(temporary, { recursive: true, force: true });
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
  try {
    const environment: NodeJS.ProcessEnv = {
      ...sandbox.environment,
      CHECKPOINT_DISABLE: '1',
      LUKKO_CONFIG: 'config/sandbox.yaml',
      LUKKO_TERRAFORM: terraform,
      CDKTF_OUTDIR: output,
      PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
    };
    const synth = await run(process.execPath, ['--import', 'tsx', 'main.ts'], environment, root);
    if (synth.code !== 0) return failed(synth);
    const after = dependencies(output);
    const names = Object.keys(after);
    const longest = Math.max(...names.map((name) => name.length));
    const folder = (stack: string) => path.join(output, 'stacks', stack);
    const gate = path.join(root, 'packages', 'terraform-bin', 'terraform.js');
    const terraformIn = (stack: string, ...args: string[]) =>
      run(process.execPath, [gate, ...args, '-no-color'], environment, folder(stack));

    doing('looking for the provider');
    const locked = await run(terraform, ['init', '-input=false', '-no-color'], environment, folder(names[0] ?? ''));
    if (locked.code !== 0) {
      for (const stack of names) withoutHashes(path.join(folder(stack), '.terraform.lock.hcl'));
      const own = await run(terraform, ['init', '-input=false', '-no-color'], environment, folder(names[0] ?? ''));
      if (own.code !== 0) {
        say(
          `Left out: ${path.basename(terraform)} cannot find the provider hetznercloud/hcloud (no network, no mirror). \`npm start\` needs neither.`,
        );
        return true;
      }
      say('The provider at hand is not the locked release: it serves in the sandbox, and a deploy would refuse it.');
    }

    const begun = Date.now();
    const each = async (verb: 'apply' | 'destroy', stack: string): Promise<boolean> => {
      doing(`${verb === 'apply' ? 'applying' : 'destroying'} ${stack}`);
      if (verb === 'apply') {
        const init = await terraformIn(stack, 'init', '-input=false');
        if (init.code !== 0) return failed(init);
      }
      const ended = await terraformIn(stack, verb, '-auto-approve');
      if (ended.code !== 0) return failed(ended);
      say(`  ${stack.padEnd(longest)}  ${counted(ended.text)}`);
      return true;
    };
    const seconds = (from: number) => ((Date.now() - from) / 1000).toFixed(1);
    if (
      !(await inOrder(
        names,
        (stack) => after[stack] ?? [],
        (stack) => each('apply', stack),
      ))
    )
      return false;
    const { main = 0, keys = 0 } = sandbox.objects();
    say(`${main + keys} objects stand in the sandbox after ${seconds(begun)} s; every plan passed the gate.`);
    const targets = path.join(temporary, 'observe.yaml');
    writeFileSync(targets, TARGETS);
    doing('looking at what stands');
    const lukko = path.join(root, 'packages', 'cli', 'dist', 'lukko.js');
    const looked = await run(
      process.execPath,
      [lukko, 'observe', '--targets', targets, '--store', store, '--log', path.join(temporary, 'log.jsonl')],
      environment,
      root,
    );
    if (looked.code === 2) return failed(looked);
    say(`lukko observe: ${looked.text.split(' from ')[0]}, marked sandbox: they count for nothing.`);
    const from = Date.now();
    const before = (stack: string) => names.filter((other) => after[other]?.includes(stack));
    if (!(await inOrder([...names].reverse(), before, (stack) => each('destroy', stack)))) return false;
    const left = Object.values(sandbox.objects()).reduce((sum, count) => sum + count, 0);
    say(`${left === 0 ? 'No object is' : `${left} objects are`} left after ${seconds(from)} s.`);
    return left === 0;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
    await sandbox.stop();
    rmSync(temporary, { recursive: true, force: true });
  }

  function failed({ text }: Ended): false {
    say(text.trimEnd());
    return false;
  }
}

/** Runs each once all it comes after is done, at most {@link AT_ONCE} together. @returns false as soon as one failed. */
async function inOrder(
  names: readonly string[],
  after: (name: string) => readonly string[],
  body: (name: string) => Promise<boolean>,
): Promise<boolean> {
  const done = new Set<string>();
  const running = new Map<string, Promise<void>>();
  let good = true;
  while (good && done.size < names.length) {
    for (const name of names) {
      if (running.size >= AT_ONCE) break;
      if (done.has(name) || running.has(name) || !after(name).every((each) => done.has(each))) continue;
      const one = body(name).then((well) => {
        good &&= well;
        running.delete(name);
        done.add(name);
      });
      running.set(name, one);
    }
    await Promise.race(running.values());
  }
  await Promise.all(running.values());
  return good;
}

function dependencies(output: string): Readonly<Record<string, readonly string[]>> {
  const { stacks } = JSON.parse(readFileSync(path.join(output, 'manifest.json'), 'utf8')) as {
    stacks: Record<string, { dependencies: string[] }>;
  };
  return Object.fromEntries(Object.entries(stacks).map(([name, stack]) => [name, stack.dependencies]));
}

/** A provider that somebody built is no locked release: docs/decisions/0003-provider-lock.md. */
function withoutHashes(file: string): void {
  if (existsSync(file)) writeFileSync(file, readFileSync(file, 'utf8').replace(/^ *hashes = \[[^\]]*\]\n/gm, ''));
}

/** What terraform changed and what the gate judged, in one line. */
function counted(text: string): string {
  const plain = stripVTControlCharacters(text);
  const changed = /complete! Resources: (\d+) added, (\d+) changed, (\d+) destroyed/.exec(plain);
  const [, added = '?', updated = '?', destroyed = '?'] = changed ?? [];
  const judged = /\d+ rules: ([^\n]*)/.exec(plain)?.[1] ?? 'not judged';
  const kinds = [`${added} added`, ...(updated === '0' ? [] : [`${updated} changed`]), `${destroyed} destroyed`];
  return `${kinds.join(', ').padEnd(24)}plan gate: ${judged}`;
}
