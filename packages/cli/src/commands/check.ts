import { createHash } from 'node:crypto';
import { parseJsonFile, type Report, report as reportFormat } from '@lukko/formats';
import { type EarlierInput, evaluate, type PolicySource, renderSurvey, survey } from '@lukko/policy-engine';
import { isPlanFile } from '@lukko/terraform-model';
import { InputError } from '../errors.ts';
import { decode, displayName, fromHere, readBytes } from '../input-file.ts';
import { type JudgeOptions, readToJudge } from '../judge-input.ts';
import { isScreen, type OutputRequest, outputsOf, writeOutputs } from '../outputs.ts';
import type { Ports } from '../ports/ports.ts';

export type { OutputRequest };

export interface CheckOptions extends JudgeOptions {
  readonly outputs: readonly OutputRequest[];
  readonly verbose?: true;
  readonly compare?: string;
  readonly failOn: 'all' | 'new';
  readonly minCoverage?: number;
}

/**
 * Judges what paths hold and prints the report, or writes it to files, each whole or not at all.
 * @returns 0 clean, 1 findings. @throws InputError and its like for exit 2; then nothing was printed.
 */
export async function check(
  paths: string | readonly string[] | undefined,
  options: CheckOptions,
  ports: Ports,
): Promise<number> {
  const outputs = outputsOf(options.outputs);
  const earlier = options.compare === undefined ? undefined : earlierReport(options.compare, ports);
  // Who compares has been here before, and asks what is new.
  const again = options.verbose === true || earlier !== undefined;
  // A screen that counts needs no list: of a hundred thousand resources that takes most of the time and of the memory.
  const counts = ({ policy: { files }, posture }: PolicySource): boolean =>
    !again && files.length === 0 && posture.name === 'recommended';
  const { evaluation, policy, found, each } = await readToJudge(paths, options, ports, (source) => {
    if (options.failOn === 'new') refuseNewOnly(source, earlier);
    const { minCoverage, failOn } = options;
    const { waivers, baseline, rules } = source;
    const single = [waivers[0], baseline, earlier, minCoverage].some((one) => one !== undefined);
    return {
      collect: outputs.some(({ format }) => format === 'junit'),
      failOn,
      minCoverage,
      earlier,
      // An own rule may look at what tells the copies of a module apart.
      ...(counts(source) && outputs.every(isScreen) && !single && rules.every(({ file }) => file === undefined)
        ? { copies: 'once' }
        : {}),
    };
  });
  // Its bytes, often a tenth of all memory a large plan takes, are not held while rules are asked.
  const { kind } = found;
  const alone = kind === 'plan' ? !isPlanFile(found.plan.bytes) : kind === 'state';
  const first = counts(policy);
  let counted = first && outputs.every(isScreen) ? survey(evaluation) : undefined;
  if (counted === undefined && each !== undefined) counted = survey(each());
  const { summary } = counted ?? (await writeReport());
  if (counted !== undefined) ports.out(await renderSurvey(counted, { color: ports.color, screen: ports.screen }));
  if (options.source === undefined && summary.unknown > 0) {
    const shows = kind === 'plan' ? 'references' : 'values';
    if (alone)
      ports.err(
        `note: a ${kind} shows ${shows}, not texts; with --source <planfile> its configuration is judged too, and more is proven\n`,
      );
    else if (kind === 'plan')
      ports.err(
        'note: a plan file holds *.tf files alone; with --source <directory> the files these read (templatefile, file) are judged too\n',
      );
  }
  return summary.exitCode;

  async function writeReport(): Promise<Report> {
    const report = evaluate(evaluation);
    await writeOutputs(report, policy.rules, outputs, { first }, ports);
    return report;
  }
}

function earlierReport(name: string, ports: Ports): EarlierInput {
  const path = fromHere(name, ports.cwd);
  const file = displayName(path, ports.cwd);
  const bytes = readBytes(path, file, ports.files);
  const report = parseJsonFile(reportFormat, decode(bytes, file), file);
  return { file, sha256: createHash('sha256').update(bytes).digest('hex'), report };
}

/** @throws InputError where *only what is new refuses* has nothing to count from, or is not for this posture. */
function refuseNewOnly({ posture, baseline }: PolicySource, earlier: EarlierInput | undefined): void {
  if (posture.signedWaivers) {
    throw new InputError(
      `--fail-on new: the posture ${posture.name} accepts nothing without a signed waiver; use --posture recommended with --rule-set ${posture.ruleSet} until the findings are mended`,
    );
  }
  if (baseline === undefined && earlier === undefined) {
    throw new InputError(
      '--fail-on new: new since when? name accepted findings with --baseline (lukko baseline write makes them), or an earlier report with --compare',
    );
  }
}
