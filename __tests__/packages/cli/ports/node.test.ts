import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { nodeFiles } from '../../../../packages/cli/src/ports/node.ts';
import { directoryWith } from '../fake-ports.ts';

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
