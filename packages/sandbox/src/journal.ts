import { type Project, readLine } from './project.ts';
import type { Kind } from './types.ts';

/** Objects to a line of a snapshot: no line grows past what one string may hold, however many there are. */
const OBJECTS_TO_A_LINE = 200;

/**
 * Does again what lines of a log or of a snapshot say was done.
 * @param what the lines are, for messages
 * @returns the highest id given away. @throws Error naming the line that cannot be read, or whose project is not there
 */
export function replay(
  lines: Iterable<string>,
  projects: ReadonlyMap<string, Project>,
  what = "the sandbox's log",
): number {
  let number = 0;
  let highest = 0;
  for (const text of lines) {
    number += 1;
    const { project: name, lastId, changes } = readLine(text, number, what);
    const project = projects.get(name);
    if (project === undefined)
      throw new Error(
        `line ${number} of ${what} is of project ${name}, which is not among those given; start it with --project ${name} as well`,
      );
    for (const change of changes) project.store.replay(change);
    highest = Math.max(highest, lastId);
  }
  for (const { actions } of projects.values()) actions.reload();
  return highest;
}

/** Everything there is, as the lines of a log that held nothing else; each project has one at least. */
export function* snapshotOf(projects: ReadonlyMap<string, Project>, lastId: number): Generator<string> {
  for (const [project, { store }] of projects) {
    yield JSON.stringify({ project, lastId, changes: [] });
    for (const kind of store.kinds()) {
      const objects = store.all(kind);
      for (let from = 0; from < objects.length; from += OBJECTS_TO_A_LINE)
        yield JSON.stringify({
          project,
          lastId,
          changes: changesOf(kind, objects.slice(from, from + OBJECTS_TO_A_LINE)),
        });
    }
  }
}

const changesOf = (kind: Kind, objects: readonly { readonly id: number }[]) =>
  objects.map((record) => ({ kind, id: record.id, record }));
