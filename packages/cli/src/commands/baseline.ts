import { dirname, join } from 'node:path';
import { type Baseline, baseline as format } from '@lukko/formats';
import { isOpen, type Rule, recordOf } from '@lukko/policy-engine';
import { fileProblem, InputError } from '../errors.ts';
import { displayName, fromHere } from '../input-file.ts';
import { type JudgeOptions, judgeInput } from '../judge-input.ts';
import { configPath } from '../policy-config.ts';
import type { Ports } from '../ports/ports.ts';

export interface BaselineOptions extends JudgeOptions {
  /** Where to write; else the file lukko.yaml names. */
  readonly output?: string;
  /** Calendar date, UTC; 90 days from now when left out. */
  readonly expires?: string;
}

/** Days a baseline holds by itself, and the most anybody may ask for: a debt without a near date is a decision. */
const days = { usual: 90, most: 366 };

/**
 * `lukko baseline write`: accepts what is open today until a day, one entry for each finding. Obligations are not accepted,
 * since they are no findings yet, and neither is a rule that stopped.
 * @returns 0. @throws InputError when it cannot be written, or the posture takes no baseline.
 */
export async function baselineWrite(path: string | undefined, options: BaselineOptions, ports: Ports): Promise<number> {
  const now = ports.now();
  const expires = expiryOf(options.expires, now);
  const { report, policy } = await judgeInput(path, { ...options, ignoreBaseline: true }, ports);
  if (policy.posture.signedWaivers) {
    throw new InputError(
      `baseline: the posture ${policy.posture.name} accepts nothing without a signed waiver; use --posture recommended with --rule-set ${policy.ruleSet} until the findings are mended`,
    );
  }
  const open = report.findings.filter(
    (finding) => isOpen(finding) && finding.obligation !== true && finding.broken !== true,
  );
  const ruled = open.filter(({ rule }) => policy.rules.some(({ id }) => id === rule));
  const content: Baseline = {
    schemaVersion: 1,
    written: dateOf(now),
    findings: ruled.map((finding) => ({ ...recordOf(finding), expires })),
  };
  const config = configPath(options, ports.cwd, ports.files);
  const named =
    config === undefined || policy.baselinePath === undefined ? undefined : join(dirname(config), policy.baselinePath);
  const output = options.output ?? (named === undefined ? 'lukko-baseline.json' : displayName(named, ports.cwd));
  write(output, `${JSON.stringify(format.parse(content), null, 2)}\n`, ports);
  const failures = ruled.filter(({ verdict }) => verdict === 'fail');
  ports.out(
    [
      `${output}: ${ruled.length} ${ruled.length === 1 ? 'finding' : 'findings'} accepted until ${expires} (${failures.length} fail, ${ruled.length - failures.length} not proven)`,
      ...hardOnes(failures, policy.rules),
      named === undefined
        ? `next: lukko check --fail-on new --baseline ${output}, or name it in lukko.yaml (baseline: ${output})`
        : 'next: lukko check --fail-on new',
      '',
    ].join('\n'),
  );
  return 0;
}

/** What no waiver could excuse may be accepted as debt, and is said aloud. */
function hardOnes(failures: readonly { readonly rule: string }[], rules: readonly Rule[]): readonly string[] {
  const hard = [...new Set(failures.map(({ rule }) => rule))].filter(
    (id) => rules.find((rule) => rule.id === id)?.waivable === false,
  );
  return hard.length === 0 ? [] : [`among them of rules that allow no waiver: ${hard.join(', ')}`];
}

function expiryOf(text: string | undefined, now: Date): string {
  const later = (count: number) => dateOf(new Date(now.getTime() + count * 86_400_000));
  if (text === undefined) return later(days.usual);
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Date.parse lets 31 February through as 3 March.
  if (Number.isNaN(time) || dateOf(new Date(time)) !== text)
    throw new InputError(`--expires: expected a date such as ${later(days.usual)}, found ${JSON.stringify(text)}`);
  if (text < dateOf(now)) throw new InputError(`--expires: ${text} is past; name a day to come`);
  if (text > later(days.most))
    throw new InputError(`--expires: ${text} is more than a year away; name one until ${later(days.most)}`);
  return text;
}

function dateOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

function write(name: string, text: string, ports: Pick<Ports, 'cwd' | 'files'>): void {
  const path = fromHere(name, ports.cwd);
  try {
    ports.files.write(path, text);
  } catch (error) {
    throw new InputError(`${displayName(path, ports.cwd)}: cannot be written: ${fileProblem(error)}`);
  }
}
