import type { Command, PayloadFile } from '@lukko/facts';
import { ShellRun } from '../../../../packages/facts/src/payload/shell-run.ts';
import { newScope } from '../../../../packages/facts/src/payload/shell-scope.ts';

export function file(path: string, text: string): PayloadFile {
  return { path, text: { marked: text, holes: [] }, permissions: undefined, owner: undefined, at: path };
}

/** Follows a script; `files` are what the payload holds beside it. */
export function follow(script: string, files: Readonly<Record<string, string>> = {}): ShellRun {
  const run = new ShellRun(new Map(Object.entries(files).map(([path, text]) => [path, file(path, text)])));
  run.text(script, newScope('script'));
  return run;
}

/** `program arg ?` with `?` for a word that is not determined, `(if …)` behind it when conditional. */
export function lines(commands: readonly Command[]): string[] {
  return commands.map((command) => {
    const words = [command.program, ...command.args.map((arg) => arg ?? '?')].join(' ');
    const guards = command.guards.map((guard) => `if ${guard.mentions.join(' ')}`).join(', ');
    return `${words}${command.opaque ? ' [opaque]' : ''}${guards === '' ? '' : ` (${guards})`}`;
  });
}
