import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { type HostRecord, hostRecord } from '@lukko/formats';
import { readBytes } from '../gate/folder.ts';

/** The file in which every verb on a host of this environment writes what it did. */
export function recordFile(kept: string): string {
  return path.join(kept, 'hosts.jsonl');
}

/** Appends one line and flushes it: what was begun on a host is on disk before the next step changes it. */
export function appendRecord(kept: string, record: HostRecord): void {
  const file = recordFile(kept);
  mkdirSync(kept, { recursive: true });
  // A line that a killed run did not finish must not swallow this one.
  const cut = readBytes(file)?.at(-1);
  const start = cut === undefined || cut === 10 ? '' : '\n';
  const handle = openSync(file, 'a', 0o644);
  try {
    appendFileSync(handle, `${start}${JSON.stringify(record)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Everything recorded; lines that cannot be read are passed over, since they say nothing. */
export function records(kept: string): readonly HostRecord[] {
  const text = readBytes(recordFile(kept))?.toString('utf8') ?? '';
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [hostRecord.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}
