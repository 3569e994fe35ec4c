import type { Command } from 'commander';
import type { Ports } from '../ports/ports.ts';
import type { ControlOptions } from '../sandbox/control-client.ts';
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
  faultCommands(serve, ports, done);
  withControl(serve.command('drift'))
    .description('change objects of a running sandbox by hand, past any code; without words: list the ways')
    .argument('[words...]', 'such as: open-firewall web 22, detach-volume data, set-label server web team=ops')
    .option('--project <name>', 'whose objects (default: the first)')
    .action(async (words: readonly string[], given: ControlOptions) => {
      const { driftByHand } = await import('./sandbox-control.ts');
      // The command above has an option of the same name, and takes what is given here.
      const project = serve.opts<SandboxOptions>().project.at(-1);
      done(await driftByHand(words, { ...given, ...(project !== undefined && { project }) }, ports));
    });
  withControl(serve.command('snapshot'))
    .description('write all objects of a running sandbox to a file, for restore or --seed')
    .argument('<file>', 'where to write')
    .action(async (file: string, given: ControlOptions) => {
      const { snapshot } = await import('./sandbox-control.ts');
      done(await snapshot(file, given, ports));
    });
  withControl(serve.command('restore'))
    .description('put the objects of a snapshot in the place of all that a running sandbox holds')
    .argument('<file>', 'what snapshot wrote')
    .action(async (file: string, given: ControlOptions) => {
      const { restore } = await import('./sandbox-control.ts');
      done(await restore(file, given, ports));
    });
  run.configureHelp({ sortOptions: false, showGlobalOptions: true }).helpOption('-h, --help', 'print this help');
}

function faultCommands(serve: Command, ports: Ports, done: (code: number) => void): void {
  const fault = serve
    .command('fault')
    .description('let requests of a running sandbox go wrong')
    .helpCommand(false)
    .helpOption('-h, --help', 'print this help');
  withControl(fault.command('add'))
    .description('add faults, such as resource_unavailable,on=create_server,times=2')
    .argument('<fault...>', 'docs/sandbox.md has the words')
    .action(async (texts: readonly string[], given: ControlOptions) => {
      const { faultAdd } = await import('./sandbox-control.ts');
      done(await faultAdd(texts, given, ports));
    });
  withControl(fault.command('list'))
    .description('list the faults that stand, and how often each struck')
    .action(async (given: ControlOptions) => {
      const { faultList } = await import('./sandbox-control.ts');
      done(await faultList(given, ports));
    });
  withControl(fault.command('clear'))
    .description('remove one fault, or all')
    .argument('[id]', 'the number that list shows')
    .action(async (id: string | undefined, given: ControlOptions) => {
      const { faultClear } = await import('./sandbox-control.ts');
      done(await faultClear(id, given, ports));
    });
}

/** Verbs that ask a sandbox which runs already. */
const withControl = (command: Command): Command =>
  command
    .option(
      '--control <url>',
      'its control port (default: LUKKO_SANDBOX_CONTROL; the token is in LUKKO_SANDBOX_CONTROL_TOKEN)',
    )
    .helpOption('-h, --help', 'print this help')
    .configureHelp({ sortOptions: false });

const options = (command: Command): Command =>
  command
    .option('--port <number>', 'where to listen on 127.0.0.1; 0 takes any that is free', '0')
    .option('--project <name>', 'a project with a token of its own; may be given again', collect, [])
    .option('--speed <factor>', 'how many times faster than Hetzner actions run, or instant', '20')
    .option('--rate-limit <number>', 'requests an hour and project; Hetzner has 3600', '1000000')
    .option('--log <file>', 'keep all objects in this file, and begin with those in it')
    .option('--seed <file>', 'begin with these objects: JSON by project and kind, or what lukko sandbox snapshot wrote')
    .option(
      '--intercept',
      'answer for api.hetzner.cloud and api.hetzner.com too, through HTTPS_PROXY, for clients without an endpoint',
    )
    .option(
      '--fault <fault>',
      'let requests go wrong, such as 503,on=create_server,times=1; may be given again',
      collect,
      [],
    )
    .option(
      '--control-port <number>',
      'where faults and drift are asked for while it runs; 0 takes any that is free',
      '0',
    )
    .option('--token-seed <text>', 'make the same tokens again for the same text (default: new ones each time)');

const collect = (value: string, others: readonly string[]): readonly string[] => [...others, value];
