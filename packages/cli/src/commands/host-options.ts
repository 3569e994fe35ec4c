import type { Command } from 'commander';
import type { Ports } from '../ports/ports.ts';
import type { HostOptions } from './host.ts';
import type { RestoreOptions } from './restore.ts';
import type { RetireOptions } from './retire.ts';

/** Adds `lukko host rebuild` and `lukko host quiesce`: the two commands terraform may run. */
export function hostCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  const host = program
    .command('host')
    .description('work on one host: bring a changed payload onto it, or close it before its volume is detached')
    .helpCommand(false);
  host
    .command('rebuild')
    .description(
      'compare the declared payload with the one the server has; where it changed, quiesce the host and rebuild it in place; wait until it serves',
    )
    .requiredOption('--server <id>', 'id of the server')
    .requiredOption('--stack <name>', 'the stack that declares it')
    .option('--minutes <number>', 'how long the host may take until it serves', '20')
    .action(async (options: HostOptions) => {
      const { hostRebuild } = await import('./host.ts');
      done(await hostRebuild(options, ports));
    });
  host
    .command('quiesce')
    .description('empty the forwarder, stop services, close journal and volume, then power the server off')
    .requiredOption('--server <name>', 'name of the server, or its id')
    .requiredOption('--stack <name>', 'the stack that declares it')
    .action(async (options: Omit<HostOptions, 'minutes'>) => {
      const { hostQuiesce } = await import('./host.ts');
      done(await hostQuiesce({ ...options, minutes: '20' }, ports));
    });
  for (const command of host.commands)
    command.configureHelp({ sortOptions: false }).helpOption('-h, --help', 'print this help');
}

/** Adds `lukko retire`. */
export function retireCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  program
    .command('retire')
    .description(
      'remove a stack with its data: show what goes, ask, lift its protection by an apply of its own, destroy it',
    )
    .argument('<stack>', 'name of the stack')
    .requiredOption('--reason <text>', 'why it is removed; stands in the intent and in the record')
    .option('--confirm <environment/stack>', 'what would be typed on a terminal, for where there is none')
    .action(async (stack: string, options: RetireOptions) => {
      const { retireStack } = await import('./retire.ts');
      done(await retireStack(stack, options, ports));
    });
}

/** Adds `lukko restore`. */
export function restoreCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  program
    .command('restore')
    .description(
      'restore the newest backup of a host with nothing but the backups, the sealed password and one age identity (needs restic and age)',
    )
    .requiredOption('--from <environment>', 'the environment it was made in: config/<environment>.yaml is read')
    .requiredOption('--host <name>', 'edge, logs, errors or backups')
    .requiredOption('--password <file>', 'the sealed password of its repositories')
    .requiredOption('--identity <file>', 'an age identity that opens it')
    .requiredOption('--target <directory>', 'where to; it must be empty or not there')
    .option('--repository <url>', 'one repository, instead of the newest')
    .action(async (options: RestoreOptions) => {
      const { restoreHost } = await import('./restore.ts');
      done(await restoreHost(options, ports));
    });
}
