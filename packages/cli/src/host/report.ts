import path from 'node:path';
import { readHostReport } from '@lukko/evidence';
import { readBytes } from '../gate/folder.ts';
import { nodeFiles } from '../ports/node.ts';
import type { Contact } from './contact.ts';
import { at } from './json.ts';
import { waitsFor } from './serve.ts';

/**
 * What stands in the way of taking a host down; undefined when its report, signed by the host's own SSH key, says that its volume unlocks.
 * @param hostKey fingerprint of the key this host is known by
 */
export function unhealthy(report: string, hostKey: string | undefined, now: Date): string | undefined {
  if (hostKey === undefined) return 'no key of it is known, so whose report it is cannot be told';
  try {
    readHostReport(report, { hostKey, now: now.toISOString(), kept: true });
  } catch (error) {
    return (error as Error).message;
  }
  const unlocked = at(JSON.parse(report), 'volume', 'unlocked');
  if (unlocked === true) return undefined;
  return unlocked === false ? 'its report says that the volume is locked' : 'its report says nothing of its volume';
}

/**
 * The last report of a host: a new one where it answers, which is kept in `state/<environment>/reports/`, else the one kept there.
 * @returns the report, or why there is none.
 */
export async function lastReport(
  contact: Contact,
  kept: string,
  name: string,
): Promise<{ readonly report: string } | { readonly none: string }> {
  const file = path.join(kept, 'reports', `${name}.json`);
  const said = await contact.run('report');
  if (said.code === 0) {
    nodeFiles.write(file, said.out);
    return { report: said.out };
  }
  const before = readBytes(file)?.toString('utf8');
  return before === undefined ? { none: `it ${waitsFor(said)}, and no earlier report is kept` } : { report: before };
}
