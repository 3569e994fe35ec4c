import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { beginning, chain, type Head, line, readStore, type Store, type Unchained } from '@lukko/evidence';
import { fileProblem, InputError } from '../errors.ts';
import { lock } from './append.ts';

/** The records of a store; an absent file is an empty store. @throws InputError when it cannot be read */
export function readStoreFile(path: string, name: string): Store {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new InputError(`${name}: cannot be read: ${fileProblem(error)}`);
  }
  return readStore(text);
}

/** A store that records are put behind, one batch after the other, each flushed before the next. */
export interface OpenStore {
  /**
   * @param make the records, told which certificates (SHA-256 of their DER) the store holds already
   * @returns where the chain ends now
   */
  readonly append: (make: (certificates: ReadonlySet<string>) => readonly Unchained[]) => Head;
}

/**
 * Opens a store for a run. It is locked for each batch only, and read again when somebody else has put records behind it in the
 * meantime. Whoever is killed leaves a chain that holds, and at most one line without its end, which the next batch drops.
 * @throws InputError for one that does not hold together: to continue it would hide where it broke
 */
export function openStore(path: string, name: string): OpenStore {
  let size = -1;
  let head = beginning;
  let certificates = new Set<string>();
  const reread = (file: number) => {
    const whole = readFileSync(path);
    const end = whole.lastIndexOf(0x0a) + 1;
    const store = readStore(whole.subarray(0, end).toString('utf8'));
    const [broken] = store.problems;
    if (broken !== undefined)
      throw new InputError(
        `${name}:${broken.line}: ${broken.code}: ${broken.message}; keep it as it is, and begin another with --store`,
      );
    if (end < whole.length) ftruncateSync(file, end);
    size = end;
    head = store.head;
    certificates = new Set(store.records.flatMap((one) => (one.kind === 'certificate' ? [one.sha256] : [])));
  };
  const append: OpenStore['append'] = (make) => {
    mkdirSync(dirname(path), { recursive: true });
    const unlock = lock(path, name);
    try {
      const file = openSync(path, 'a', 0o600);
      try {
        if (fstatSync(file).size !== size) reread(file);
        const chained = chain(make(certificates), head);
        const bytes = Buffer.from(chained.map(line).join(''));
        write(file, bytes, size);
        size += bytes.length;
        for (const one of chained) if (one.kind === 'certificate') certificates.add(one.sha256);
        const last = chained.at(-1);
        if (last !== undefined) head = { sequence: last.sequence, digest: last.digest };
        return head;
      } finally {
        closeSync(file);
      }
    } finally {
      unlock();
    }
  };
  // One that cannot be continued is said before anything is looked at.
  append(() => []);
  return { append };
}

/** All of it or nothing: a full disk leaves no half of a batch. */
function write(file: number, bytes: Buffer, size: number): void {
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } catch (error) {
    ftruncateSync(file, size);
    throw error;
  }
}
