import { type Command, Option } from 'commander';
import type { Ports } from '../ports/ports.ts';
import type { EvidenceOptions } from './evidence-export.ts';
import type { LintOptions } from './evidence-lint.ts';
import type { SampleOptions } from './evidence-sample.ts';
import type { VerifyOptions } from './evidence-verify.ts';

/**
 * Adds `lukko evidence export` to the program. What it needs is loaded when it runs.
 * @param done is told the exit code: 0 also with blanks, since a blank is an answer.
 */
export function evidenceCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  const evidence = program.command('evidence').description('evidence for auditors').helpCommand(false);
  evidence
    .command('export')
    .description('write what configuration and plans show for ISO/IEC 27001:2022 Annex A.8, as HTML, JSON and CSV')
    .argument(
      '[paths...]',
      'cdktf.out, directories with *.tf.json, or plans in JSON (default: cdktf.out, else this directory)',
    )
    .option('--control <number>', 'A.8 for all 34, or one, such as A.8.24', 'A.8')
    .option('--source <planfile>', 'the binary plan that the one plan among the paths was printed from')
    .option('--out <directory>', 'where to write; replaced as a whole', 'evidence-out')
    .option(
      '--as-of <instant>',
      'count ages to this instant, such as 2026-11-21T12:00:00Z or 2026-11-21 (default: now)',
    )
    .option('--since <instant>', 'leave observations before it out of periods')
    .addOption(
      new Option('--profile <name>', 'for whom: what a profile withholds stays bound to the whole by its digest')
        .choices(['public', 'nda', 'auditor'])
        .default('auditor'),
    )
    .option('--observations <file>', 'what `lukko observe` wrote (default: observations.jsonl, if there is one)')
    .option('--previous <directory>', 'the export before, which this one continues')
    .option('--key <file>', 'SSH key that signs; without one, and for sandboxes, a throw-away key does')
    .option('--log <file>', 'log of this tool (default: state/lukko-log.jsonl beside lukko.yaml)')
    .addOption(
      new Option('--posture <name>', 'instead of what lukko.yaml says (recommended without one)').choices([
        'eu-sovereign',
        'recommended',
      ]),
    )
    .option('--config <file>', 'the lukko.yaml to use, instead of the nearest one upward in this repository')
    .action(async (paths: readonly string[], options: EvidenceOptions) => {
      const { exportEvidence } = await import('./evidence-export.ts');
      done(await exportEvidence(paths, options, ports));
    });
  evidence
    .command('verify')
    .description('check a bundle: 0 good, 1 forged or expired, 2 unusable, 3 intact but the signer is not known')
    .argument('<directory>', 'what `lukko evidence export` wrote')
    .option('--signer <fingerprint>', 'SHA256:… of the key, as it reached you by another way')
    .option('--previous <directory>', 'the export before, which it must continue')
    .option('--as-of <instant>', 'observations must last until then (default: now)')
    .addOption(new Option('--format <format>', 'how to print it').choices(['terminal', 'json']).default('terminal'))
    .action(async (directory: string, options: VerifyOptions) => {
      const { verifyEvidence } = await import('./evidence-verify.ts');
      done(verifyEvidence(directory, options, ports));
    });
  evidence
    .command('diff')
    .description('what is different between two exports')
    .argument('<before>', 'an export')
    .argument('<after>', 'a later one')
    .action(async (before: string, after: string) => {
      const { diffOf } = await import('./evidence-diff.ts');
      done(diffOf(before, after, ports));
    });
  evidence
    .command('sample')
    .description("draw the auditor's sample from the resources and changes that were seen in a period")
    .requiredOption('--seed <text>', 'what the auditor names; the same seed draws the same again')
    .option('--size <number>', 'how many to draw', '10')
    .option('--since <instant>', 'begin of the period (default: the first observation)')
    .option('--as-of <instant>', 'end of the period (default: now)')
    .option('--observations <file>', 'the store', 'observations.jsonl')
    .addOption(new Option('--format <format>', 'how to print it').choices(['terminal', 'json']).default('terminal'))
    .action(async (options: SampleOptions) => {
      const { sampleOf } = await import('./evidence-sample.ts');
      done(sampleOf(options, ports));
    });
  evidence
    .command('log')
    .description('what this tool was used for, by whom, and whether that log is whole')
    .option('--log <file>', 'the log (default: state/lukko-log.jsonl beside lukko.yaml)')
    .action(async ({ log }: { readonly log?: string }) => {
      const { printToolLog } = await import('./evidence-log.ts');
      done(printToolLog(log, ports));
    });
  evidence
    .command('lint')
    .description('check claims, or totals somebody typed, and compute what they come to')
    .argument('[file]', 'claims, or a file of published totals (default: what lukko.yaml names)')
    .option('--as-of <date>', 'judge dates as on this day (default: today)')
    .option('--config <file>', 'the lukko.yaml to use, instead of the nearest one upward in this repository')
    .action(async (file: string | undefined, options: LintOptions) => {
      const { lintEvidence } = await import('./evidence-lint.ts');
      done(await lintEvidence(file, options, ports));
    });
  for (const command of evidence.commands)
    command.configureHelp({ sortOptions: false }).helpOption('-h, --help', 'print this help');
}
