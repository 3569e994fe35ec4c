import type { PayloadFile } from '../types.ts';
import { SCRIPT, TABLE, UNREAD } from './hook-places.ts';
import type { ShellRun } from './shell-run.ts';
import { newScope, type Scope } from './shell-scope.ts';

/** Follows what the system runs by itself because a file of the payload lies where it looks. */
export function followHooks(files: Iterable<PayloadFile>, run: ShellRun, done: Set<string>): void {
  for (const file of files) {
    if (done.has(file.path)) continue;
    done.add(file.path);
    const { path, text } = file;
    run.entry = path;
    if (TABLE.test(path)) cronTable(file, run);
    else if (SCRIPT.test(path)) run.script(file, [], sometimes(file));
    const hook = UNREAD.find(([place, content]) => place.test(path) && content.test(text.marked));
    if (hook !== undefined) run.unread.push({ at: file.at, why: hook[2] });
  }
}

/** It runs at a time of its own: under a condition that is about no volume. */
function sometimes(file: PayloadFile): Scope {
  return newScope(file.at, [{ line: 1, mentions: [`when ${file.path} is run`] }]);
}

/** crontab(5), with the column of the user that system tables have. */
function cronTable(file: PayloadFile, run: ShellRun): void {
  file.text.marked.split('\n').forEach((line, index) => {
    const entry = /^\s*(?:@\w+|(?:[\d*][\w,*/-]*\s+){4}[\w,*/-]+)\s+(.*)$/.exec(line)?.[1];
    if (entry === undefined) return;
    const personal = file.path.startsWith('/var/spool/');
    run.text(personal ? entry : entry.replace(/^\S+\s+/, ''), sometimes(file), index + 1);
  });
}
