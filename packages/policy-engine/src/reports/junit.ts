import type { Finding, Report } from '@lukko/formats';
import { postureOf, refuses } from '../posture.ts';
import { controlName, groupBy, placeText, printable } from './text.ts';

/**
 * The report as JUnit XML, as GitLab, Forgejo and Jenkins read it (https://docs.gitlab.com/ci/testing/unit_test_reports/): one
 * suite per rule, one case per thing it was asked about. Passes are cases when the report holds them. Waived, accepted, open and
 * light findings are skipped with the reason, never missing; a rule that stopped is an error.
 */
export function renderJunit(report: Report): string {
  const suites = [...groupBy(sorted(report.findings), ({ rule }) => rule)].map(([rule, findings]) =>
    suite(rule, findings, report),
  );
  const total = (key: keyof Counts) => suites.reduce((sum, one) => sum + one.counts[key], 0);
  const counts = {
    tests: total('tests'),
    failures: total('failures'),
    errors: total('errors'),
    skipped: total('skipped'),
  };
  const name = `lukko ${[...new Set(report.inputs.map(({ kind }) => kind))].sort().join(' ')}`.trimEnd();
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element(
      'testsuites',
      { name, ...counts },
      suites.flatMap(({ lines }) => lines),
    ),
    '',
  ].join('\n');
}

type Counts = { readonly [K in 'tests' | 'failures' | 'errors' | 'skipped']: number };

function sorted(findings: readonly Finding[]): readonly Finding[] {
  const key = ({ rule, address, at = '', fingerprint }: Finding) => [rule, address, at, fingerprint].join('\0');
  const judged = findings.filter(({ verdict }) => verdict !== 'not-applicable');
  return judged
    .map((finding) => [key(finding), finding] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, finding]) => finding);
}

function suite(
  rule: string,
  findings: readonly Finding[],
  report: Report,
): { lines: readonly string[]; counts: Counts } {
  const cases = findings.map((finding) => ({ finding, outcome: outcomeOf(finding, report) }));
  const many = (kind: Outcome['kind']) => cases.filter(({ outcome }) => outcome.kind === kind).length;
  const counts = { tests: cases.length, failures: many('failure'), errors: many('error'), skipped: many('skipped') };
  const lines = cases.map(({ finding, outcome }) => testcase(finding, outcome));
  return { lines: [element('testsuite', { name: rule, ...counts }, lines)], counts };
}

interface Outcome {
  readonly kind: 'pass' | 'failure' | 'error' | 'skipped';
  readonly message: string;
}

function outcomeOf(finding: Finding, report: Report): Outcome {
  const { verdict, waiver, accepted, message } = finding;
  if (verdict === 'pass') return { kind: 'pass', message };
  if (finding.broken === true) return { kind: 'error', message };
  if (waiver !== undefined) {
    return {
      kind: 'skipped',
      message: `waived by ${waiver.id} (${waiver.owner}) until ${waiver.expires}: ${waiver.reason}`,
    };
  }
  const shown = verdict === 'unknown' ? `not proven: ${message}` : message;
  if (refuses(finding, postureOf(report), report.failOn)) return { kind: 'failure', message: shown };
  if (finding.obligation === true) return { kind: 'skipped', message: `only the provider can show it: ${message}` };
  if (accepted !== undefined) return { kind: 'skipped', message: `accepted until ${accepted.expires}: ${shown}` };
  if (report.failOn === 'new' && finding.since === 'unchanged')
    return { kind: 'skipped', message: `as before: ${shown}` };
  return { kind: 'skipped', message: verdict === 'unknown' ? shown : `${finding.severity}, does not refuse: ${shown}` };
}

function testcase(finding: Finding, { kind, message }: Outcome): string {
  const { rule, address, at, file, line } = finding;
  const attributes = {
    name: at === undefined ? address : at,
    classname: rule,
    file,
    ...(line === undefined ? {} : { line }),
  };
  if (kind === 'pass') return element('testcase', attributes, []);
  if (kind === 'skipped') return element('testcase', attributes, [element('skipped', { message }, [])]);
  const text = [
    placeText(finding),
    ...finding.because.map((reason) => `because: ${reason.at}: ${reason.saw}`),
    `controls: ${finding.controls.map(controlName).join(', ')}`,
    `fix: ${finding.fix}`,
  ];
  const body = text.map((one) => escaped(one)).join('\n');
  return element('testcase', attributes, [`<${kind}${list({ message, type: finding.severity })}>${body}</${kind}>`]);
}

type Attributes = Readonly<Record<string, string | number>>;

function element(name: string, attributes: Attributes, children: readonly string[]): string {
  const head = `<${name}${list(attributes)}`;
  return children.length === 0 ? `${head}/>` : `${head}>\n${children.join('\n')}\n</${name}>`;
}

function list(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
}

/** One line that any XML 1.0 reader takes (https://www.w3.org/TR/xml/#charsets): noncharacters too stand as `\u{…}`. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return printable(text)
    .replace(/[\ufffe\uffff]/g, (mark) => `\\u{${mark.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, (mark) => entities[mark] as string);
}
