import { printable } from '@lukko/policy-engine';
import { Command, CommanderError, Option } from 'commander';
import manifest from '../package.json';
import { baselineCommand } from './commands/baseline-options.ts';
import { checkCommand } from './commands/check-options.ts';
import { evidenceCommand } from './commands/evidence.ts';
import type { ExplainOptions } from './commands/explain.ts';
import { hostCommand, restoreCommand, retireCommand } from './commands/host-options.ts';
import { imagesCommand } from './commands/images-options.ts';
import { observeCommand } from './commands/observe-options.ts';
import { pinCommands } from './commands/pin-options.ts';
import { proveCommand } from './commands/prove-options.ts';
import type { RulesOptions } from './commands/rules.ts';
import { sandboxCommand } from './commands/sandbox-options.ts';
import { fileProblem, InputError } from './errors.ts';
import { displayName } from './input-file.ts';
import type { PolicyOptions } from './policy-files.ts';
import type { Ports } from './ports/ports.ts';

/**
 * The command `lukko`: reads its arguments and runs one verb.
 * @returns exit code: 0 clean, 1 findings, 2 wrong arguments or unreadable input. What a verb needs is loaded when it runs.
 */
export async function run(argv: readonly string[], ports: Ports): Promise<number> {
  let code = 0;
  const program = lukko(ports, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    ports.err(problem(error, ports.cwd));
    return 2;
  }
}

/** The whole tree of commands; also what docs/cli.md is generated from. */
export function lukko(ports: Ports, done: (code: number) => void): Command {
  const program = new Command('lukko')
    .description('Judges Terraform: where it stands, what is encrypted, whose law reaches it')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: ports.out,
      writeErr: (text) => ports.err(text.split('\n').map(printable).join('\n')),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .addHelpText('after', '\nExit codes: 0 clean, 1 findings, 2 wrong arguments or unreadable input.')
    .exitOverride();

  checkCommand(program, ports, done);

  program
    .command('rules')
    .description('list the rules')
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['terminal', 'markdown', 'json'])
        .default('terminal'),
    )
    .addOption(
      new Option('--rule-set <name>', 'only those of a set').choices([
        'recommended',
        'eu-sovereign',
        'iso27001-a8',
        'all',
      ]),
    )
    .option('--rules <folder>', "the organisation's own rules as well, ES modules")
    .option('--test', 'judge the examples of the own rules instead')
    .action(async (options: RulesOptions) => {
      const { rules } = await import('./commands/rules.ts');
      done(await rules(options, ports));
    });

  program
    .command('explain')
    .description('show what a rule asks for, why, and how to comply')
    .argument('<rule>', 'id of the rule, such as volume-encrypted-at-rest')
    .addOption(new Option('--format <format>', 'how to print it').choices(['terminal', 'markdown']).default('terminal'))
    .option('--rules <folder>', "the organisation's own rules as well, ES modules")
    .action(async (rule: string, options: ExplainOptions) => {
      const { explain } = await import('./commands/explain.ts');
      done(await explain(rule, options, ports));
    });

  program
    .command('waiver')
    .description('print the text of a waiver that its approver signs with ssh-keygen -Y sign -n lukko-waiver')
    .argument('<id>', 'id of a waiver in the file that lukko.yaml names')
    .option('--config <file>', 'the lukko.yaml to use, instead of the nearest one upward in this repository')
    .action(async (id: string, options: PolicyOptions) => {
      const { waiver } = await import('./commands/waiver.ts');
      done(await waiver(id, options, ports));
    });

  baselineCommand(program, ports, done);
  observeCommand(program, ports, done);
  proveCommand(program, ports, done);
  evidenceCommand(program, ports, done);
  hostCommand(program, ports, done);
  retireCommand(program, ports, done);
  restoreCommand(program, ports, done);
  pinCommands(program, ports, done);
  imagesCommand(program, ports, done);
  sandboxCommand(program, ports, done);

  for (const command of program.commands)
    command.configureHelp({ sortOptions: false }).helpOption('-h, --help', 'print this help');
  return program;
}

/** One clear message for what the user can mend; anything else keeps its stack, since it is a fault of ours. */
function problem(error: unknown, cwd: string): string {
  // What the disk refuses on the way to a file: no permission for a directory, links in a circle, a name that is too long.
  const { path, syscall } = Object(error) as NodeJS.ErrnoException;
  if (path !== undefined && syscall !== undefined)
    return `error: ${printable(displayName(path, cwd))}: cannot be read: ${printable(fileProblem(error))}; name another, or mend it\n`;
  if (!(error instanceof Error)) return `error: ${printable(String(error))}\n`;
  const known = error instanceof InputError || /^(FormatError|PolicyError|ReadError|InputError)$/.test(error.name);
  if (!known)
    return `error: lukko failed, this is a fault of ours, please report it\n${error.stack ?? error.message}\n`;
  return `error: ${error.message.split('\n').map(printable).join('\n')}\n`;
}
