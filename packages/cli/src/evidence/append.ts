import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../errors.ts';
import { lockFile } from '../sandbox/lock-file.ts';

/**
 * Puts lines behind a file of lines, flushed before this returns, while nobody else does. A last line without its end was never
 * acknowledged, and is dropped.
 * @param more makes the lines from what stands there
 */
export function appendLines(path: string, name: string, more: (text: string) => string): void {
  mkdirSync(dirname(path), { recursive: true });
  const unlock = lock(path, name);
  try {
    const file = openSync(path, 'a+', 0o600);
    try {
      const whole = readFileSync(file);
      const end = whole.lastIndexOf(0x0a) + 1;
      const bytes = Buffer.from(more(whole.subarray(0, end).toString('utf8')));
      if (end < whole.length) ftruncateSync(file, end);
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } finally {
    unlock();
  }
}

/** Milliseconds until somebody else's writing is no moment any more, and between two tries. */
const patience = 5_000;
const pause = 20;

/** @returns lets others write again. @throws InputError when somebody else keeps writing */
export function lock(path: string, name: string): () => void {
  for (let waited = 0; ; waited += pause) {
    try {
      return lockFile(path);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (waited >= patience)
        throw new InputError(`${name}: another run is writing to it; wait for that, or name another file`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
}
