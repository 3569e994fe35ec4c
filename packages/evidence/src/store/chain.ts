import { type ObservationRecord, observationRecord } from '@lukko/formats';
import { canonical, nothing, sha256 } from '../canonical.ts';

type Chained = 'sequence' | 'previous' | 'digest' | 'schemaVersion';
/** A record before it has its place in the chain. */
export type Unchained = ObservationRecord extends infer R
  ? R extends ObservationRecord
    ? Omit<R, Chained>
    : never
  : never;

/** Where a chain ends: what the next record continues. */
export interface Head {
  readonly sequence: number;
  readonly digest: string;
}

export const beginning: Head = { sequence: -1, digest: nothing };

/** Puts records behind a head: numbers without gaps, each with the digest of the one before. */
export function chain(records: readonly Unchained[], from: Head): readonly ObservationRecord[] {
  let head = from;
  return records.map((record) => {
    const body = { schemaVersion: 1, ...record, sequence: head.sequence + 1, previous: head.digest };
    const complete = { ...body, digest: sha256(canonical(body)) } as ObservationRecord;
    head = { sequence: complete.sequence, digest: complete.digest };
    return complete;
  });
}

/** One record as its line of the store. */
export function line(record: ObservationRecord): string {
  return `${canonical(record)}\n`;
}

export interface StoreProblem {
  readonly code: 'store-unreadable' | 'store-broken-chain' | 'store-changed' | 'store-half-line';
  readonly line: number;
  readonly message: string;
}

export interface Store {
  readonly records: readonly ObservationRecord[];
  readonly head: Head;
  /** Empty for a store that is whole. What stands behind a problem is not relied on. */
  readonly problems: readonly StoreProblem[];
}

/**
 * Reads a store and checks its chain. Records up to the first problem are given back; a last line without its end was never
 * acknowledged, and is said to be there.
 */
export function readStore(text: string): Store {
  const records: ObservationRecord[] = [];
  let head = beginning;
  const end = text.lastIndexOf('\n') + 1;
  const problems: StoreProblem[] = [];
  let number = 0;
  for (let at = 0; at < end; ) {
    const stop = text.indexOf('\n', at);
    const one = text.slice(at, stop);
    at = stop + 1;
    number += 1;
    const record = readLine(one, head, number);
    if ('code' in record) return { records, head, problems: [record] };
    records.push(record);
    head = { sequence: record.sequence, digest: record.digest };
  }
  if (end < text.length)
    problems.push({
      code: 'store-half-line',
      line: number + 1,
      message: 'the last line has no end: a run was interrupted while it was written; the next run drops it',
    });
  return { records, head, problems };
}

function readLine(text: string, head: Head, number: number): ObservationRecord | StoreProblem {
  const problem = (code: StoreProblem['code'], message: string): StoreProblem => ({ code, line: number, message });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return problem('store-unreadable', 'expected one record in JSON, found something else');
  }
  const parsed = observationRecord.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return problem(
      'store-unreadable',
      `expected a record of a run, a certificate or an observation: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const record = parsed.data;
  if (record.sequence !== head.sequence + 1)
    return problem(
      'store-broken-chain',
      `expected record ${head.sequence + 1}, found ${record.sequence}: records were removed, added or put in another order`,
    );
  if (record.previous !== head.digest)
    return problem('store-broken-chain', `record ${record.sequence} does not continue the one before it`);
  const { digest, ...body } = record;
  if (sha256(canonical(body)) !== digest)
    return problem('store-changed', `record ${record.sequence} was changed after it was written`);
  return record;
}
