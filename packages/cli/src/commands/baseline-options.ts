import type { Command } from 'commander';
import type { Ports } from '../ports/ports.ts';
import type { BaselineOptions } from './baseline.ts';
import { policyOptions } from './check-options.ts';

/** Adds `lukko baseline write` to the program. What it needs is loaded when it runs. */
export function baselineCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  const baseline = program.command('baseline').description('findings that are accepted until a day').helpCommand(false);
  const write = baseline
    .command('write')
    .description(
      "accept today's findings until a day, so that lukko check --fail-on new refuses only what comes on top",
    )
    .argument('[path]', 'what to judge, as for check');
  policyOptions(write)
    .option('--source <planfile>', 'the binary plan that plan JSON was printed from')
    .option('--siblings <directory>', 'the cdktf.out the plan belongs to')
    .option('--expires <date>', 'the last day it holds, such as 2027-01-31; at most a year away (default: in 90 days)')
    .option('-o, --output <file>', 'where to write (default: the file lukko.yaml names, else lukko-baseline.json)')
    .action(async (path: string | undefined, options: BaselineOptions) => {
      const { baselineWrite } = await import('./baseline.ts');
      done(await baselineWrite(path, options, ports));
    });
  for (const command of baseline.commands)
    command.configureHelp({ sortOptions: false }).helpOption('-h, --help', 'print this help');
}
