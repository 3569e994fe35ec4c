import type { Command } from 'commander';
import type { Ports } from '../ports/ports.ts';
import type { ImageOptions } from './images.ts';

const CONFIG = ['--config <file>', 'config/<environment>.yaml (default: what LUKKO_CONFIG names)'] as const;

/** Adds `lukko images` and `lukko deploy status`. */
export function imagesCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  const images = program.command('images').description('container images, by their digests').helpCommand(false);
  images
    .command('mirror')
    .description(
      'copy every image of the configuration into its registry, for all platforms, digests unchanged (needs skopeo)',
    )
    .requiredOption('--from <registry>', 'the registry they are copied from')
    .option('--image <name>', 'this one only, as the configuration calls it')
    .option(...CONFIG)
    .action(async (options: ImageOptions) => {
      const { imagesMirror } = await import('./images.ts');
      done(await imagesMirror(options, ports));
    });
  images
    .command('load')
    .description('send every image to a host over SSH, for those who run no registry (needs skopeo)')
    .requiredOption('--host <name>', 'edge, logs, errors or backups')
    .requiredOption('--from <registry>', 'the registry they are copied from')
    .option('--image <name>', 'this one only, as the configuration calls it')
    .option(...CONFIG)
    .action(async (options: ImageOptions & { host: string }) => {
      const { imagesLoad } = await import('./images.ts');
      done(await imagesLoad(options, ports));
    });
  const deploy = program.command('deploy').description('what a deployment waits for').helpCommand(false);
  deploy
    .command('status')
    .description('say of every stack and host what it waits for; exit code 1 while anything does')
    .option(...CONFIG)
    .action(async (options: { config?: string }) => {
      const { status } = await import('./deploy-status.ts');
      done(await status(options, ports));
    });
  for (const command of [images, deploy].flatMap((group) => group.commands))
    command.configureHelp({ sortOptions: false }).helpOption('-h, --help', 'print this help');
}
