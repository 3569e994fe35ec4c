import { renderEvidenceHtml } from '../../../packages/evidence/src/index.ts';
import { observedExport, storeWith } from './observed-export.ts';

const row = (id: string, ...args: Parameters<typeof storeWith>) =>
  observedExport(storeWith(...args)).controls.find((control) => control.id === id);

test('what was seen on a real system, is the newest and has not expired counts', () => {
  expect(row('A.8.24')).toMatchObject({ state: 'observed', observed: { holds: 2, fails: 0, subjects: 1, count: 1 } });
  expect(row('A.8.20')).toMatchObject({ state: 'observed', observed: { holds: 1 } });
  expect(row('A.8.17')).toMatchObject({ state: 'not-assessed', notCounted: 0 });
});

test('a check that fails is a failure whatever configuration says; one that did not tell leaves the row open', () => {
  expect(row('A.8.24', false)).toMatchObject({ state: 'failed', observed: { holds: 1, fails: 1 } });
  expect(row('A.8.24', 'unknown')).toMatchObject({ state: 'open' });
});

test('the same from a sandbox counts for nothing', () => {
  expect(row('A.8.24', true, 'http://127.0.0.1:1/v1')).toMatchObject({ state: 'declared', notCounted: 2 });
});

test('claims with no observation are findings in the shipped claims; one that is observed is not', () => {
  const { findings } = observedExport();
  const without = findings.filter(({ code }) => code === 'claim-without-observation').map(({ subject }) => subject);
  expect(without).toContain('A.8.15');
  expect(without).not.toContain('A.8.24');
  expect(findings.find(({ subject }) => subject === 'A.8.15')?.message).toBe(
    'A.8.15 is claimed implemented, and nothing real and fresh was observed for it',
  );
  const failing = observedExport(storeWith(false)).findings.filter(({ code }) => code === 'claim-contradicted');
  expect(failing.map(({ subject }) => subject)).toEqual(['A.8.21', 'A.8.24']);
});

test('every cell of the 34 rows leads to what it rests on, or is a blank', () => {
  const page = renderEvidenceHtml(observedExport());
  const rows = [...page.matchAll(/<tr data-row data-state[\s\S]*?<\/tr>/g)].map(([row]) => row);
  expect(rows).toHaveLength(34);
  for (const row of rows) {
    const cells = [...row.matchAll(/<td([^>]*)>([\s\S]*?)<\/td>/g)].filter(([, attributes = '']) =>
      /"(Declared|Planned|Observed)"|blank/.test(attributes),
    );
    expect(cells.length).toBeGreaterThanOrEqual(3);
    for (const [, attributes = '', text = ''] of cells)
      expect(/blank/.test(attributes) || /href="#A\.8\.\d+"/.test(text)).toBe(true);
  }
  expect(page).toContain('observation <code>00000000-0000-5000-8000-000000000002</code>');
});
