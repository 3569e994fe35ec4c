import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginDirectory, writeDirectory } from '../../../../packages/cli/src/ports/directory.ts';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'lukko-directory-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const read = () =>
  Object.fromEntries(
    readdirSync(join(parent, 'out')).map((name) => [name, readFileSync(join(parent, 'out', name), 'utf8')]),
  );
const write = (content: Record<string, string>) =>
  writeDirectory(join(parent, 'out'), new Map(Object.entries(content)));

describe('writeDirectory', () => {
  test('writes, and replaces as a whole, leaving nothing beside it', () => {
    write({ 'a.txt': 'old', 'b.txt': 'old' });
    write({ 'a.txt': 'new', 'b.txt': 'new' });
    expect(read()).toEqual({ 'a.txt': 'new', 'b.txt': 'new' });
    expect(readdirSync(parent)).toEqual(['out']);
  });

  test('a write that fails leaves the older one and nothing beside it', () => {
    write({ 'a.txt': 'old' });
    expect(() => write({ 'a.txt': 'new', 'a.txt/b.txt': 'new' })).toThrow();
    expect(read()).toEqual({ 'a.txt': 'old' });
    expect(readdirSync(parent)).toEqual(['out']);
  });

  test('killed between two renames, the older one is put back by the next run, even one that fails', () => {
    mkdirSync(join(parent, '.out.previous'));
    writeFileSync(join(parent, '.out.previous/a.txt'), 'old');
    expect(() => write({ 'a.txt': 'new', 'a.txt/b.txt': 'new' })).toThrow();
    expect(read()).toEqual({ 'a.txt': 'old' });
    write({ 'a.txt': 'new' });
    expect(read()).toEqual({ 'a.txt': 'new' });
    expect(readdirSync(parent)).toEqual(['out']);
  });

  test('in pieces, with what they come to', () => {
    const fresh = beginDirectory(join(parent, 'out'));
    expect(fresh.write('a.txt', ['one ', 'tw', '\u00f6'])).toEqual({
      path: 'a.txt',
      bytes: 8,
      sha256: createHash('sha256').update('one tw\u00f6').digest('hex'),
    });
    expect(existsSync(join(parent, 'out'))).toBe(false);
    fresh.finish(new Set());
    expect(read()).toEqual({ 'a.txt': 'one tw\u00f6' });
  });

  test('what a killed run left half-written goes; what a running one writes stays', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const running = `.out.${process.pid}-0123456789ab.new`;
    for (const name of [`.out.${pid}-0123456789ab.new`, running, '.out.notes.new']) mkdirSync(join(parent, name));
    write({ 'a.txt': 'new' });
    expect(readdirSync(parent).sort()).toEqual([running, '.out.notes.new', 'out'].sort());
  });

  test('files below, and files of an older one that are no longer written', () => {
    write({ 'a.txt': 'old', 'tables/b.csv': 'old' });
    expect(() => write({ 'a.txt': 'new' })).toThrow(/tables\/b\.csv/);
    writeDirectory(join(parent, 'out'), new Map([['c/d.txt', 'new']]), new Set(['a.txt', 'tables/b.csv']));
    expect(readdirSync(join(parent, 'out'), { recursive: true })).toEqual(['c', 'c/d.txt']);
  });

  test('a directory with anything else in it, and a file, are not replaced', () => {
    mkdirSync(join(parent, 'out'));
    writeFileSync(join(parent, 'out/thesis.txt'), 'years of work');
    expect(() => write({ 'a.txt': 'new' })).toThrow(/thesis\.txt/);
    expect(read()).toEqual({ 'thesis.txt': 'years of work' });
    rmSync(join(parent, 'out'), { recursive: true });
    writeFileSync(join(parent, 'out'), 'a file');
    expect(() => write({ 'a.txt': 'new' })).toThrow(/it is a file/);
    expect(existsSync(join(parent, 'out'))).toBe(true);
  });
});
