import type { ImportModules } from '@lukko/policy-engine';

/** What commands need of the machine, handed in: a command that is not given it cannot reach it. */
export interface Ports {
  readonly files: Files;
  /** Directory the command was started in, absolute. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Everything on standard input. */
  readonly stdin: () => Promise<Uint8Array>;
  /** Writes to standard output and standard error as they are. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether standard output is a terminal that shows colour. */
  readonly color: boolean;
  /** The size of that terminal, in characters; undefined in a pipe. */
  readonly screen?: { readonly columns: number; readonly rows: number } | undefined;
  /** Runs git with these arguments in a directory. It reads objects only: nothing is fetched, no hook runs. */
  readonly git: (args: readonly string[], directory: string) => GitAnswer;
  /** Imports the modules of own rules. */
  readonly importModules: ImportModules;
  /** The current instant. */
  readonly now: () => Date;
}

/** Paths are absolute, or relative to the process's working directory. */
export interface Files {
  /** @throws with `code: 'ENOENT'` and the like, as node:fs does. */
  readonly read: (path: string) => Uint8Array;
  /** The path with every link followed. @throws as node:fs does */
  readonly real: (path: string) => string;
  readonly kind: (path: string) => 'file' | 'directory' | 'other' | 'none';
  /** Names in a directory, sorted by code units. */
  readonly list: (directory: string) => readonly string[];
  /**
   * Writes to a temporary file beside it, flushes it and renames: readers see the old content or the new, never a part. What is long may
   * come in pieces.
   */
  readonly write: (path: string, content: string | Uint8Array | Iterable<string>) => void;
}

/** What git answered; `code` is undefined when it could not be started. */
export interface GitAnswer {
  readonly code: number | undefined;
  readonly out: Buffer;
  readonly err: string;
}
