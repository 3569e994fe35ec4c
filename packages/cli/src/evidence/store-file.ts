import { readFileSync } from 'node:fs';
import { beginning, chain, type Head, line, readStore, type Store, type Unchained } from '@lukko/evidence';
import { fileProblem, InputError } from '../errors.ts';
import { appendLines } from './append.ts';

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

/**
 * Puts records behind a store. One that does not hold together is not continued: that would hide where it broke.
 * @param more makes the records from what stands there
 */
export function appendToStore(path: string, name: string, more: (store: Store) => readonly Unchained[]): Head {
  let head = beginning;
  appendLines(path, name, (text) => {
    const store = readStore(text);
    const [broken] = store.problems;
    if (broken !== undefined)
      throw new InputError(
        `${name}:${broken.line}: ${broken.code}: ${broken.message}; keep it as it is, and begin another with --store`,
      );
    const chained = chain(more(store), store.head);
    const last = chained.at(-1);
    head = last === undefined ? store.head : { sequence: last.sequence, digest: last.digest };
    return chained.map(line).join('');
  });
  return head;
}
