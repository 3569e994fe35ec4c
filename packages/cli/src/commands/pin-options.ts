import type { Command } from 'commander';
import type { Ports } from '../ports/ports.ts';
import type { ConfigOption, SealOptions } from './pin.ts';

const CONFIG = ['--config <file>', 'config/<environment>.yaml (default: what LUKKO_CONFIG names)'] as const;

/** Adds `lukko keys`, `lukko volumes` and `lukko secrets`. */
export function pinCommands(program: Command, ports: Ports, done: (code: number) => void): void {
  const keys = program
    .command('keys')
    .description('key servers: what volumes and secrets are bound to')
    .helpCommand(false);
  keys
    .command('pin')
    .description('read the thumbprint of every key server over SSH and write it into the configuration, for review')
    .option(...CONFIG)
    .action(async (options: ConfigOption) => {
      const { keysPin } = await import('./pin.ts');
      done(await keysPin(options, ports));
    });
  const volumes = program.command('volumes').description('encrypted volumes').helpCommand(false);
  volumes
    .command('pin')
    .description('read the LUKS UUID of every volume over SSH and write it into the configuration, for review')
    .option(...CONFIG)
    .action(async (options: ConfigOption) => {
      const { volumesPin } = await import('./pin.ts');
      done(await volumesPin(options, ports));
    });
  const secrets = program.command('secrets').description('secrets from outside, kept as ciphertext').helpCommand(false);
  secrets
    .command('seal')
    .description('seal what stands on standard input to the pinned key servers; none of them is asked')
    .argument('<name>', 'name of the secret, such as acme-account')
    .option('--from <file>', 'read the secret from a file instead')
    .option(...CONFIG)
    .action(async (name: string, options: SealOptions) => {
      const { secretsSeal } = await import('./pin.ts');
      done(await secretsSeal(name, options, ports));
    });
  secrets
    .command('list')
    .description('names of the sealed secrets, when each was sealed, and who opens them')
    .option(...CONFIG)
    .action(async (options: ConfigOption) => {
      const { secretsList } = await import('./pin.ts');
      done(secretsList(options, ports));
    });
  for (const command of [keys, volumes, secrets].flatMap((group) => group.commands))
    command.configureHelp({ sortOptions: false }).helpOption('-h, --help', 'print this help');
}
