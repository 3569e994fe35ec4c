import path from 'node:path';
import { readBytes } from '../gate/folder.ts';
import { nodeFiles } from '../ports/node.ts';
import type { Contact } from './contact.ts';
import { at, isRecord } from './json.ts';
import { waitsFor } from './serve.ts';

/** What stands in the way of taking a host down; undefined when its report says that its volume unlocks. */
export function unhealthy(report: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(report);
  } catch {
    return 'its report is no JSON';
  }
  if (!isRecord(parsed)) return 'its report is no object';
  const unlocked = at(parsed, 'volume', 'unlocked');
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
