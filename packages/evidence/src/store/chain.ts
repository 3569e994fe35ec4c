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
  /** Their lines, as they stand. */
  readonly text: string;
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
    const start = at;
    const one = text.slice(at, stop);
    at = stop + 1;
    number += 1;
    const record = readLine(one, head, number);
    if ('code' in record) return { records, text: text.slice(0, start), head, problems: [record] };
    records.push(record);
    head = { sequence: record.sequence, digest: record.digest };
  }
  if (end < text.length)
    problems.push({
      code: 'store-half-line',
      line: number + 1,
      message: 'the last line has no end: a run was interrupted while it was written; the next run drops it',
    });
  return { records, text: text.slice(0, end), head, problems };
}

function readLine(text: string, head: Head, number: number): ObservationRecord | StoreProblem {
  const checked = verifyLine(text, head, number);
  if ('code' in checked) return checked;
  const parsed = observationRecord.safeParse(checked.value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return {
    code: 'store-unreadable',
    line: number,
    message: `expected a record of a run, a certificate or an observation: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  };
}

/** One line whose place in the chain holds; what it says was not checked. */
export interface Link {
  readonly value: Readonly<Record<string, unknown>>;
  readonly head: Head;
  /** The same for all observations of one subject by one collector. */
  readonly key: string;
  readonly id: string;
  readonly subject: string;
  readonly expires: string | undefined;
}

/** Whether a line continues a chain and is as it was written. Its digest is over its own text without the digest, which is canonical. */
export function verifyLine(text: string, head: Head, number: number): Link | StoreProblem {
  const problem = (code: StoreProblem['code'], message: string): StoreProblem => ({ code, line: number, message });
  let value: Record<string, unknown>;
  try {
    value = Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return problem('store-unreadable', 'expected one record in JSON, found something else');
  }
  const { sequence, previous, digest, collector, id, expires, outcome } = value;
  if (typeof sequence !== 'number' || typeof digest !== 'string')
    return problem('store-unreadable', 'expected a record with its number and digest');
  if (sequence !== head.sequence + 1)
    return problem(
      'store-broken-chain',
      `expected record ${head.sequence + 1}, found ${sequence}: records were removed, added or put in another order`,
    );
  if (previous !== head.digest)
    return problem('store-broken-chain', `record ${sequence} does not continue the one before it`);
  if (sha256(text.replace(`"digest":"${digest}",`, '')) !== digest)
    return problem('store-changed', `record ${sequence} was changed after it was written`);
  const subject = String(Object(value.subject).id);
  return {
    value,
    head: { sequence, digest },
    key: `${collector}\0${subject}`,
    id: String(id),
    subject,
    expires: typeof expires === 'string' && outcome === 'observed' ? expires : undefined,
  };
}
