import type { CollectorName, Observation, ObservedCheck, ObserveTargets } from '@lukko/formats';
import type { Ports } from '../ports/ports.ts';

/** What one look showed, before it has its place in a run. */
export interface Seen {
  readonly subject: Observation['subject'];
  readonly endpoint: string;
  readonly address?: string;
  readonly hostKey?: Observation['source']['hostKey'];
  /** Certificates as presented, leaf first, in DER. */
  readonly chain?: readonly Uint8Array[];
  readonly checks: readonly ObservedCheck[];
  readonly facts: Observation['facts'];
  /** Everything that came back, for its digest. */
  readonly answer?: string | Uint8Array;
}

/** One thing to look at. It reads and never changes anything but the canaries it plants itself. */
export interface Task {
  readonly collector: CollectorName;
  /** What is recorded when it fails. */
  readonly subject: Observation['subject'];
  readonly endpoint: string;
  /** Milliseconds for one attempt. */
  readonly limit: number;
  /** How often it is tried; a canary is planted once. */
  readonly attempts: number;
  /** @throws any error: its message becomes the problem of a failed observation. */
  readonly look: (attempt: { readonly signal: AbortSignal }) => Promise<readonly Seen[]>;
}

/** What collectors are handed. */
export interface Surroundings {
  readonly targets: ObserveTargets;
  readonly environment: Ports['environment'];
  readonly now: () => Date;
  /** Text of a file named in the targets, relative to them. @throws InputError */
  readonly file: (path: string) => string;
  /** Absolute path of such a file, for programs that read it themselves. */
  readonly path: (path: string) => string;
  /** Something nobody can guess that stands for a person, the same in every run of one store. */
  readonly pseudonym: (person: string) => string;
}

/** Makes the tasks of one collector from the targets; none where nothing is named for it. */
export type Collector = (surroundings: Surroundings) => readonly Task[];

export function check(id: string, holds: boolean | 'unknown', saw: string): ObservedCheck {
  return { id, holds, saw };
}

/** The value of a variable that targets name. @throws Error without the value when it is missing */
export function secretOf(environment: Ports['environment'], name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`the variable ${name} is not set`);
  return value;
}
