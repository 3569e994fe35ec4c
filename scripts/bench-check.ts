import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm run bench:check [rounds]`: how long `lukko check` of the shipped example takes, beside a bare node and beside the same bundle without
 * its code cache. Whole processes in turn (A B C A B C …): a machine whose speed drifts slows all of them alike, so it is the ratios that
 * count, of the medians and of CPU time (user and system time the process itself reports as it ends). Needs cdktf.out (`npm run synth`).
 */
const root = join(__dirname, '..');
const place = mkdtempSync(join(tmpdir(), 'lukko-bench-'));
const usage = join(place, 'usage.cjs');
const alone = join(place, 'lukko.js');
const lukko = join(root, 'packages/cli/dist/lukko.js');

const programs: readonly (readonly [string, readonly string[]])[] = [
  ['bare node', ['-e', '0']],
  ['lukko --version', [lukko, '--version']],
  ['lukko check', [lukko, 'check']],
  ['lukko check, no code cache', [alone, 'check']],
];

interface Run {
  /** Milliseconds. */
  readonly wall: number;
  readonly cpu: number;
}

function main(rounds: number): void {
  if (!existsSync(join(root, 'cdktf.out/manifest.json'))) throw new Error('no cdktf.out here; run: npm run synth');
  writeFileSync(
    usage,
    `process.on('exit',()=>{const{user,system}=process.cpuUsage();require('node:fs').writeSync(3,String(user+system))});`,
  );
  copyFileSync(lukko, alone);
  const runs = programs.map((): Run[] => []);
  for (let round = 0; round <= rounds; round += 1)
    programs.forEach(([, args], index) => {
      const run = once(args);
      // The first round only warms the disk's cache.
      if (round > 0) runs[index]?.push(run);
    });
  const [bare] = runs;
  process.stdout.write(`${rounds} rounds, node ${process.version}, ${availableParallelism()} processors\n`);
  process.stdout.write(`${'median of'.padEnd(28)}${['wall ms', 'x bare', 'cpu ms', 'x bare'].map(right).join('')}\n`);
  programs.forEach(([name], index) => {
    const figures = (['wall', 'cpu'] as const).flatMap((kind) => [
      median((runs[index] ?? []).map((run) => run[kind])).toFixed(0),
      median((runs[index] ?? []).map((run, at) => run[kind] / (bare?.[at]?.[kind] ?? Number.NaN))).toFixed(2),
    ]);
    process.stdout.write(`${name.padEnd(28)}${figures.map(right).join('')}\n`);
  });
}

function once(args: readonly string[]): Run {
  const { NODE_OPTIONS: _, NODE_EXTRA_CA_CERTS: __, ...env } = process.env;
  const before = process.hrtime.bigint();
  const { status, output, stderr } = spawnSync(process.execPath, ['--require', usage, ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const wall = Number(process.hrtime.bigint() - before) / 1e6;
  if (status !== 0) throw new Error(`${args.join(' ')}: exit ${status}\n${stderr}`);
  return { wall, cpu: Number(output[3]) / 1000 };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const right = (text: string): string => text.padStart(10);

try {
  main(Number(process.argv[2] ?? 15));
} catch (error) {
  process.stderr.write(`bench:check: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}
