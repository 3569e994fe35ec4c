import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  appendFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { openLog } from '../../../../packages/cli/src/sandbox/log-file.ts';
import { repository } from '../../../e2e/support.ts';
import { directoryWith } from '../fake-ports.ts';

jest.setTimeout(120_000);

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

describe('a log that goes by several names', () => {
  test('through a link it is the same log, with the same lock, and stays where it lies', async () => {
    const folder = directoryWith({});
    const [path, link] = [join(folder, 'sandbox.log'), join(folder, 'link.log')];
    const log = openLog(path);
    symlinkSync(path, link);
    expect(() => openLog(link)).toThrow('has it open as its sandbox');
    await log.close();
    const again = openLog(link);
    again.replace(['{"one":1}']);
    await again.close();
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('{"lukko-sandbox":1}\n{"one":1}\n');
    expect(readdirSync(folder).sort()).toEqual(['link.log', 'sandbox.log']);
  });

  test('a link to nothing, a hard link, a folder and a device are refused', () => {
    const folder = directoryWith({ 'sandbox.log': '{"lukko-sandbox":1}\n' });
    const at = (name: string) => join(folder, name);
    symlinkSync(at('nothing'), at('dangling.log'));
    linkSync(at('sandbox.log'), at('second.log'));
    mkdirSync(at('folder.log'));
    expect(() => openLog(at('dangling.log'))).toThrow('dangling.log: is a link to nothing');
    expect(() => openLog(at('second.log'))).toThrow('second.log: has a second name (a hard link)');
    expect(() => openLog(at('sandbox.log'))).toThrow('sandbox.log: has a second name (a hard link)');
    expect(() => openLog(at('folder.log'))).toThrow('folder.log: is no file');
    expect(() => openLog('/dev/null')).toThrow('/dev/null: is no file');
    expect(readdirSync(folder).sort()).toEqual(['dangling.log', 'folder.log', 'sandbox.log', 'second.log']);
  });
});

test('what a sandbox that was killed while it wrote anew left beside its log goes when it is opened again', async () => {
  const folder = directoryWith({
    'sandbox.log': '{"lukko-sandbox":1}\n{"one":1}\n',
    'sandbox.log.0123456789ab.tmp': '{"lukko-sandb',
    'sandbox.log.notes.tmp': 'mine',
    'other.log.0123456789ab.tmp': 'of another log',
  });
  const log = openLog(join(folder, 'sandbox.log'));
  expect([...log.lines()]).toEqual(['{"one":1}']);
  await log.close();
  expect(readdirSync(folder).sort()).toEqual(['other.log.0123456789ab.tmp', 'sandbox.log', 'sandbox.log.notes.tmp']);
});

test('after a flush that failed nothing more is taken or acknowledged, until all was written anew', async () => {
  const log = openLog(join(directoryWith({}), 'sandbox.log'));
  await log.flushed();
  const failing = jest.spyOn(fs, 'fsync').mockImplementation((_, done) => done(new Error('the disk is gone')));
  log.append('{"one":1}');
  await expect(log.flushed()).rejects.toThrow('the disk is gone');
  failing.mockRestore();
  // The system would say now that all is well: what it could not write it has forgotten.
  expect(log.dirty()).toBe(true);
  await expect(log.flushed()).rejects.toThrow('the disk is gone');
  expect(() => log.append('{"two":2}')).toThrow('the disk is gone');
  log.replace(['{"one":1}']);
  expect(log.dirty()).toBe(false);
  log.append('{"two":2}');
  await log.close();
});

test('a kill while a log is written anew leaves what was acknowledged, and nothing beside it', async () => {
  const folder = directoryWith({});
  const path = join(folder, 'sandbox.log');
  const program = join(folder, 'write.js');
  buildSync({
    stdin: {
      contents: `import { openLog } from './packages/cli/src/sandbox/log-file.ts';
        const log = openLog(process.argv[2]);
        const lines = [...log.lines()];
        const bulk = 'x'.repeat(20_000);
        // Writes anew all the time, and one more line in between.
        setInterval(() => {
          const line = JSON.stringify([lines.length, bulk]);
          log.append(line);
          lines.push(line);
          log.flushed().then(() => console.log(lines.length));
          log.replace(lines);
        }, 0);`,
      resolveDir: repository,
    },
    outfile: program,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  let acknowledged = 0;
  for (let kill = 0; kill < 12; kill += 1) {
    const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(child, 'exit');
    await once(child.stdout, 'data');
    child.stdout.on('data', (text) => {
      acknowledged = Number(String(text).trim().split('\n').at(-1));
    });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    child.kill('SIGKILL');
    await gone;
    const log = openLog(path);
    const numbers = [...log.lines()].map((line) => (JSON.parse(line) as [number])[0]);
    await log.close();
    expect(numbers).toEqual(numbers.map((_, index) => index));
    expect(numbers.length).toBeGreaterThanOrEqual(acknowledged);
    expect(readdirSync(folder).sort()).toEqual(['sandbox.log', 'write.js']);
  }
  expect(acknowledged).toBeGreaterThan(12);
});
