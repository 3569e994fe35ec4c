import { draw, population, populationDigest } from '@lukko/evidence';
import { printable } from '@lukko/policy-engine';
import { InputError } from '../errors.ts';
import { instantOf } from '../evidence/instant.ts';
import { readStoreFile } from '../evidence/store-file.ts';
import { displayName, fromHere } from '../input-file.ts';
import type { Ports } from '../ports/ports.ts';

export interface SampleOptions {
  readonly seed: string;
  readonly size: string;
  readonly since?: string;
  readonly asOf?: string;
  readonly observations: string;
  readonly format: 'terminal' | 'json';
}

/** Draws the auditor's sample. @returns 0. @throws InputError for exit 2; an empty population is one */
export function sampleOf(options: SampleOptions, ports: Ports): number {
  const size = Number(options.size);
  if (!Number.isInteger(size) || size < 1)
    throw new InputError(`--size: expected a whole number from 1, found ${JSON.stringify(options.size)}`);
  const until = instantOf('--as-of', options.asOf, ports.now());
  const since = options.since === undefined ? '0000' : instantOf('--since', options.since, ports.now());
  const path = fromHere(options.observations, ports.cwd);
  const name = displayName(path, ports.cwd);
  const store = readStoreFile(path, name);
  const [broken] = store.problems;
  if (broken !== undefined)
    throw new InputError(
      `${name}:${broken.line}: ${broken.code}: ${broken.message}; nothing is drawn from a store that is not whole`,
    );
  const members = population(store.records, since, until);
  if (members.length === 0)
    throw new InputError(`${name}: nothing was observed in that period, so there is nothing to draw from`);
  const drawn = draw(members, options.seed, size);
  const digest = populationDigest(members);
  if (options.format === 'json') {
    ports.out(
      `${JSON.stringify({ seed: options.seed, population: { members: members.length, sha256: digest }, drawn }, null, 2)}\n`,
    );
    return 0;
  }
  ports.out(
    `${drawn.length} of ${members.length}, drawn by the seed ${printable(options.seed)}; population SHA-256 ${digest}\n`,
  );
  for (const { kind, id, name: called, at, what } of drawn)
    ports.out(`  ${kind.padEnd(8)} ${printable(id)}  ${printable(called)}  ${at}  ${printable(what)}\n`);
  return 0;
}
