import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../errors.ts';
import { lockFile } from './lock-file.ts';
import { placeOf, removeUnfinished } from './log-place.ts';

/** The first line of a log and of a snapshot, so that no other file is taken for one. */
export const HEADER = '{"lukko-sandbox":1}';

/** Bytes read or written at once. */
const PIECE = 1024 * 1024;
/** A log shorter than this is never too long, in bytes. */
const SHORT = 8 * 1024 * 1024;

export interface LogFile {
  /** The whole lines that were there when it was opened, read from the disk as they are asked for. */
  lines(): Iterable<string>;
  /** Hands a line to the operating system; it survives the end of this process from then on. */
  append(line: string): void;
  /** Whether a line was appended that may not be on the disk yet. */
  dirty(): boolean;
  /** Resolves when every line appended so far is on the disk: one flush serves all that wait for it. */
  flushed(): Promise<void>;
  /** Puts these lines in the place of all: whoever opens it after a kill finds the old ones or the new. */
  replace(lines: Iterable<string>): void;
  /** Whether it is worth writing anew: four times as long as when it last was. */
  isLong(): boolean;
  close(): Promise<void>;
}

/**
 * Opens the append-only log of a sandbox, or begins one. A last line without its end was never acknowledged, and is dropped.
 * @param named a link is followed: whoever opens the same log by another name finds the same lock
 * @throws InputError when it is no log of a sandbox, or another sandbox has it open
 */
export function openLog(named: string): LogFile {
  const path = placeOf(named);
  const unlock = lockFile(path);
  try {
    removeUnfinished(path);
    return opened(path, openSync(path, 'a+', 0o600), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function opened(path: string, first: number, unlock: () => void): LogFile {
  let file = first;
  let length = wholeLines(file, path);
  let dirty = false;
  let running: Promise<void> | undefined;
  // Once a flush has failed nobody knows what reached the disk, and the next one would succeed all the same (fsync(2)).
  let broken: Error | undefined;
  const append = (line: string): void => {
    if (broken !== undefined) throw broken;
    const bytes = Buffer.from(`${line}\n`);
    try {
      writeAll(file, bytes);
    } catch (error) {
      // Part of a line in the midst of others would make the whole unreadable.
      ftruncateSync(file, length);
      throw error;
    }
    length += bytes.length;
    dirty = true;
  };
  const flush = (): Promise<void> => {
    dirty = false;
    return new Promise((resolve, reject) =>
      fsync(file, (error) => {
        if (error === null) return resolve();
        broken = error;
        reject(error);
      }),
    );
  };
  // Lines that came while a flush was under way need one of their own.
  const flushed = async (): Promise<void> => {
    while (dirty || running !== undefined) {
      running ??= flush().finally(() => {
        running = undefined;
      });
      await running;
    }
    if (broken !== undefined) throw broken;
  };
  if (length === 0) append(HEADER);
  let short = 0;
  return {
    lines: () => linesOf(file, Buffer.byteLength(HEADER) + 1, length),
    append,
    dirty: () => dirty || running !== undefined || broken !== undefined,
    flushed,
    replace: (lines) => {
      const [next, size] = written(path, lines);
      const old = file;
      file = next;
      length = size;
      short = size;
      dirty = false;
      broken = undefined;
      // A flush of the old file may be under way: it may still be told of its end.
      void (running ?? Promise.resolve()).then(
        () => closeSync(old),
        () => closeSync(old),
      );
    },
    isLong: () => length > Math.max(SHORT, 4 * short),
    close: async () => {
      try {
        await flushed();
      } finally {
        closeSync(file);
        unlock();
      }
    },
  };
}

/** Cuts off what has no end. @returns the length in bytes, 0 for a log not yet begun. @throws InputError for another file */
function wholeLines(file: number, path: string): number {
  const { size } = fstatSync(file);
  const start = Buffer.alloc(Math.min(size, HEADER.length + 1));
  readSync(file, start, 0, start.length, 0);
  if (!`${HEADER}\n`.startsWith(start.toString('latin1'))) {
    closeSync(file);
    throw new InputError(`${path}: is no log of a sandbox; name another file`);
  }
  const length = lastLineEnd(file, size);
  if (length !== size) ftruncateSync(file, length);
  return length;
}

function lastLineEnd(file: number, size: number): number {
  const piece = Buffer.alloc(Math.min(size, 65_536));
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - piece.length);
    const at = piece.subarray(0, readSync(file, piece, 0, end - from, from)).lastIndexOf(0x0a);
    if (at !== -1) return from + at + 1;
    end = from;
  }
  return 0;
}

/** Lines between two offsets, a piece of the file at a time: a log may be longer than a text. */
function* linesOf(file: number, from: number, to: number): Generator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for (let at = from; at < to; ) {
    const piece = Buffer.alloc(Math.min(PIECE, to - at));
    at += readSync(file, piece, 0, piece.length, at);
    const text = Buffer.concat([rest, piece]);
    let begin = 0;
    for (let end = text.indexOf(0x0a); end !== -1; end = text.indexOf(0x0a, begin)) {
      yield text.toString('utf8', begin, end);
      begin = end + 1;
    }
    rest = text.subarray(begin);
  }
}

/** Writes a log beside the one there is, flushes and renames it. @returns it, open, and its length in bytes */
function written(path: string, lines: Iterable<string>): readonly [file: number, length: number] {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = openSync(temporary, 'ax+', 0o600);
  let length = 0;
  try {
    let pieces: string[] = [`${HEADER}\n`];
    let size = 0;
    const write = () => {
      const bytes = Buffer.from(pieces.join(''));
      writeAll(file, bytes);
      length += bytes.length;
      pieces = [];
      size = 0;
    };
    for (const line of lines) {
      pieces.push(line, '\n');
      size += line.length;
      if (size > PIECE) write();
    }
    write();
    fsyncSync(file);
    renameSync(temporary, path);
  } catch (error) {
    closeSync(file);
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
  return [file, length];
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

/** The rename lasts once the directory is on the disk; some systems cannot open directories, and then it is up to them. */
function syncDirectory(directory: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(directory, 'r');
    fsyncSync(handle);
  } catch {
    // The file itself is complete either way.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** A log that lives as long as the process. */
export const noLog: LogFile = {
  lines: () => [],
  append: () => undefined,
  dirty: () => false,
  flushed: async () => undefined,
  replace: () => undefined,
  isLong: () => false,
  close: async () => undefined,
};
