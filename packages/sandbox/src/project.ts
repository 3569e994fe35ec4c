import { Actions } from './actions.ts';
import { RateLimit } from './rate-limit.ts';
import { type Change, Store } from './store.ts';

/** A line of the log: what one request, or the passing of time, changed in one project. */
interface LogLine {
  readonly project: string;
  /** The highest id given away so far. */
  readonly lastId: number;
  readonly changes: readonly Change[];
}

/** The objects of one project, the actions that run on them, and how much may still be asked of it. */
export class Project {
  readonly name: string;
  readonly store = new Store();
  readonly actions: Actions;
  readonly rateLimit: RateLimit;

  constructor(name: string, speed: number, limit: number, now: number) {
    this.name = name;
    this.actions = new Actions(this.store, speed);
    this.rateLimit = new RateLimit(limit, now);
  }

  /** Writes what changed since the last line, if anything did. @throws as `append` does; the changes can then be taken back */
  write(lastId: number, append: (line: string) => void): void {
    const changes = this.store.changes();
    if (changes.length === 0) return;
    append(JSON.stringify({ project: this.name, lastId, changes } satisfies LogLine));
    this.store.settle();
  }

  /** Takes back what a request changed before it failed. */
  rollback(): void {
    this.store.rollback();
    this.actions.reload();
  }
}

/** Reads a line of the log. @throws Error naming the line when it is none of ours */
export function readLine(text: string, number: number, what: string): LogLine {
  let line: Partial<LogLine>;
  try {
    line = JSON.parse(text) as Partial<LogLine>;
  } catch {
    throw new Error(`line ${number} of ${what} is no JSON: the file was changed by something else`);
  }
  const { project, lastId, changes } = line ?? {};
  if (typeof project !== 'string' || typeof lastId !== 'number' || !Array.isArray(changes))
    throw new Error(`line ${number} of ${what} has another form: it was written by something else`);
  return { project, lastId, changes };
}
