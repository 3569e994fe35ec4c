import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLog } from '../../../../packages/cli/src/sandbox/log-file.ts';
import { directoryWith } from '../fake-ports.ts';

test('what was appended is there when it is opened again', async () => {
  const path = join(directoryWith({}), 'sandbox.log');
  const log = openLog(path);
  log.append('{"one":1}');
  log.append('{"two":"zwölf"}');
  await log.flushed();
  await log.close();
  const again = openLog(path);
  expect(again.lines).toEqual(['{"one":1}', '{"two":"zwölf"}']);
  await again.close();
});

test('a last line without its end is dropped, and the next begins in its place', async () => {
  const path = join(directoryWith({}), 'sandbox.log');
  const log = openLog(path);
  log.append('{"one":1}');
  await log.close();
  appendFileSync(path, '{"two":"zw\u00f6');
  const again = openLog(path);
  expect(again.lines).toEqual(['{"one":1}']);
  again.append('{"three":3}');
  await again.close();
  expect(readFileSync(path, 'utf8')).toBe('{"lukko-sandbox":1}\n{"one":1}\n{"three":3}\n');
});

test.each([[''], ['{"lukko-sand'], ['{"lukko-sandbox":1}\n']])(
  'a log that ended while it was begun (%j) is begun again',
  async (text) => {
    const path = join(directoryWith({ 'sandbox.log': text }), 'sandbox.log');
    const log = openLog(path);
    expect(log.lines).toEqual([]);
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
