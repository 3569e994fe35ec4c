import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { openLog } from '../../../../packages/cli/src/sandbox/log-file.ts';
import { directoryWith } from '../fake-ports.ts';
import { Load, type Served } from './load.ts';

/* What was acknowledged survives kill -9, at whatever moment it comes. */

jest.setTimeout(600_000);

const KILLS = 100;
const CLIENTS = 4;
/** Acknowledged writes before a kill, at most, and milliseconds from there. */
const WRITES = 12;
const LONGEST = 20;

const folder = directoryWith({});
const program = path.join(folder, 'serve.js');

beforeAll(() => {
  buildSync({
    entryPoints: [path.join(__dirname, 'serve.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
});

/** Starts a sandbox on a log; resolves with what it printed for its clients. */
async function start(log: string): Promise<Served & { readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [program, log], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const piece of child.stdout as AsyncIterable<Buffer>) {
    text += piece.toString('utf8');
    if (!text.endsWith('\n')) continue;
    const { HCLOUD_ENDPOINT: endpoint, HCLOUD_TOKEN: token } = JSON.parse(text) as Record<string, string>;
    return { child, endpoint: endpoint as string, token: token as string };
  }
  throw new Error(`the sandbox said: ${text}`);
}

const killed = (child: ChildProcess): Promise<unknown> => {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  return gone;
};

test(`${KILLS} kills at random moments of a load lose nothing that was acknowledged`, async () => {
  const log = path.join(folder, 'sandbox.log');
  const load = new Load();
  const lost: string[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const served = await start(log);
    lost.push(...(await load.broken(served, 'last')));
    const clients = Array.from({ length: CLIENTS }, () => load.client(served, Math.random));
    const enough = load.acknowledged + Math.random() * WRITES;
    while (load.acknowledged < enough) await wait(1);
    await wait(Math.random() * LONGEST);
    await Promise.all([killed(served.child), ...clients]);
  }
  const served = await start(log);
  lost.push(...(await load.broken(served, 'all')));
  await killed(served.child);
  expect(lost).toEqual([]);
  // There was a load.
  expect(load.acknowledged).toBeGreaterThan(KILLS);
});

test('a log is written anew in the midst of kills, and loses nothing', async () => {
  const log = path.join(folder, 'compacted.log');
  const load = new Load();
  const lost: string[] = [];
  for (let kill = 0; kill < 3; kill += 1) {
    const served = await start(log);
    lost.push(...(await load.broken(served, 'last')));
    const clients = Array.from({ length: CLIENTS }, () => load.client(served, Math.random));
    const enough = load.acknowledged + WRITES;
    while (load.acknowledged < enough) await wait(1);
    await Promise.all([killed(served.child), ...clients]);
    // Longer than a log may be before it is written anew at the next start.
    const file = openLog(log);
    const bulk = 'x'.repeat(900_000);
    for (let line = 0; line < 10; line += 1)
      file.append(
        JSON.stringify({ project: 'main', lastId: 0, changes: [{ kind: 'ssh_key', id: 7, record: { id: 7, bulk } }] }),
      );
    file.append(JSON.stringify({ project: 'main', lastId: 0, changes: [{ kind: 'ssh_key', id: 7 }] }));
    expect(file.isLong()).toBe(true);
    await file.close();
  }
  const served = await start(log);
  lost.push(...(await load.broken(served, 'all')));
  await killed(served.child);
  expect(lost).toEqual([]);
  const file = openLog(log);
  expect(file.isLong()).toBe(false);
  await file.close();
});
