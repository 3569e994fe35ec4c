import { isAbsolute, join } from 'node:path';
import {
  collectEvidence,
  EvidenceError,
  renderEvidenceCsv,
  renderEvidenceHtml,
  renderEvidenceJson,
  type TierReport,
} from '@lukko/evidence';
import { deriveFacts } from '@lukko/facts';
import type { EvidenceExport } from '@lukko/formats';
import { evaluate, type PolicySource, printable } from '@lukko/policy-engine';
import { catalogue } from '../catalogue.ts';
import { environmentClassOf } from '../environment-class.ts';
import { fileProblem, InputError } from '../errors.ts';
import { type Found, find } from '../find.ts';
import { readGraph } from '../graph.ts';
import { displayName } from '../input-file.ts';
import { planTime } from '../plan-time.ts';
import { type PolicyOptions, policyAt } from '../policy-files.ts';
import { writeDirectory } from '../ports/directory.ts';
import type { Ports } from '../ports/ports.ts';
import { refuseNothing } from '../refuse-nothing.ts';

export interface EvidenceOptions extends PolicyOptions {
  readonly control: string;
  readonly source?: string;
  readonly out: string;
  readonly asOf?: string;
}

/**
 * Judges every path with all reasons kept, and writes `report.html`, `evidence.json` and `evidence.csv` into one directory,
 * whole or not at all.
 * @returns 0. @throws InputError and its like for exit 2; then nothing was written.
 */
export async function exportEvidence(
  paths: readonly string[],
  options: EvidenceOptions,
  ports: Ports,
): Promise<number> {
  const asOf = instantOf(options.asOf, ports.now());
  const policy = await policyAt(options, ports);
  const found: Found[] = [];
  for (const path of paths.length === 0 ? [undefined] : [...new Set(paths)]) found.push(await find(path, ports));
  const plans = found.filter((one) => one.kind === 'plan').length;
  if (options.source !== undefined && plans !== 1) {
    throw new InputError(
      `--source: goes with exactly one plan among the paths, found ${plans}; export the others one by one`,
    );
  }
  const judged = found.map((one) => judge(one, one.kind === 'plan' ? options.source : undefined, policy, asOf, ports));
  const evidence = collect({
    selection: options.control,
    reports: judged.map(({ report }) => report),
    rules: policy.rules,
    environments: environments(judged.flatMap((one) => one.environments)),
    asOf,
  });
  const directory = isAbsolute(options.out) ? options.out : join(ports.cwd, options.out);
  const name = displayName(directory, ports.cwd);
  try {
    writeDirectory(
      directory,
      new Map([
        ['evidence.csv', renderEvidenceCsv(evidence)],
        ['evidence.json', renderEvidenceJson(evidence)],
        ['report.html', renderEvidenceHtml(evidence)],
      ]),
    );
  } catch (error) {
    throw new InputError(
      `${name}: the export cannot be written: ${fileProblem(error)}; name another directory with --out`,
    );
  }
  ports.out(summary(evidence, name));
  return 0;
}

type Environment = EvidenceExport['environments'][number];

function judge(
  found: Found,
  source: string | undefined,
  policy: PolicySource,
  asOf: string,
  ports: Ports,
): { readonly report: TierReport; readonly environments: readonly Environment[] } {
  const { graph, inputs } = readGraph(found, { source }, ports);
  refuseNothing(graph, inputs[0]?.file ?? '.');
  const environmentClass = environmentClassOf(graph);
  const report = evaluate({
    rules: policy.rules,
    facts: deriveFacts(graph, { operators: policy.operators, register: policy.services }),
    context: { ...policy.context, environmentClass },
    posture: policy.posture,
    waivers: policy.waivers,
    waiversFile: policy.waiversFile,
    approvers: policy.approvers,
    asOf: asOf.slice(0, 10),
    collect: true,
    version: catalogue.version,
    inputs,
    policy: policy.policy,
  });
  const recorded = found.kind === 'plan' ? planTime(found.plan.bytes) : undefined;
  return {
    report: {
      tier: found.kind === 'plan' ? 'planned' : 'declared',
      report,
      ...(recorded === undefined || found.kind !== 'plan' ? {} : { recorded: new Map([[found.plan.file, recorded]]) }),
    },
    environments: found.kind === 'cdktf.out' ? found.stacks.flatMap(({ bytes }) => environmentIn(bytes)) : [],
  };
}

/** What our own synthesised stacks say of themselves: `"//".metadata.environment`. Foreign ones say nothing. */
function environmentIn(bytes: Uint8Array): readonly Environment[] {
  const document = JSON.parse(new TextDecoder().decode(bytes)) as {
    '//'?: { metadata?: { environment?: unknown } };
  };
  const { name, class: kind } = Object(document['//']?.metadata?.environment) as { name?: unknown; class?: unknown };
  if (typeof name !== 'string') return [];
  return kind === 'production' || kind === 'staging' || kind === 'disposable' ? [{ name, class: kind }] : [{ name }];
}

function environments(all: readonly Environment[]): Environment[] {
  const distinct = new Map(all.map((one) => [`${one.name}\0${one.class ?? ''}`, one]));
  return [...distinct.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function collect(collection: Parameters<typeof collectEvidence>[0]): EvidenceExport {
  try {
    return collectEvidence(collection);
  } catch (error) {
    if (error instanceof EvidenceError) throw new InputError(error.message);
    throw error;
  }
}

/** An instant in UTC without fractions; a bare date is its first moment. */
function instantOf(text: string | undefined, now: Date): string {
  if (text === undefined) return now.toISOString().replace(/\.\d+Z$/, 'Z');
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(whole) ? Date.parse(whole) : Number.NaN;
  // Date.parse lets 31 February through as 3 March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== whole.slice(0, 10)) {
    throw new InputError(
      `--as-of: expected an instant in UTC such as 2026-11-21T12:00:00Z, or a date, found ${JSON.stringify(text)}`,
    );
  }
  return whole;
}

function summary({ standard, selection, environments: all, asOf, totals }: EvidenceExport, directory: string): string {
  const where = all.map((one) => (one.class === undefined ? one.name : `${one.name} (${one.class})`)).join(', ');
  const states = Object.entries(totals.states)
    .filter(([, number]) => number > 0)
    .map(([state, number]) => `${number} ${state.replaceAll('-', ' ')}`);
  return [
    `Evidence for ${standard}${selection === 'A.8' ? '' : `, control ${selection}`}${where === '' ? '' : `, ${printable(where)}`}, as of ${asOf}`,
    `  ${states.join(', ')}; ${totals.observed} of ${totals.controls} observed on a running system`,
    `  ${directory}/report.html    for reading and printing`,
    `  ${directory}/evidence.json  every verdict with its reasons`,
    `  ${directory}/evidence.csv   one line per control`,
    '',
  ].join('\n');
}
