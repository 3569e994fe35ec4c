import path from 'node:path';
import { readArguments } from './arguments.ts';
import { childEnvironment, GATE_MARK } from './environment.ts';
import { isStackFolder, readBytes } from './folder.ts';
import { addedHashes } from './lock-file.ts';
import { realTerraform } from './real-terraform.ts';
import { Refusal, refusalText } from './refusal.ts';
import { handOver, type Program, surviveClosedOutput } from './run.ts';
import { tokenFor } from './tokens.ts';

/**
 * The bin named `terraform`: reads the arguments, finds the real terraform, and either hands over or plans, judges, asks and
 * applies. What reads files of ours is loaded only where it is needed: cdktf calls this for `version` three times a stack.
 */
async function main(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  surviveClosedOutput();
  if (environment[GATE_MARK] !== undefined)
    throw new Refusal(
      'the gate was called by itself: what it took for the real terraform is another gate',
      'name the terraform or tofu binary with LUKKO_TERRAFORM',
    );
  const { call, chdir } = readArguments(argv);
  const folder = path.resolve(chdir ?? '.');
  const stack = isStackFolder(folder) ? path.basename(folder) : undefined;
  const gated = call.kind === 'gated';
  const token = stack === undefined ? environment.HCLOUD_TOKEN : tokenFor(stack, environment, gated);
  const program: Program = {
    file: realTerraform(environment),
    folder,
    environment: childEnvironment(environment, token, ownBin()),
  };
  switch (call.kind) {
    case 'pass': {
      if (call.stack && stack !== undefined) (await import('./synth-verdict.ts')).readStackFolder(folder);
      return handOver(program, call.args);
    }
    case 'init':
      return init(program, call.args, stack);
    case 'lock':
      return (await import('./lock.ts')).lock(folder);
    case 'gated':
      return (await import('./apply.ts')).applyGated({
        program,
        command: call.command,
        options: call.options,
        environment,
        now: () => new Date(),
      });
  }
}

/** init downloads and runs providers, so the configuration must be the judged one; it may pin hashes nobody had pinned. */
async function init(program: Program, args: readonly string[], stack: string | undefined): Promise<number> {
  if (stack !== undefined) (await import('./synth-verdict.ts')).readStackFolder(program.folder);
  const file = path.join(program.folder, '.terraform.lock.hcl');
  const before = readBytes(file)?.toString('utf8') ?? '';
  const code = await handOver(program, args);
  for (const { source, version, hashes } of addedHashes(before, readBytes(file)?.toString('utf8') ?? '')) {
    process.stdout.write(
      `lukko: trusted on first use: ${source} ${version}, ${hashes.join(', ')}\n  = fix: compare with the provider's release and write the hashes into .terraform.lock.hcl at the root\n`,
    );
  }
  return code;
}

/** node_modules/.bin of this repository, where local-exec finds `lukko`; the bundle lies in packages/cli/dist. */
function ownBin(): string {
  return path.join(__dirname, '..', '..', '..', 'node_modules', '.bin');
}

main(process.argv.slice(2), process.env).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      error instanceof Refusal
        ? refusalText(error)
        : `lukko: refused: the plan gate failed (${error instanceof Error ? error.message : String(error)}), so nothing is applied\n  = fix: mend what it names, or report it with the command that was run\n`,
    );
    process.exitCode = 1;
  },
);
