import { type ToolLogEntry, toolLogEntry } from '@lukko/formats';
import { canonical, nothing, sha256 } from '../canonical.ts';

export interface ToolLog {
  readonly entries: readonly ToolLogEntry[];
  /** Why it is not whole, with the line; undefined when it is. */
  readonly problem: string | undefined;
}

/** Reads the log of the tool and checks its chain. A last line without its end was never acknowledged, and is left out. */
export function readToolLog(text: string): ToolLog {
  const entries: ToolLogEntry[] = [];
  const lines = text.split('\n').slice(0, -1);
  for (const [index, line] of lines.entries()) {
    const wrong = (why: string): ToolLog => ({ entries, problem: `line ${index + 1}: ${why}` });
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return wrong('expected one entry in JSON, found something else');
    }
    const parsed = toolLogEntry.safeParse(value);
    if (!parsed.success) return wrong('is no entry of the log of this tool');
    const { digest, ...body } = parsed.data;
    if (body.sequence !== index || body.previous !== (entries.at(-1)?.digest ?? nothing))
      return wrong('does not continue the one before it: entries were removed, added or moved');
    if (sha256(canonical(body)) !== digest) return wrong('was changed after it was written');
    entries.push(parsed.data);
  }
  return { entries, problem: undefined };
}

/** The line that continues a log. */
export function toolLogLine(
  log: ToolLog,
  entry: Omit<ToolLogEntry, 'schemaVersion' | 'sequence' | 'previous' | 'digest'>,
): string {
  const body = {
    schemaVersion: 1,
    ...entry,
    sequence: log.entries.length,
    previous: log.entries.at(-1)?.digest ?? nothing,
  };
  return `${canonical({ ...body, digest: sha256(canonical(body)) })}\n`;
}
