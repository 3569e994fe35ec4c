import type { Command } from 'commander';
import type { Ports } from '../ports/ports.ts';
import { lukko } from '../program.ts';

/** docs/cli.md: what `--help` prints, for the command and each verb. */
export function cliPage(): string {
  const silent: Ports = {
    files: { read: unused, real: unused, kind: () => 'none', list: () => [], write: unused },
    cwd: '/',
    environment: {},
    stdin: unused,
    out: () => undefined,
    err: () => undefined,
    color: false,
    git: unused,
    importModules: unused,
    now: unused,
  };
  const program = lukko(silent, () => undefined);
  const sections = [program, ...verbs(program)].map(
    (command) => `## ${path(command)}\n\n\`\`\`\n${command.helpInformation().trimEnd()}\n\`\`\``,
  );
  return `${['# The command lukko', 'Exit codes: 0 clean, 1 findings, 2 wrong arguments or unreadable input.', ...sections].join('\n\n')}\n`;
}

function verbs(program: Command): readonly Command[] {
  return program.commands.flatMap((command) => [command, ...verbs(command)]);
}

function path(command: Command): string {
  return command.parent === null ? command.name() : `${path(command.parent)} ${command.name()}`;
}

function unused(): never {
  throw new Error('help needs nothing of the machine');
}
