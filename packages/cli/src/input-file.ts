import { createHash } from 'node:crypto';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { Report } from '@lukko/formats';
import { fileProblem, InputError } from './errors.ts';
import type { Files } from './ports/ports.ts';

/** A file that was read, under the name reports and messages give it. */
export interface InputFile {
  /** Relative to where the command was started, forward slashes. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The bytes of the file itself, where `bytes` are them in another encoding. */
  readonly original?: Uint8Array;
}

/** @throws InputError naming the file and what is in the way. */
export function readBytes(path: string, name: string, files: Pick<Files, 'read'>): Uint8Array {
  try {
    return files.read(path);
  } catch (error) {
    throw new InputError(`${name}: cannot be read: ${fileProblem(error)}`);
  }
}

/** @throws InputError also when the bytes are not UTF-8: a guessed letter could be the one that decides. */
export function readText(path: string, name: string, files: Pick<Files, 'read'>): string {
  return decode(readBytes(path, name, files), name);
}

/** Bytes as UTF-8 text without byte order mark. @throws InputError when they are not. */
export function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${name}: expected UTF-8 text, found other bytes`);
  }
}

/** A path as reports name it: relative to the working directory with forward slashes. */
export function displayName(path: string, cwd: string): string {
  return (relative(cwd, path) || '.').split(sep).join('/');
}

/** A name in a directory, as reports name it. */
export function below(name: string, entry: string): string {
  return name === '.' ? entry : `${name}/${entry}`;
}

/** What the report says of an input file: its digest is over the bytes that were judged. */
export function inputOf(
  { file, bytes, original = bytes }: InputFile,
  kind: Report['inputs'][number]['kind'],
): Report['inputs'][number] {
  return { file, kind, sha256: createHash('sha256').update(original).digest('hex') };
}

/** A path somebody typed, from the directory the command was started in. */
export function fromHere(path: string, cwd: string): string {
  return isAbsolute(path) ? path : join(cwd, path);
}
