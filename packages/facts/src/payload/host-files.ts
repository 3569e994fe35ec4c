import type { PayloadFile } from '../types.ts';
import { baseName } from './shell-files.ts';

/** The files of a host while its scripts are followed: those of the payload, and over them those that commands write. */
export class HostFiles {
  readonly written = new Map<string, PayloadFile>();
  private readonly given: ReadonlyMap<string, PayloadFile>;
  /** Names of all files there are, so that most programs need not be looked for. */
  private readonly names: Set<string>;

  constructor(given: ReadonlyMap<string, PayloadFile>) {
    this.given = given;
    this.names = new Set([...given.keys()].map(baseName));
  }

  /** The file at a path. */
  readonly file = (path: string): PayloadFile | undefined => this.written.get(path) ?? this.given.get(path);

  /** Whether any file has this name, in whatever directory. */
  readonly isNamed = (name: string): boolean => this.names.has(name);

  /** A file that stands at its path from now on, read like one of the payload. */
  put(file: PayloadFile): void {
    this.names.add(baseName(file.path));
    this.written.set(file.path, file);
  }

  /** The paths of all files that a path names: the file itself, or everything below the directory. */
  below(path: string): readonly string[] {
    const directory = `${path.replace(/\/+$/, '')}/`;
    const all = [...this.given.keys(), ...[...this.written.keys()].filter((at) => !this.given.has(at))];
    return all.filter((at) => at === path || at.startsWith(directory));
  }
}
