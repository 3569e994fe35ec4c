import type { Command } from 'commander';
import type { Ports } from '../ports/ports.ts';
import { policyOptions } from './check-options.ts';
import type { RegisterOptions } from './register.ts';

/** Adds `lukko register init` to the program. What it needs is loaded when it runs. */
export function registerCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  const register = program
    .command('register')
    .description('the register of external services that may be reached')
    .helpCommand(false);
  const init = register
    .command('init')
    .description('draft it from the hosts an input names; what nobody is known to operate is left to be filled in')
    .argument('[path]', 'where to look, as for check');
  policyOptions(init)
    .option('--source <planfile>', 'the binary plan that plan JSON was printed from')
    .option('--siblings <directory>', 'the cdktf.out the plan belongs to')
    .option('-o, --output <file>', 'where to write', 'register.yaml')
    .option('--force', 'replace the file when it is there')
    .action(async (path: string | undefined, options: RegisterOptions) => {
      const { registerInit } = await import('./register.ts');
      done(await registerInit(path, options, ports));
    });
  for (const command of register.commands)
    command.configureHelp({ sortOptions: false }).helpOption('-h, --help', 'print this help');
}
