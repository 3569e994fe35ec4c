import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  historyFile,
  manifestFile,
  type Previous,
  readHistory,
  readSums,
  sha256,
  sumsFile,
  type VerifyInput,
  verifyBundle,
} from '@lukko/evidence';
import { manifest } from '@lukko/formats';
import { fileProblem, InputError } from '../errors.ts';
import type { Files } from '../ports/ports.ts';

/** What lies below a directory. Links are not followed: what they point at is not part of the bundle. */
export function entriesOf(directory: string): VerifyInput['entries'] {
  const entries: { path: string; plain: boolean }[] = [];
  const waiting = [''];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const name of readdirSync(join(directory, below)).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      const stat = lstatSync(join(directory, path));
      if (stat.isDirectory()) waiting.push(path);
      else entries.push({ path, plain: stat.isFile() });
    }
  }
  return entries;
}

/**
 * The export before, for the chain.
 * @param name as messages show it
 * @throws InputError unless it is whole: a chain does not continue what was tampered with
 */
export function readPrevious(directory: string, name: string, files: Files, asOf: string): Previous {
  if (files.kind(directory) !== 'directory')
    throw new InputError(`--previous: ${name}: no such directory; name an export, or leave it out for the first one`);
  const read = (path: string) => files.read(join(directory, path));
  const { findings } = verifyBundle({ entries: entriesOf(directory), read, asOf: '0000' });
  const broken = findings.find(({ code }) => code !== 'signer-unknown' && code !== 'demo-signer');
  if (broken !== undefined)
    throw new InputError(
      `--previous: ${name}: ${broken.code}: ${broken.message}; a chain continues only what is whole`,
    );
  const text = (path: string) => Buffer.from(read(path)).toString('utf8');
  const { asOf: before, sequence, storeHead } = manifest.parse(JSON.parse(text(manifestFile)));
  if (before > asOf)
    throw new InputError(
      `--previous: ${name}: is of ${before}, after ${asOf}; name an earlier one, or give a later --as-of`,
    );
  const history = sequence === 0 ? [] : readHistory(text(historyFile));
  if ('problem' in history) throw new InputError(`--previous: ${name}: ${history.problem}`);
  return { sums: sha256(text(sumsFile)), asOf: before, history, ...(storeHead === undefined ? {} : { storeHead }) };
}

/** Paths that an older export at this place consists of; empty when there is none. */
export function ownedPaths(directory: string, files: Files): ReadonlySet<string> {
  if (files.kind(join(directory, sumsFile)) !== 'file') return new Set();
  try {
    const sums = readSums(Buffer.from(files.read(join(directory, sumsFile))).toString('utf8'));
    return 'problem' in sums ? new Set() : new Set([sumsFile, `${sumsFile}.sig`, ...sums.map(({ path }) => path)]);
  } catch (error) {
    throw new InputError(`${sumsFile} of the older export cannot be read: ${fileProblem(error)}`);
  }
}
