import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openLog } from '../../../../packages/cli/src/sandbox/log-file.ts';
import { repository } from '../../../e2e/support.ts';
import { directoryWith } from '../fake-ports.ts';

/* What was acknowledged survives kill -9, at whatever moment it comes. */

jest.setTimeout(60_000);

const ROUNDS = 4;
const program = ['--import', 'tsx', path.join(repository, 'packages/cli/src/main.ts')];

/** Starts a sandbox on a log; resolves with what it printed for its clients. */
async function start(log: string): Promise<{ child: ChildProcess; endpoint: string; token: string }> {
  const child = spawn(process.execPath, [...program, 'sandbox', '--log', log, '--token-seed', 'x', '--speed', '100'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: repository,
  });
  let text = '';
  for await (const piece of child.stdout as AsyncIterable<Buffer>) {
    text += piece.toString('utf8');
    const [, endpoint] = /HCLOUD_ENDPOINT=(\S+)\n/.exec(text) ?? [];
    const [, token] = /HCLOUD_TOKEN=(\S+)\n/.exec(text) ?? [];
    if (endpoint !== undefined && token !== undefined) return { child, endpoint, token };
  }
  throw new Error(`the sandbox said: ${text}`);
}

test('every acknowledged write is there after a kill', async () => {
  const log = path.join(directoryWith({}), 'sandbox.log');
  const acknowledged: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { child, endpoint, token } = await start(log);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const writer = async (number: number): Promise<void> => {
      for (let count = 0; ; count += 1) {
        const name = `r${round}-${number}-${count}`;
        const body = JSON.stringify({ name, size: 10, location: 'hel1' });
        const answer = await fetch(`${endpoint}/volumes`, { method: 'POST', headers, body }).catch(() => undefined);
        if (answer?.status !== 201) return;
        acknowledged.push(name);
      }
    };
    const before = acknowledged.length;
    const writers = [0, 1, 2, 3].map(writer);
    // After another number of writes in each round, and then in the middle of those under way.
    const enough = before + 5 + 7 * round;
    while (acknowledged.length < enough) await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGKILL');
    await Promise.all([gone, ...writers]);
  }
  const kept = openLog(log);
  const names = new Set(kept.lines.flatMap((line) => [...line.matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name)));
  await kept.close();
  expect(acknowledged.length).toBeGreaterThan(ROUNDS);
  expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  expect(readFileSync(log, 'utf8').endsWith('\n')).toBe(true);
});
