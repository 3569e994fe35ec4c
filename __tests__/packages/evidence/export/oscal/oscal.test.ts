import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceExport } from '@lukko/formats';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import {
  assessmentResults,
  collectEvidence,
  componentDefinition,
  lintOscal,
} from '../../../../../packages/evidence/src/index.ts';
import { observedExport, shippedClaims, storeWith } from '../../observed-export.ts';
import { collection, finding, report } from '../../sample.ts';

const schema = join(__dirname, '../../../../fixtures/oscal/oscal_complete_schema-1.2.1.json');
const validate = addFormats(new Ajv({ strict: false })).compile(JSON.parse(readFileSync(schema, 'utf8')));
const problems = (document: unknown) => {
  validate(document);
  return [
    ...(validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`),
    ...lintOscal(document),
  ];
};
const digests = new Map([
  ['evidence.json', 'a'.repeat(64)],
  ['observations.jsonl', 'b'.repeat(64)],
]);
const observed = observedExport();
const results = () => JSON.parse(JSON.stringify(assessmentResults(observed, digests)));

const blank = collectEvidence(collection([{ tier: 'declared', report: report([]) }]));
const failing = collectEvidence(
  collection([
    {
      tier: 'declared',
      report: report([finding({ rule: 'volume-encrypted-at-rest', verdict: 'fail', address: 'x' })]),
    },
  ]),
);

test.each<readonly [string, EvidenceExport]>([
  ['what was observed', observed],
  ['what was observed and fails', observedExport(storeWith(false))],
  ['a sandbox', observedExport(storeWith(true, 'http://127.0.0.1:1/v1'))],
  ['nothing at all', blank],
  ['a failure of configuration', failing],
])('%s is valid OSCAL 1.2.1 and holds together', (_name, evidence) => {
  expect(problems(assessmentResults(evidence, digests))).toEqual([]);
  expect(problems(componentDefinition(evidence, undefined))).toEqual([]);
  expect(problems(componentDefinition(evidence, shippedClaims))).toEqual([]);
});

test('only what was observed may be satisfied; what was not shown is no finding', () => {
  const states = (evidence: EvidenceExport) =>
    (assessmentResults(evidence, digests)['assessment-results'].results[0]?.findings ?? []).map(
      ({ target }) => `${target['target-id']} ${target.status.state}`,
    );
  expect(states(observed)).toEqual(['a.8.20 satisfied', 'a.8.21 satisfied', 'a.8.22 satisfied', 'a.8.24 satisfied']);
  expect(states(observedExport(storeWith(true, 'http://127.0.0.1:1/v1')))).toEqual([]);
  expect(states(failing)).toEqual(['a.8.24 not-satisfied']);
  expect(states(blank)).toEqual([]);
});

test('the same export gives the same bytes', () => {
  expect(JSON.stringify(assessmentResults(observed, digests))).toBe(
    JSON.stringify(assessmentResults(observed, digests)),
  );
});

type Document = ReturnType<typeof results>;
test.each<readonly [string, (document: Document) => void]>([
  [
    'an identifier twice',
    (document) => {
      document['assessment-results'].results[0].uuid = document['assessment-results'].uuid;
    },
  ],
  [
    'evidence that is nowhere',
    (document) => {
      document['assessment-results']['back-matter'].resources.pop();
    },
  ],
  [
    'a method that is none',
    (document) => {
      document['assessment-results'].results[0].observations[0].methods = ['GUESS'];
    },
  ],
  [
    'a subject that is nowhere',
    (document) => {
      document['assessment-results'].results[0]['local-definitions']['inventory-items'].pop();
    },
  ],
  [
    'a finding whose observation is nowhere',
    (document) => {
      document['assessment-results'].results[0].findings[0]['related-observations'][0]['observation-uuid'] =
        '00000000-0000-5000-8000-000000000099';
    },
  ],
  [
    'satisfied without a test',
    (document) => {
      document['assessment-results'].results[0].findings[0]['related-observations'] = undefined;
    },
  ],
  [
    'satisfied by a test that does not count',
    (document) => {
      for (const one of document['assessment-results'].results[0].observations)
        for (const prop of one.props) if (prop.name === 'counts') prop.value = 'no';
    },
  ],
  [
    'satisfied by a test that had expired',
    (document) => {
      for (const one of document['assessment-results'].results[0].observations) one.expires = '2020-01-01T00:00:00Z';
    },
  ],
  [
    'a state that is none',
    (document) => {
      document['assessment-results'].results[0].findings[0].target.status.state = 'perhaps';
    },
  ],
  [
    'a control that does not exist',
    (document) => {
      document['assessment-results'].results[0].findings[0].target['target-id'] = 'a.8.35';
    },
  ],
])('the linter finds %s', (_name, spoil) => {
  const document = results();
  spoil(document);
  const [first = ''] = lintOscal(document);
  expect(first.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')).toMatchSnapshot();
  expect(first).not.toBe('');
});
