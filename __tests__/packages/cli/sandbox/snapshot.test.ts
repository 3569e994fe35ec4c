import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLog } from '../../../../packages/cli/src/sandbox/log-file.ts';
import { type RunningSandbox, startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';
import { directoryWith, lukko } from '../fake-ports.ts';

const clock = () => Date.parse('2026-06-01T12:00:00Z');
const settings = { projects: ['main'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000 };
const SEED = '{"main":{"volumes":[{"name":"data","size":10,"location":"hel1"}]}}';

const make = (sandbox: RunningSandbox, name: string) =>
  fetch(`${sandbox.environment.HCLOUD_ENDPOINT}/volumes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.environment.HCLOUD_TOKEN}` },
    body: JSON.stringify({ name, size: 10, location: 'hel1' }),
  });

test('snapshot and restore while it runs; both survive', async () => {
  const folder = directoryWith({});
  const log = join(folder, 'sandbox.log');
  const sandbox = await startSandbox({ ...settings, log, objects: SEED }, clock);
  const command = (...argv: string[]) => lukko(folder, ['sandbox', ...argv], { environment: sandbox.environment });
  expect(await command('snapshot', 'one.snapshot')).toEqual({
    code: 0,
    out: 'all objects written to one.snapshot\n',
    err: '',
  });
  for (const name of ['a', 'b']) expect((await make(sandbox, name)).status).toBe(201);
  expect(sandbox.objects()).toEqual({ main: 3 });
  expect((await command('restore', 'one.snapshot')).out).toBe('restored: 1 object in main\n');
  expect((await make(sandbox, 'c')).status).toBe(201);
  await sandbox.stop();
  const again = await startSandbox({ ...settings, log }, clock);
  expect(again.objects()).toEqual({ main: 2 });
  await again.stop();
  // A snapshot can be begun with, and is a log itself.
  for (const begun of [
    { objects: readFileSync(join(folder, 'one.snapshot'), 'utf8') },
    { log: `${folder}/one.snapshot` },
  ]) {
    const third = await startSandbox({ ...settings, ...begun }, clock);
    expect(third.objects()).toEqual({ main: 1 });
    await third.stop();
  }
});

test.each([
  ['no file', ['restore', 'none']],
  ['no snapshot', ['restore', 'notes.txt']],
  ['a snapshot of another project', ['restore', 'other.snapshot']],
])('restore of %s: exit 2 and all as it was', async (_, argv) => {
  const folder = directoryWith({
    'notes.txt': 'mine\n',
    'other.snapshot': '{"lukko-sandbox":1}\n{"project":"other","lastId":1,"changes":[]}\n',
  });
  const sandbox = await startSandbox({ ...settings, objects: SEED }, clock);
  const { code, err } = await lukko(folder, ['sandbox', ...argv], { environment: sandbox.environment });
  expect(code).toBe(2);
  expect(err).toMatchSnapshot();
  expect(sandbox.objects()).toEqual({ main: 1 });
  await sandbox.stop();
});

test('a seed is for a log without objects', async () => {
  const folder = directoryWith({ 'seed.json': SEED, 'broken.json': SEED.replace('"size":10', '"size":1') });
  const run = (seed: string) => lukko(folder, ['sandbox', 'run', '--log', 'a.log', '--seed', seed, '--', 'true']);
  expect(await run('broken.json')).toMatchSnapshot();
  // What was made until then is gone, so that the mended one can be used.
  expect((await run('seed.json')).code).toBe(0);
  expect(await run('seed.json')).toMatchSnapshot();
  const log = openLog(join(folder, 'a.log'));
  expect([...log.lines()].join('')).toContain('"name":"data"');
  await log.close();
});

test('a log that repeats itself is written anew when it is opened', async () => {
  const log = join(directoryWith({}), 'sandbox.log');
  const first = await startSandbox({ ...settings, log, objects: SEED }, clock);
  await first.stop();
  const lines = readFileSync(log, 'utf8');
  const change = lines.trimEnd().split('\n').at(-1) as string;
  writeFileSync(log, `${lines}${`${change}\n`.repeat(Math.ceil((8 * 1024 * 1024) / change.length))}`);
  const second = await startSandbox({ ...settings, log }, clock);
  expect(readFileSync(log, 'utf8').length).toBeLessThan(10_000);
  expect((await make(second, 'after')).status).toBe(201);
  await second.stop();
  const third = await startSandbox({ ...settings, log }, clock);
  expect(third.objects()).toEqual({ main: 2 });
  await third.stop();
});
