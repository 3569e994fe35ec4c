import type { EvidenceExport } from '@lukko/formats';
import { collectEvidence } from '../../../../../packages/evidence/src/index.ts';
import { collection, finding, report } from '../../sample.ts';

/** An export of so many hosts, each broken in the same way. */
export function thousands(hosts: number, words = 'text'): EvidenceExport {
  const findings = Array.from({ length: hosts }, (_, index) =>
    finding({
      rule: 'public-services-over-tls',
      verdict: 'fail',
      address: `logs/hcloud_server.host-${index}`,
      message: `logs/hcloud_server.host-${index} is plain ${words}`,
      controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.21'],
    }),
  );
  return collectEvidence(collection([{ tier: 'declared', report: report(findings) }]));
}
