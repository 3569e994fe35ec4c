import { type Command, Option } from 'commander';
import type { Ports } from '../ports/ports.ts';
import { policyOptions } from './check-options.ts';
import type { ProveOptions } from './prove.ts';

/** Adds `lukko prove` to the program. What it needs is loaded when it runs. */
export function proveCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  const command = program
    .command('prove')
    .description('make a copy of your model worse, one thing at a time, and show which rules notice')
    .argument('[path]', 'what to try it on, as for check');
  policyOptions(command)
    .option('--source <planfile>', 'the binary plan that plan JSON was printed from')
    .option('--siblings <directory>', 'the cdktf.out the plan belongs to')
    .addOption(
      new Option('--format <format>', 'how to print what was tried').choices(['terminal', 'json']).default('terminal'),
    )
    .action(async (path: string | undefined, options: ProveOptions) => {
      const { prove } = await import('./prove.ts');
      done(await prove(path, options, ports));
    });
}
