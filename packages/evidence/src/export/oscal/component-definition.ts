import type { Claims, EvidenceExport } from '@lukko/formats';
import { uuid } from '../../canonical.ts';
import { annexA, annexA8 } from '../../controls/index.ts';
import { line, metadata, prop, standardResource, token } from './common.ts';

/** OSCAL component-definition: what the organisation claims per control, and which state evidence gives it. */
export function componentDefinition(evidence: EvidenceExport, claims: Claims | undefined) {
  const name = evidence.organisation?.name ?? 'the stacks of this export';
  const rows = new Map(evidence.controls.map((control) => [control.id, control]));
  const said = new Map((claims?.claims ?? []).map((claim) => [claim.control, claim]));
  const standard = standardResource();
  const asked = claims === undefined ? annexA8.filter(({ id }) => rows.has(id)) : annexA;
  const requirements = asked.map((control) => {
    const claim = said.get(control.id);
    const row = rows.get(control.id);
    return {
      uuid: uuid('oscal', 'requirement', control.id),
      'control-id': token(control.id),
      description: line(claim === undefined || evidence.profile === 'public' ? control.summary : claim.justification),
      props: [
        ...prop('applicable', claim === undefined ? 'not-stated' : claim.applicable ? 'yes' : 'no'),
        ...prop('claim', claim === undefined ? 'not-stated' : claim.applicable ? claim.status : 'not-applicable'),
        ...prop('responsibility', claim?.responsibility ?? ''),
        ...prop('evidence', row?.state ?? 'not-joined'),
      ],
    };
  });
  return {
    'component-definition': {
      uuid: uuid('oscal', 'component-definition', evidence.asOf, evidence.selection, evidence.profile),
      metadata: metadata(`Claims and evidence of ${line(name)}`, evidence),
      components: [
        {
          uuid: uuid('oscal', 'component', 'stack'),
          type: 'service',
          title: line(name),
          description: line(evidence.organisation?.scope ?? 'What the judged stacks declare'),
          'control-implementations': [
            {
              uuid: uuid('oscal', 'implementation', evidence.selection),
              source: `#${standard.uuid}`,
              description: 'Claims are the organisation’s; the property evidence says what is shown.',
              'implemented-requirements': requirements,
            },
          ],
        },
      ],
      'back-matter': { resources: [standard] },
    },
  };
}
