import { renderEvidenceHtml } from '../../../packages/evidence/src/index.ts';
import { tablesOf } from '../../../packages/evidence/src/tables/index.ts';
import { asOf, observedExport, shippedClaims, storeWith } from './observed-export.ts';

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
  const evidence = observedExport();
  const tables = tablesOf({ evidence, facts: [], services: [], claims: shippedClaims });
  const page = renderEvidenceHtml(evidence, { tables });
  const ids = new Set([...page.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id));
  const rows = [...page.matchAll(/<tr data-row data-state[\s\S]*?<\/tr>/g)].map(([row]) => row);
  expect(rows).toHaveLength(34);
  for (const row of rows) {
    const cells = [...row.matchAll(/<t[dh]([^>]*)>([\s\S]*?)<\/t[dh]>/g)].filter((_, index) => index !== 1);
    expect(cells).toHaveLength(7);
    for (const [cell, attributes = '', text = ''] of cells) {
      const [, target] = /href="#([^"]*)"/.exec(text) ?? [];
      if (target === undefined) expect([cell, /blank/.test(attributes)]).toEqual([cell, true]);
      else expect([target, ids.has(target)]).toEqual([target, true]);
    }
  }
  expect(page).toContain('observation <code>00000000-0000-5000-8000-000000000002</code>');
});

test('what expired is no blank: the cell says so and leads to it', () => {
  const late = `${new Date(Date.parse(asOf) + 3 * 86_400_000).toISOString().slice(0, 19)}Z`;
  const evidence = observedExport(storeWith(), { asOf: late });
  expect(evidence.controls.find(({ id }) => id === 'A.8.20')).toMatchObject({ state: 'overdue', expired: 1 });
  const page = renderEvidenceHtml(evidence);
  expect(page).toMatch(/<td data-label="Observed"><a href="#A\.8\.20-observed">1 expired<\/a>/);
  expect(page).toContain('<h4 id="A.8.20-observed">What was observed</h4>');
  expect(page).toContain('(not counted: it has expired)');
});

test('a shorter period leaves out what held before it, and nothing that speaks against a control', () => {
  const of = (id: string, tls: boolean) =>
    observedExport(storeWith(tls), { since: asOf }).controls.find((control) => control.id === id);
  expect(of('A.8.20', true)).toMatchObject({ state: 'not-assessed' });
  expect(of('A.8.24', true)).toMatchObject({ state: 'declared' });
  expect(of('A.8.24', false)).toMatchObject({ state: 'failed', observed: { holds: 0, fails: 1, count: 1 } });
});

test('of each of the 34 it is said what could show it and what stays outside, also where nothing was shown', () => {
  const page = renderEvidenceHtml(observedExport());
  const articles = [...page.matchAll(/<article [\s\S]*?<\/article>/g)].map(([text]) => text);
  expect(articles).toHaveLength(34);
  for (const article of articles) expect(article).toContain('Left to people and documents');
  expect(articles.find((one) => one.includes('id="A.8.7"'))).toContain('packages and images that are allowed');
});

test('a control for which somebody signed, or the provider is certified, shows that', () => {
  const evidence = observedExport();
  const held = {
    ...evidence,
    controls: evidence.controls.map((control) =>
      control.id === 'A.8.30'
        ? {
            ...control,
            attested: [{ id: 'outsourcing', owner: 'board', expires: '2027-01-01' }],
            inherited: [
              { id: 'hetzner-27001', provider: 'Hetzner Online GmbH', scope: 'data centres', validUntil: '2027-02-01' },
            ],
          }
        : control,
    ),
  };
  const page = renderEvidenceHtml(held);
  expect(page).toContain('<a href="#A.8.30">A.8.30</a>');
  expect(page).toContain('outsourcing, signed for board, until 2027-01-01');
  expect(page).toContain(
    'hetzner-27001 of Hetzner Online GmbH, until 2027-02-01, for: data centres; it is not our own',
  );
});
