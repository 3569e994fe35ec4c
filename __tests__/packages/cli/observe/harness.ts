import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation } from '@lukko/formats';
import { readStoreFile } from '../../../../packages/cli/src/evidence/store-file.ts';
import { directoryWith, lukko } from '../fake-ports.ts';

export interface Looked {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly observations: readonly Observation[];
}

/** Runs `lukko observe` on targets, and reads what it put into its store. */
export async function look(
  targets: object,
  files: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Looked> {
  const written = { schemaVersion: 1, environment: { name: 'test', class: 'production' }, vantage: 'test', ...targets };
  const directory = directoryWith({ ...files, 'observe.yaml': JSON.stringify(written) });
  // As ssh wants the keys it is given.
  for (const name of Object.keys(files)) chmodSync(join(directory, name), 0o600);
  const { code, out, err } = await lukko(directory, ['observe'], { environment, now: () => new Date() });
  const { records, problems } = readStoreFile(join(directory, 'observations.jsonl'), 'observations.jsonl');
  expect(problems).toEqual([]);
  // The store has them as they came; tests name them in the order of the targets.
  const text = JSON.stringify(targets);
  const place = ({ subject, source }: Observation) =>
    text.indexOf(String(subject.name)) * text.length + text.indexOf(new URL(source.endpoint).host);
  const observations = records.filter((one): one is Observation => one.kind === 'observation');
  return { code, out, err, observations: observations.sort((a, b) => place(a) - place(b)) };
}

/** `check: holds` of one observation. */
export const verdicts = ({ checks }: Observation): Record<string, boolean | 'unknown'> =>
  Object.fromEntries(checks.map(({ id, holds }) => [id, holds]));
