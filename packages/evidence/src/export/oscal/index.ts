import type { Claims, EvidenceExport } from '@lukko/formats';
import { joined, jsonLines, withEnd } from '../pieces.ts';
import { assessmentResults } from './assessment-results.ts';
import { componentDefinition } from './component-definition.ts';
import { lintOscal } from './lint.ts';

/** Down to the observations of a result: indented as well, thousands of them would be half white space. */
const depth = 5;

/**
 * Both OSCAL documents by path. @throws Error when one does not hold together: that is a fault of ours, and no export with it is
 * written.
 */
export function oscalFiles(
  evidence: EvidenceExport,
  claims: Claims | undefined,
  digests: ReadonlyMap<string, string>,
): ReadonlyMap<string, Iterable<string>> {
  const documents = {
    'oscal/assessment-results.json': assessmentResults(evidence, digests),
    'oscal/component-definition.json': componentDefinition(evidence, claims),
  };
  return new Map(
    Object.entries(documents).map(([path, document]) => {
      const [problem] = lintOscal(document);
      if (problem !== undefined) throw new Error(`${path}: ${problem}`);
      return [path, joined(withEnd(jsonLines(document, depth)))];
    }),
  );
}
