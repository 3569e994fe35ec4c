import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { openLog } from '../../../../packages/cli/src/sandbox/log-file.ts';
import { repository } from '../../../e2e/support.ts';
import { directoryWith } from '../fake-ports.ts';

test('what was appended is there when it is opened again', async () => {
  const path = join(directoryWith({}), 'sandbox.log');
  const log = openLog(path);
  log.append('{"one":1}');
  log.append('{"two":"zwölf"}');
  await log.flushed();
  await log.close();
  const again = openLog(path);
  expect([...again.lines()]).toEqual(['{"one":1}', '{"two":"zwölf"}']);
  await again.close();
});

test('a last line without its end is dropped, and the next begins in its place', async () => {
  const path = join(directoryWith({}), 'sandbox.log');
  const log = openLog(path);
  log.append('{"one":1}');
  await log.close();
  appendFileSync(path, '{"two":"zw\u00f6');
  const again = openLog(path);
  expect([...again.lines()]).toEqual(['{"one":1}']);
  again.append('{"three":3}');
  await again.close();
  expect(readFileSync(path, 'utf8')).toBe('{"lukko-sandbox":1}\n{"one":1}\n{"three":3}\n');
});

test.each([[''], ['{"lukko-sand'], ['{"lukko-sandbox":1}\n']])(
  'a log that ended while it was begun (%j) is begun again',
  async (text) => {
    const path = join(directoryWith({ 'sandbox.log': text }), 'sandbox.log');
    const log = openLog(path);
    expect([...log.lines()]).toEqual([]);
    await log.close();
    expect(readFileSync(path, 'utf8')).toBe('{"lukko-sandbox":1}\n');
  },
);

test('a file that is no log stays as it is', () => {
  const path = join(directoryWith({ 'notes.txt': 'mine\n' }), 'notes.txt');
  expect(() => openLog(path)).toThrow('notes.txt: is no log of a sandbox');
  expect(readFileSync(path, 'utf8')).toBe('mine\n');
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('two sandboxes never have one log; a lock of a process that is gone is taken over', async () => {
  const path = join(directoryWith({}), 'sandbox.log');
  const log = openLog(path);
  expect(() => openLog(path)).toThrow('has it open as its sandbox');
  await log.close();
  // A process of the same number as ours, that began at another time.
  writeFileSync(`${path}.lock`, `${process.pid} 1`);
  const again = openLog(path);
  await again.close();
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a lock of another container or machine is not taken over: nobody can see whether its process runs', async () => {
  const path = join(directoryWith({}), 'sandbox.log');
  writeFileSync(`${path}.lock`, '7 123 elsewhere/pid:[1]');
  expect(() => openLog(path)).toThrow(
    `process 7 of elsewhere had it open as its sandbox, and cannot be seen from here; if it is gone, remove ${path}.lock`,
  );
  expect(existsSync(`${path}.lock.taking`)).toBe(false);
});

test('of twenty that find an old lock at once, one has the log', async () => {
  const path = join(directoryWith({}), 'sandbox.log');
  writeFileSync(`${path}.lock`, `${process.pid} 1`);
  const program = join(dirname(path), 'open.js');
  buildSync({
    stdin: {
      contents: `import { openLog } from './packages/cli/src/sandbox/log-file.ts';
        try { openLog(process.argv[2]); console.log('open'); } catch (error) { console.log(error.name); }
        process.stdin.resume();`,
      resolveDir: repository,
    },
    outfile: program,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  const children = Array.from({ length: 20 }, () =>
    spawn(process.execPath, [program, path], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const said = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()));
  await Promise.all(
    children.map((child) => {
      const gone = once(child, 'exit');
      child.stdin.end();
      return gone;
    }),
  );
  expect(said.filter((each) => each === 'open')).toHaveLength(1);
  expect(new Set(said)).toEqual(new Set(['open', 'InputError']));
});
