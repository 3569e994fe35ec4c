import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Ports } from '../ports/ports.ts';
import type { CheckOptions, OutputRequest } from './check.ts';

const formats = ['terminal', 'json', 'sarif', 'junit', 'gitlab', 'markdown'];

/** Adds the options that say by which policy is judged; the same for every verb that judges. */
export function policyOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--posture <name>', 'instead of what lukko.yaml says (recommended without one)').choices([
        'eu-sovereign',
        'recommended',
      ]),
    )
    .addOption(
      new Option('--rule-set <name>', 'the rules to ask, instead of those of the posture').choices([
        'recommended',
        'eu-sovereign',
        'iso27001-a8',
        'all',
      ]),
    )
    .option('--config <file>', 'the lukko.yaml to use, instead of the nearest one upward in this repository')
    .option(
      '--policy-from <ref>',
      'read lukko.yaml and all it names from this commit or branch of git, never from the work tree',
    )
    .option('--rules <folder>', "the organisation's own rules, ES modules, instead of the folder lukko.yaml names");
}

/** Adds `lukko check` to the program. What it needs is loaded when it runs. */
export function checkCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  const outputs: OutputRequest[] = [];
  const check = program
    .command('check')
    .description('judge synthesised stacks, configurations, plans or states')
    .argument(
      '[paths...]',
      'cdktf.out, a directory with *.tf or *.tf.json, one such file, plan JSON, a state, or - for standard input (default: cdktf.out, else this directory)',
    );
  policyOptions(check)
    .option(
      '--source <planfile>',
      'the binary plan that plan JSON was printed from, or the directory of a plan or state: its configuration is joined with it',
    )
    .option(
      '--var-file <file>',
      'values for variables, as terraform takes them; may be given again',
      (file: string, before: readonly string[]) => [...before, file],
      [] as readonly string[],
    )
    .option('--live', 'judge what the API shows, with the read-only tokens observe.yaml names, else HCLOUD_TOKEN')
    .option('--siblings <directory>', 'the cdktf.out the plan belongs to: the stacks beside it are read as well')
    .option(
      '-f, --format <format>',
      `how to print the report: ${formats.join(', ')}; may be given again, each for the --output after it`,
      (value: string) => {
        if (!formats.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${formats.join(', ')}.`);
        outputs.push({ format: value as NonNullable<OutputRequest['format']> });
        return value;
      },
    )
    .option(
      '-o, --output <file>',
      'write the format before it to a file instead (without one, the ending tells: .json, .sarif, .xml, .md, .txt)',
      (value: string) => {
        const last = outputs.at(-1);
        if (last !== undefined && last.file === undefined) outputs[outputs.length - 1] = { ...last, file: value };
        else outputs.push({ file: value });
        return value;
      },
    )
    .option('--verbose', 'every finding in full, also where there is no lukko.yaml yet')
    .option('--baseline <file>', 'accepted findings, instead of the file lukko.yaml names')
    .option('--compare <report>', 'an earlier report in JSON: says what is new, fixed and unchanged since')
    .addOption(
      new Option('--fail-on <what>', 'new: what the baseline accepts, or the earlier report had, does not refuse')
        .choices(['all', 'new'])
        .default('all'),
    )
    .option('--min-coverage <percent>', 'refuse when rules looked at less of the resources and hosts', percentage)
    .action(async (paths: readonly string[], options: Omit<CheckOptions, 'outputs'>) => {
      const { check: run } = await import('./check.ts');
      done(await run(paths, { ...options, outputs }, ports));
    });
}

function percentage(value: string): number {
  if (!/^\d{1,3}$/.test(value) || Number(value) > 100)
    throw new InvalidArgumentError('Expected a whole number from 0 to 100.');
  return Number(value);
}
