import { type PayloadFacts, type TierReport, type TierResource, tierResources } from '@lukko/evidence';
import { deriveFacts, type Facts } from '@lukko/facts';
import type { EvidenceExport } from '@lukko/formats';
import { evaluate, type PolicySource } from '@lukko/policy-engine';
import { catalogue } from '../catalogue.ts';
import { environmentClassOf } from '../environment-class.ts';
import { InputError } from '../errors.ts';
import { type Found, find } from '../find.ts';
import { readGraph } from '../graph.ts';
import { planTime } from '../plan-time.ts';
import type { Ports } from '../ports/ports.ts';
import { refuseNothing } from '../refuse-nothing.ts';
import { payloadFacts } from './payloads.ts';

type Environment = EvidenceExport['environments'][number];

/** Everything that configuration and plans show. */
export interface Gathered {
  readonly reports: readonly TierReport[];
  readonly environments: Environment[];
  readonly resources: readonly TierResource[];
  /** Facts of every input, for tables and diagrams; declared before planned. */
  readonly facts: readonly Facts[];
  readonly payloads: readonly PayloadFacts[];
}

/** Finds and judges every path with all reasons kept. @throws InputError and its like for exit 2 */
export async function gather(
  paths: readonly string[],
  source: string | undefined,
  policy: PolicySource,
  asOf: string,
  ports: Ports,
): Promise<Gathered> {
  const found: Found[] = [];
  for (const path of paths.length === 0 ? [undefined] : [...new Set(paths)]) found.push(await find(path, ports));
  const plans = found.filter((one) => one.kind === 'plan').length;
  if (source !== undefined && plans !== 1) {
    throw new InputError(
      `--source: goes with exactly one plan among the paths, found ${plans}; export the others one by one`,
    );
  }
  const judged = found.map((one) => judge(one, one.kind === 'plan' ? source : undefined, policy, asOf, ports));
  const distinct = new Map(
    judged.flatMap(({ environments }) => environments.map((one) => [`${one.name}\0${one.class ?? ''}`, one])),
  );
  return {
    reports: judged.map(({ report }) => report),
    environments: [...distinct.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
    resources: judged.flatMap(({ resources }) => resources),
    facts: judged.map(({ facts }) => facts),
    payloads: found.flatMap((one) => payloadFacts(one, ports)),
  };
}

function judge(found: Found, source: string | undefined, policy: PolicySource, asOf: string, ports: Ports) {
  const { graph, inputs } = readGraph(found, { source }, ports);
  refuseNothing(graph, inputs[0]?.file ?? '.');
  const environmentClass = environmentClassOf(graph);
  const facts = deriveFacts(graph, { operators: policy.operators, register: policy.services });
  const report = evaluate({
    rules: policy.rules,
    facts,
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
  const tier = found.kind === 'plan' ? ('planned' as const) : ('declared' as const);
  const recorded = found.kind === 'plan' ? planTime(found.plan.bytes) : undefined;
  return {
    report: {
      tier,
      report,
      ...(recorded === undefined || found.kind !== 'plan' ? {} : { recorded: new Map([[found.plan.file, recorded]]) }),
    },
    environments: found.kind === 'cdktf.out' ? found.stacks.flatMap(({ bytes }) => environmentIn(bytes)) : [],
    resources: tierResources(graph, tier),
    facts,
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
