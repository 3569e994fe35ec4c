/** One provider of `.terraform.lock.hcl`. */
export interface Locked {
  readonly source: string;
  readonly version: string;
  readonly hashes: readonly string[];
}

/** Reads the lock file's own narrow form: `provider "source" { version = "…" constraints = "…" hashes = [ "…", ] }`. */
export function readLock(text: string): readonly Locked[] {
  const found: Locked[] = [];
  for (const block of text.matchAll(/^provider "([^"]+)" \{\n([\s\S]*?)^\}/gm)) {
    const body = block[2] ?? '';
    found.push({
      source: block[1] ?? '',
      version: /^\s*version\s*=\s*"([^"]*)"/m.exec(body)?.[1] ?? '',
      hashes: [...body.matchAll(/^\s*"((?:h1|zh):[^"]+)"/gm)].map((match) => match[1] ?? ''),
    });
  }
  return found;
}

/** What `after` pins that `before` did not: printed once, when the first init met a provider nobody had pinned by hash. */
export function addedHashes(before: string, after: string): readonly Locked[] {
  const known = new Map(readLock(before).map((entry) => [`${entry.source} ${entry.version}`, new Set(entry.hashes)]));
  return readLock(after)
    .map((entry) => ({
      ...entry,
      hashes: entry.hashes.filter((hash) => !known.get(`${entry.source} ${entry.version}`)?.has(hash)),
    }))
    .filter((entry) => entry.hashes.length > 0);
}
