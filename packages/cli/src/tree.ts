import { dirname, join, relative, resolve, sep } from 'node:path';
import type { FileReader } from '@lukko/terraform-model';
import type { Files } from './ports/ports.ts';

/** What a configuration embeds is a payload or a template; nobody writes one of more than this. */
const largest = 16 * 1024 * 1024;
/** Names are relative and may lead upward: compared below a place that is deep enough. */
const anywhere = `/${'x/'.repeat(64)}`;

/**
 * The directories a configuration may read from: its repository (the nearest directory upward with `.git`), or its own without
 * one, and those of the modules it names. A link that leads anywhere else is not followed.
 */
export class Tree {
  readonly #files: Files;
  readonly #places: string[] = [];

  constructor(root: string, files: Files) {
    this.#files = files;
    this.include(repositoryOf(root, files) ?? root);
  }

  /** Takes in a directory somebody named by its path. */
  include(directory: string): void {
    const at = resolve(directory);
    // By a link within the tree nobody may leave it.
    if (this.#within(at, this.#places) && !this.holds(at)) return;
    const real = this.#real(at);
    if (real !== undefined && !this.#within(real, this.#places)) this.#places.push(real);
    if (!this.#within(at, this.#places)) this.#places.push(at);
  }

  /** Whether a path lies inside once every link is followed; one that does not exist does as it is written. */
  holds(path: string): boolean {
    const at = resolve(path);
    return this.#within(this.#real(at) ?? at, this.#places);
  }

  /** @param name what reports call the directory @param path */
  reader(path: string, name: string): FileReader {
    const known = new Map<string, Uint8Array | 'absent' | undefined>();
    const files = this.#files;
    const read = (file: string): Uint8Array | 'absent' | undefined => {
      const at = resolve(path, relative(resolve(anywhere, name), resolve(anywhere, file)));
      if (!this.holds(at)) return undefined;
      if (files.kind(at) === 'none') return 'absent';
      if (files.kind(at) !== 'file') return undefined;
      const bytes = files.read(at);
      return bytes.length > largest ? undefined : bytes;
    };
    return {
      read: (file) => {
        if (!known.has(file))
          known.set(
            file,
            attempt(() => read(file)),
          );
        return known.get(file);
      },
    };
  }

  #real(path: string): string | undefined {
    return attempt(() => this.#files.real(path));
  }

  #within(path: string, places: readonly string[]): boolean {
    return places.some((place) => path === place || path.startsWith(place.endsWith(sep) ? place : `${place}${sep}`));
  }
}

function repositoryOf(start: string, files: Files): string | undefined {
  for (let at = resolve(start); ; at = dirname(at)) {
    if ((attempt(() => files.kind(join(at, '.git'))) ?? 'none') !== 'none') return at;
    if (dirname(at) === at) return undefined;
  }
}

/** What the disk refuses is as good as not there: the value is then not known. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
