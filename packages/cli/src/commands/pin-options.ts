import type { Command } from 'commander';
import type { Ports } from '../ports/ports.ts';
import type { ConfigOption, ReplaceOptions, SealOptions } from './pin.ts';

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
  keys
    .command('rotate')
    .description('give one key server new keys, which keeps the former ones for what is bound to them, and pin them')
    .requiredOption('--server <name>', 'name of the key server in the configuration')
    .option(...CONFIG)
    .action(async (options: ConfigOption & { server: string }) => {
      const { keysRotate } = await import('./pin.ts');
      done(await keysRotate(options, ports));
    });
  keys
    .command('replace')
    .description(
      'put a new key server in the place of a lost one: every volume does without it, then is bound to the new one',
    )
    .requiredOption('--server <name>', 'name of the key server in the configuration')
    .requiredOption('--reason <text>', 'why; it is shown, and kept with the intent')
    .option('--confirm <environment/server>', 'what would be typed, where there is no terminal')
    .option(...CONFIG)
    .action(async (options: ReplaceOptions) => {
      const { keysReplace } = await import('./pin.ts');
      done(await keysReplace(options, ports));
    });
  keys
    .command('rebind')
    .description('bind every volume to the key servers its host was deployed with, after a rotation')
    .option(...CONFIG)
    .action(async (options: ConfigOption) => {
      const { keysRebind } = await import('./pin.ts');
      done(await keysRebind(options, ports));
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
