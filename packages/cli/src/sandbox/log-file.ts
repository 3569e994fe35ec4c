import { closeSync, fstatSync, fsync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { InputError } from '../errors.ts';
import { lockFile } from './lock-file.ts';

/** The first line of a log, so that no other file is taken for one. */
const HEADER = '{"lukko-sandbox":1}';

export interface LogFile {
  /** The whole lines that were there. */
  readonly lines: readonly string[];
  /** Hands a line to the operating system; it survives the end of this process from then on. */
  append(line: string): void;
  /** Resolves when every line appended so far is on the disk: one flush serves all that wait for it. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the append-only log of a sandbox, or begins one. A last line without its end was never acknowledged, and is dropped.
 * @throws InputError when it is no log of a sandbox, or another sandbox has it open
 */
export function openLog(path: string): LogFile {
  const unlock = lockFile(path);
  let file: number;
  try {
    file = openSync(path, 'a+', 0o600);
  } catch (error) {
    unlock();
    throw error;
  }
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const [header, ...lines] = whole.split('\n').slice(0, -1);
  const begun = HEADER.startsWith(text);
  if (header !== HEADER && !begun) {
    closeSync(file);
    unlock();
    throw new InputError(`${path}: is no log of a sandbox; name another file`);
  }
  let length = Buffer.byteLength(whole);
  if (fstatSync(file).size !== length) ftruncateSync(file, length);

  let dirty = false;
  let running: Promise<void> | undefined;
  const append = (line: string): void => {
    const bytes = Buffer.from(`${line}\n`);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
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
    return new Promise((resolve, reject) => fsync(file, (error) => (error === null ? resolve() : reject(error))));
  };
  // Lines that came while a flush was under way need one of their own.
  const flushed = async (): Promise<void> => {
    while (dirty || running !== undefined) {
      running ??= flush().finally(() => {
        running = undefined;
      });
      await running;
    }
  };
  if (header !== HEADER) append(HEADER);
  return {
    lines,
    append,
    flushed,
    close: async () => {
      await flushed();
      closeSync(file);
      unlock();
    },
  };
}

/** A log that lives as long as the process. */
export const noLog: LogFile = {
  lines: [],
  append: () => undefined,
  flushed: async () => undefined,
  close: async () => undefined,
};
