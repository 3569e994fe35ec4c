import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Example, Rule } from '@lukko/policy-engine';
import { renderFinding } from '@lukko/policy-engine';
import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { ruleSets, rules, rulesOf } from '../../policies/index.ts';
import { messageLimit } from '../../policies/shared/message.ts';
import { pages } from '../../scripts/docs.ts';
import { verdictOf } from './verdict-of.ts';

const made = pages();
const root = path.join(__dirname, '../..');
const notRules = new Set(['index.ts', 'rule-sets.ts']);
const ids = readdirSync(path.join(root, 'policies'))
  .filter((name) => name.endsWith('.ts') && !notRules.has(name))
  .map((name) => name.slice(0, -3))
  .sort();

/** Highest number of each theme of Annex A of ISO/IEC 27001:2022. */
const annexA: Readonly<Record<string, number>> = { '5': 37, '6': 8, '7': 14, '8': 34 };

describe('the registry', () => {
  it('holds every file of policies/ once, by its id, in order', () => {
    expect(rules.map((rule) => rule.id)).toEqual(ids);
  });

  it('leaves out of a rule set only rules that exist', () => {
    for (const set of Object.values(ruleSets)) expect(ids).toEqual(expect.arrayContaining(Object.keys(set.without)));
    expect(rulesOf('eu-sovereign')).toEqual(rules);
    expect(rulesOf('recommended').map((rule) => rule.id)).not.toContain('data-in-finland');
  });

  it('has rules that may be waived and rules that may not', () => {
    expect(new Set(rules.map((rule) => rule.waivable))).toEqual(new Set([true, false]));
  });
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it('says what it is about', () => {
    for (const text of [rule.title, rule.remediation]) expect(text).toMatch(/^[A-Z].*[^.]$/s);
    expect(rule.title.length).toBeLessThanOrEqual(messageLimit);
    expect(rule.rationale).toMatch(/\.$/);
    expect(rule.sources.length).toBeGreaterThan(0);
    for (const source of rule.sources) expect(new URL(source).protocol).toBe('https:');
  });

  it('names controls that exist', () => {
    expect(rule.controls.some((control) => control.startsWith('ISO27001:2022/'))).toBe(true);
    for (const control of rule.controls) expect(control).toMatch(controlForm);
    for (const control of rule.controls) {
      const [, theme = '', number = ''] = /^ISO27001:2022\/A\.(\d)\.(\d+)$/.exec(control) ?? [];
      if (theme !== '') expect(Number(number)).toBeLessThanOrEqual(annexA[theme] ?? 0);
    }
    expect(new Set(rule.controls).size).toBe(rule.controls.length);
  });

  it('has examples that pass and fail, by names of their own', () => {
    const verdicts = rule.examples.map((example) => example.verdict);
    expect(verdicts).toEqual(expect.arrayContaining(['pass', 'fail']));
    expect(new Set(rule.examples.map((example) => example.name)).size).toBe(rule.examples.length);
  });

  it('has a page that says what it says', () => {
    const file = `docs/rules/${id}.md`;
    expect(existsSync(path.join(root, file))).toBe(true);
    expect(readFileSync(path.join(root, file), 'utf8')).toBe(made.get(file));
  });

  it.each(rule.examples.map((example) => [example.name, example] as const))('example: %s', (_, example) => {
    const report = judgeExample(rule as Rule, example as Example);
    expect(verdictOf(report)).toBe(example.verdict);
    const open = report.findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
    for (const { message } of open) {
      expect(message.length).toBeLessThanOrEqual(messageLimit);
      expect(message).toMatch(/[^.\s]$/);
      expect(message).not.toMatch(/\p{Co}/u);
    }
    const shown = open.map((finding) => renderFinding(finding)).join('\n\n');
    const passed = report.findings.filter(({ verdict }) => verdict === 'pass');
    for (const finding of passed) expect(finding.because).not.toEqual([]);
    const exceptions = report.exceptions.map(({ address, reason }) => `exception: ${address}: ${reason}`);
    expect([shown, ...exceptions].filter((text) => text !== '').join('\n') || 'nothing refused').toMatchSnapshot();
  });
});

const controlForm =
  /^(ISO27001:2022\/A\.[5-8]\.([1-9]|[1-3][0-9])|GDPR\/\d+(\(\d+\))?(\([a-z]\))?|NIS2\/\d+(\(\d+\))?(\([a-z]\))?)$/;
