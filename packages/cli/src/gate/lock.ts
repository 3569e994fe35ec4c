import path from 'node:path';
import { CONFIGURATION, readBytes } from './folder.ts';
import { readLock } from './lock-file.ts';
import { Refusal } from './refusal.ts';

/**
 * `terraform providers lock` asks a public registry for the hashes of every platform. The lock file is committed instead, and
 * main.ts places it: where it names each provider of the configuration there is nothing to do, else the call is refused.
 */
export function lock(folder: string): number {
  const configuration = readBytes(path.join(folder, CONFIGURATION))?.toString('utf8') ?? '{}';
  const required =
    (JSON.parse(configuration) as { terraform?: { required_providers?: Record<string, { source?: string }> } })
      .terraform?.required_providers ?? {};
  const locked = readLock(readBytes(path.join(folder, '.terraform.lock.hcl'))?.toString('utf8') ?? '').map(
    (entry) => entry.source,
  );
  const missing = Object.values(required)
    .map((provider) => provider.source ?? '')
    .filter((source) => !locked.some((entry) => entry === source || entry.endsWith(`/${source}`)));
  if (missing.length > 0)
    throw new Refusal(
      `the committed lock file does not name ${missing.join(', ')}, and no registry is asked`,
      'add provider and version to .terraform.lock.hcl at the root',
    );
  process.stdout.write('lukko: the committed lock file names every provider; no registry is asked\n');
  return 0;
}
