import { deriveFacts, type FactsOptions } from '@lukko/facts';
import type { Finding } from '@lukko/formats';
import { changedGraph } from '@lukko/terraform-model';
import { type Evaluation, evaluate } from '../evaluate.ts';
import { mutations } from './mutations.ts';

/** One mutation at one place, and the rules that noticed it. */
export interface Proof {
  readonly mutation: string;
  readonly what: string;
  readonly address: string;
  /** Rules that fail or are unknown now and were not before; sorted. */
  readonly noticedBy: readonly string[];
}

export interface Proven {
  readonly proofs: readonly Proof[];
  /** Mutations the model has no place for. */
  readonly notApplicable: readonly string[];
}

/** Places a mutation is tried at, spread over the model: a thousand servers alike prove no more than a few. */
const tried = 5;

/**
 * Makes a model worse in every way it knows, one at a time, and asks the same rules again: what no rule notices, nobody would
 * notice in earnest. Nothing of the model itself is changed.
 *
 * @param evaluation the judgement of the model as it is; waivers and baselines play no part
 */
export function prove(evaluation: Evaluation, facts: FactsOptions): Proven {
  const { waivers: _, baseline: __, earlier: ___, minCoverage: ____, ...plain } = evaluation;
  const before = new Set(open(evaluate(plain).findings));
  const proofs: Proof[] = [];
  const notApplicable: string[] = [];
  for (const { id, what, targets } of mutations) {
    const found = spread(targets(evaluation.facts));
    if (found.length === 0) notApplicable.push(id);
    for (const { address, changes } of found) {
      const graph = changedGraph(evaluation.facts.graph, changes);
      const report = evaluate({ ...plain, facts: deriveFacts(graph, facts) });
      const news = report.findings.filter((finding) => isOpen(finding) && !before.has(key(finding)));
      proofs.push({ mutation: id, what, address, noticedBy: [...new Set(news.map(({ rule }) => rule))].sort() });
    }
  }
  return { proofs, notApplicable };
}

/** Of more places than are tried: the first, the last, and as many between. */
function spread<T>(list: readonly T[]): readonly T[] {
  if (list.length <= tried) return list;
  const step = (list.length - 1) / (tried - 1);
  return Array.from({ length: tried }, (_, index) => list[Math.round(index * step)] as T);
}

function open(findings: readonly Finding[]): readonly string[] {
  return findings.filter(isOpen).map(key);
}

function isOpen({ verdict }: Finding): boolean {
  return verdict === 'fail' || verdict === 'unknown';
}

function key({ rule, address, at, verdict, message }: Finding): string {
  return [rule, address, at, verdict, message].join('\0');
}
