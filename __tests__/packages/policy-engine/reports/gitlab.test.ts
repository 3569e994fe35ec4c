import { render } from '@lukko/policy-engine';
import { everything, rules } from './orchard.ts';

interface Issue {
  description: string;
  check_name: string;
  fingerprint: string;
  severity: string;
  location: { path: string; lines: { begin: number } };
}

test('one issue for each open finding, each with a fingerprint of its own', async () => {
  const text = await render('gitlab', everything({ collect: true }), rules);
  expect(text).toMatchSnapshot();
  expect(text.charCodeAt(0)).toBe('['.charCodeAt(0));
  const issues = JSON.parse(text) as Issue[];
  expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
  for (const { severity, location } of issues) {
    expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity);
    expect(location.path.startsWith('/')).toBe(false);
    expect(location.lines.begin).toBeGreaterThan(0);
  }
});

test('what is accepted is left out: the format cannot say *excused*', async () => {
  const report = everything();
  const entries = report.findings.map((finding) => ({ ...finding, expires: '2026-09-01' }));
  const accepted = everything({ baseline: { file: 'b.json', entries }, failOn: 'new' });
  const issues = JSON.parse(await render('gitlab', accepted, rules)) as Issue[];
  expect(issues.map(({ check_name: name }) => name)).toEqual(['peeled']);
});
