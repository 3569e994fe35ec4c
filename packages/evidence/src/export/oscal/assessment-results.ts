import type { EvidenceControl, EvidenceExport, ShownObservation } from '@lukko/formats';
import { uuid } from '../../canonical.ts';
import { checkOf } from '../../observe/checks.ts';
import { fileResource, line, metadata, optional, prop, standardResource, token } from './common.ts';

/**
 * OSCAL assessment-results. Declared and planned are EXAMINE, observed is TEST. Only a control that was observed and holds may
 * become `satisfied`; one that was not shown gets no finding, since OSCAL knows no third state.
 * @param digests SHA-256 of files of the bundle that results rest on
 */
export function assessmentResults(evidence: EvidenceExport, digests: ReadonlyMap<string, string>) {
  const standard = standardResource();
  const plan = {
    uuid: uuid('oscal', 'resource', 'plan'),
    title: 'Plan of this assessment',
    description: 'Every rule and check of the tool is asked; there is no plan beside it.',
  };
  const files = [...digests].map(([path, sha256]) => fileResource(path, sha256));
  const evidenceFile = uuid('oscal', 'resource', 'evidence.json');
  const subjects = new Map(evidence.observed.map((one) => [one.subject, one.name ?? one.subject]));
  const examined = evidence.controls.flatMap((control) => examinations(control, evidence, evidenceFile));
  const tested = evidence.observed.map((one) =>
    testOf(one, digests.has('observations.jsonl') ? uuid('oscal', 'resource', 'observations.jsonl') : evidenceFile),
  );
  const related = new Map<string, string[]>();
  for (const one of evidence.observed)
    if (one.counts)
      for (const { id } of one.checks)
        for (const control of checkOf(one.collector, id)?.controls ?? [])
          related.set(control, [...(related.get(control) ?? []), uuid('oscal', 'observation', one.id)]);
  const findings = evidence.controls.flatMap((control) =>
    findingOf(control, [...new Set(related.get(control.id) ?? [])]),
  );
  const found = new Set(findings.map(({ target }) => target['target-id']));
  const open = evidence.controls.filter(({ id }) => !found.has(token(id)));
  return {
    'assessment-results': {
      uuid: uuid('oscal', 'assessment-results', evidence.asOf, evidence.selection, evidence.profile),
      metadata: metadata('Evidence for ISO/IEC 27001:2022 Annex A.8', evidence),
      'import-ap': { href: `#${plan.uuid}` },
      results: [
        {
          uuid: uuid('oscal', 'result', evidence.asOf, evidence.selection),
          title: 'Declared, planned and observed',
          description: line(
            evidence.observations.kind === 'sandbox'
              ? 'Holds observations of a sandbox or of recorded answers. They count for nothing.'
              : 'What was shown at the instant of the export.',
          ),
          start: evidence.asOf,
          props: open.flatMap(({ id, state }) => prop('without-finding', `${token(id)} ${state}`)),
          ...(subjects.size === 0
            ? {}
            : {
                'local-definitions': {
                  'inventory-items': [...subjects].map(([id, name]) => ({
                    uuid: uuid('oscal', 'subject', id),
                    description: line(name),
                    props: prop('subject', id),
                  })),
                },
              }),
          'reviewed-controls': {
            'control-selections': [
              { 'include-controls': evidence.controls.map(({ id }) => ({ 'control-id': token(id) })) },
            ],
          },
          ...optional('observations', [...examined, ...tested]),
          ...optional('findings', findings),
        },
      ],
      'back-matter': { resources: [plan, standard, ...files] },
    },
  };
}

function examinations(control: EvidenceControl, { asOf }: EvidenceExport, resource: string) {
  return (['declared', 'planned'] as const).flatMap((tier) => {
    const shown = control[tier];
    if (shown === undefined) return [];
    const { pass, fail, unknown, obligations, waived } = shown.counts;
    return [
      {
        uuid: uuid('oscal', 'examination', control.id, tier),
        title: `${control.id}, ${tier}`,
        description: `${pass} verdicts pass, ${fail} fail, ${unknown} are not proven, ${obligations} are due, ${waived} are waived`,
        props: [...prop('tier', tier), ...prop('control', token(control.id))],
        methods: ['EXAMINE'],
        collected: shown.recorded ?? asOf,
        'relevant-evidence': [{ href: `#${resource}`, description: 'Every verdict with its reasons' }],
      },
    ];
  });
}

function testOf(one: ShownObservation, resource: string) {
  const of = (holds: boolean | 'unknown') => one.checks.filter((check) => check.holds === holds).length;
  return {
    uuid: uuid('oscal', 'observation', one.id),
    title: line(`${one.collector}: ${one.name ?? one.subject}`),
    description: line(
      one.outcome === 'failed'
        ? one.because
        : `${of(true)} checks hold, ${of(false)} fail, ${of('unknown')} did not tell`,
    ),
    props: [
      ...prop('tier', 'observed'),
      ...prop('origin', one.origin),
      ...prop('counts', one.counts ? 'yes' : 'no'),
      ...prop('observation', one.id),
    ],
    methods: ['TEST'],
    types: [one.outcome === 'failed' ? 'historic' : 'finding'],
    subjects: [{ 'subject-uuid': uuid('oscal', 'subject', one.subject), type: 'inventory-item' }],
    'relevant-evidence': [{ href: `#${resource}`, description: 'The record of this observation' }],
    collected: one.at,
    expires: one.expires,
  };
}

function findingOf(control: EvidenceControl, observations: readonly string[]) {
  const states: Readonly<Record<string, readonly [state: string, reason: string]>> = {
    observed: ['satisfied', 'pass'],
    failed: ['not-satisfied', 'fail'],
    overdue: ['not-satisfied', 'other'],
  };
  const chosen = states[control.state];
  if (chosen === undefined || (chosen[0] === 'satisfied' && observations.length === 0)) return [];
  return [
    {
      uuid: uuid('oscal', 'finding', control.id),
      title: `${control.id}: ${line(control.summary)}`,
      description: line(`${control.why}. A part of the control; outside it: ${control.outside}`),
      target: {
        type: 'objective-id',
        'target-id': token(control.id),
        status: { state: chosen[0], reason: chosen[1] },
      },
      ...optional(
        'related-observations',
        observations.map((id) => ({ 'observation-uuid': id })),
      ),
    },
  ];
}
