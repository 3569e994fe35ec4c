import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REPOSITORY } from './built.ts';

const TSX = path.join(path.dirname(require.resolve('tsx/package.json')), 'dist', 'cli.mjs');
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Synthesises in a process of its own, as an operator would, from the given working directory. */
function synthesise(cwd: string, environment: Record<string, string>): ReadonlyMap<string, string> {
  const out = mkdtempSync(path.join(tmpdir(), 'lukko-synth-'));
  folders.push(out);
  const script = require.resolve('./synthesise.ts');
  const run = spawnSync(process.execPath, [TSX, script, out], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  if (run.status !== 0) throw new Error(`synth failed: ${run.stderr}`);
  const stacks = path.join(out, 'stacks');
  return new Map(
    readdirSync(stacks).map((name) => {
      const bytes = readFileSync(path.join(stacks, name, 'cdk.tf.json'));
      return [name, createHash('sha256').update(bytes).digest('hex')];
    }),
  );
}

test('the same bytes from another directory, time zone and language', () => {
  const here = synthesise(REPOSITORY, { TZ: 'UTC', LC_ALL: 'C', LANG: 'C' });
  const there = synthesise(tmpdir(), {
    TZ: 'Pacific/Auckland',
    LC_ALL: 'fi_FI.UTF-8',
    LANG: 'fi_FI.UTF-8',
    HOME: tmpdir(),
  });
  expect(here.size).toBe(7);
  expect(there).toEqual(here);
}, 60_000);
