import type { Command } from 'commander';
import type { Ports } from '../ports/ports.ts';
import type { SandboxOptions } from './sandbox.ts';

/**
 * Adds `lukko sandbox` and `lukko sandbox run` to the program. What they need is loaded when they run.
 * @param done is told the exit code: 0, or for `run` that of the command
 */
export function sandboxCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  const serve = options(program.command('sandbox'))
    .description('serve the Hetzner Cloud API on loopback, with projects, actions, locks and protection')
    .helpCommand(false)
    .action(async (given: SandboxOptions) => {
      const { sandbox } = await import('./sandbox.ts');
      done(await sandbox(given, ports));
    });
  const run = serve
    .command('run')
    .description('start a sandbox, run a command with its endpoints and tokens in the environment, stop it')
    .argument('<command...>', 'the command and its arguments, after --')
    .action(async (command: readonly string[], _: unknown, self: Command) => {
      const { sandboxRun } = await import('./sandbox.ts');
      done(await sandboxRun(command, self.optsWithGlobals<SandboxOptions>(), ports));
    });
  run.configureHelp({ sortOptions: false, showGlobalOptions: true }).helpOption('-h, --help', 'print this help');
}

const options = (command: Command): Command =>
  command
    .option('--port <number>', 'where to listen on 127.0.0.1; 0 takes any that is free', '0')
    .option('--project <name>', 'a project with a token of its own; may be given again', collect, [])
    .option('--speed <factor>', 'how many times faster than Hetzner actions run, or instant', '20')
    .option('--rate-limit <number>', 'requests an hour and project; Hetzner has 3600', '1000000')
    .option('--log <file>', 'keep all objects in this file, and begin with those in it')
    .option('--token-seed <text>', 'make the same tokens again for the same text (default: new ones each time)');

const collect = (value: string, others: readonly string[]): readonly string[] => [...others, value];
