import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { nodeFiles } from '../../../../packages/cli/src/ports/node.ts';
import { directoryWith } from '../fake-ports.ts';

describe('read', () => {
  function pipe(): string {
    const path = join(directoryWith({}), 'pipe');
    execFileSync('mkfifo', [path]);
    return path;
  }

  test('a pipe nobody writes to is empty, and is not waited for', () => {
    expect(nodeFiles.read(pipe())).toEqual(Buffer.alloc(0));
  });

  test('what a pipe holds is read to its end', () => {
    const path = pipe();
    const kept = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const other = openSync(path, 'w');
    writeSync(other, 'a'.repeat(60_000));
    closeSync(other);
    expect(nodeFiles.read(path)).toHaveLength(60_000);
    closeSync(kept);
  });

  test('a device may have no end', () => {
    expect(() => nodeFiles.read('/dev/zero')).toThrow('it is a device');
  });
});

describe('write', () => {
  test('replaces the file and leaves nothing else behind', () => {
    const directory = directoryWith({ 'report.json': 'old' });
    nodeFiles.write(join(directory, 'report.json'), 'new');
    expect(readFileSync(join(directory, 'report.json'), 'utf8')).toBe('new');
    expect(readdirSync(directory)).toEqual(['report.json']);
  });

  test('makes the directories on the way', () => {
    const directory = directoryWith({});
    nodeFiles.write(join(directory, 'a/b/report.json'), Buffer.from('bytes'));
    expect(readFileSync(join(directory, 'a/b/report.json'), 'utf8')).toBe('bytes');
  });

  test('a write that fails leaves what was there, and no temporary file', () => {
    const directory = directoryWith({ 'report.json/inside': 'a directory stands where the file should go' });
    expect(() => nodeFiles.write(join(directory, 'report.json'), 'new')).toThrow();
    expect(readdirSync(directory)).toEqual(['report.json']);
    expect(readdirSync(join(directory, 'report.json'))).toEqual(['inside']);
  });

  test('a link is replaced, not followed: what it points at stays', () => {
    const directory = directoryWith({ 'target.txt': 'kept' });
    symlinkSync(join(directory, 'target.txt'), join(directory, 'report.json'));
    nodeFiles.write(join(directory, 'report.json'), 'new');
    expect(readFileSync(join(directory, 'target.txt'), 'utf8')).toBe('kept');
    expect(statSync(join(directory, 'report.json')).isFile()).toBe(true);
  });
});

test('kind tells files, directories and nothing apart', () => {
  const directory = directoryWith({ file: '' });
  mkdirSync(join(directory, 'sub'));
  chmodSync(join(directory, 'file'), 0o000);
  expect(['file', 'sub', 'none'].map((name) => nodeFiles.kind(join(directory, name)))).toEqual([
    'file',
    'directory',
    'none',
  ]);
});

test('a pipe is written to, and stays one', () => {
  const pipe = join(directoryWith({}), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = openSync(pipe, 'r+');
  nodeFiles.write(pipe, 'report');
  const bytes = Buffer.alloc(6);
  readSync(reader, bytes);
  closeSync(reader);
  expect([bytes.toString(), nodeFiles.kind(pipe)]).toEqual(['report', 'other']);
});
