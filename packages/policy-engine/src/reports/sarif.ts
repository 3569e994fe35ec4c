import type { Finding, Report } from '@lukko/formats';
import { isOwnFinding, ownFindings } from '../own-findings.ts';
import { postureOf, refuses } from '../posture.ts';
import type { ControlRef, Rule } from '../rule.ts';
import { jsonText } from './json.ts';
import { severities } from './severity.ts';
import { controlName, printable } from './text.ts';

/**
 * What code scanning of GitHub takes of one run: 25,000 results, of which it keeps the 5,000 that weigh most; 20 tags a rule
 * (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning). Text
 * has no limit there; a result with 1,000 origins helps nobody.
 */
const limits = { results: 5000, tags: 20, related: 20 };

/**
 * The report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). A result stands at the line of
 * the TypeScript that declared the resource, where the input tells it. What refuses is of kind `fail`; an unknown that refuses
 * nothing is `open`, which the standard gives no level. What is waived or accepted is there, suppressed.
 *
 * @param rules the rules it was judged by: they bring titles, reasons and help
 */
export function renderSarif(report: Report, rules: readonly Rule[]): string {
  const descriptors = [...rules.map(ofRule), ...ownRulesOf(report)];
  const index = new Map(descriptors.map(({ id }, position) => [id, position]));
  const open = report.findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
  const results = open.slice(0, limits.results).map((finding) => resultOf(finding, report, index));
  return jsonText({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Lukko',
            semanticVersion: report.tool.version,
            rules: descriptors,
            supportedTaxonomies: taxonomies(rules).map(({ name }) => ({ name })),
          },
        },
        automationDetails: { id: automationId(report) },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'The folder lukko was started in' } } },
        invocations: [
          {
            executionSuccessful: true,
            exitCode: report.summary.exitCode,
            toolExecutionNotifications: notifications(report, open.length),
          },
        ],
        taxonomies: taxonomies(rules),
        results,
        properties: {
          posture: report.posture,
          ruleSet: report.ruleSet,
          policySha256: report.policy.sha256,
          inputs: report.inputs.map(({ file, sha256 }) => ({ file, sha256 })),
        },
      },
    ],
  });
}

/** One id per evaluation point, so that uploads of synth and plan do not replace each other; the last part names the run. */
function automationId({ inputs, ruleSet }: Report): string {
  const kinds = [...new Set(inputs.map(({ kind }) => kind))].sort();
  return `lukko/${[...kinds, ruleSet].join('/')}/`;
}

function ofRule(rule: Rule) {
  const controls = rule.controls.map(controlName);
  const sources = rule.sources.map((url) => `- <${url}>`).join('\n');
  const [source] = rule.sources.filter((url) => URL.canParse(url));
  return {
    id: rule.id,
    shortDescription: { text: oneLine(rule.title) },
    fullDescription: { text: oneLine(rule.rationale) },
    help: {
      text: `${rule.rationale}\n\nFix: ${rule.remediation}`,
      markdown: `${rule.rationale}\n\n**Fix:** ${rule.remediation}\n\n**Controls:** ${controls.join(', ')}\n\n${sources}`,
    },
    ...(source === undefined ? {} : { helpUri: source }),
    defaultConfiguration: { level: severities[rule.severity].sarif },
    relationships: rule.controls.map((control) => ({
      target: { id: taxonOf(control).id, toolComponent: { name: taxonOf(control).taxonomy } },
      kinds: ['relevant'],
    })),
    properties: {
      tags: ['security', ...controls].slice(0, limits.tags),
      precision: 'very-high',
      'security-severity': severities[rule.severity].score,
    },
  };
}

/** What the engine itself found about waivers, the baseline or coverage: only where there is something. */
function ownRulesOf({ findings }: Report) {
  const ids = [...new Set(findings.map(({ rule }) => rule).filter(isOwnFinding))].sort();
  return ids.map((id) => {
    const { title, severity, fix } = ownFindings[id];
    return {
      id,
      shortDescription: { text: title },
      fullDescription: { text: title },
      help: { text: `Fix: ${fix}`, markdown: `**Fix:** ${fix}` },
      defaultConfiguration: { level: severities[severity].sarif },
      properties: { tags: ['policy'], precision: 'very-high', 'security-severity': severities[severity].score },
    };
  });
}

function resultOf(finding: Finding, report: Report, index: ReadonlyMap<string, number>) {
  const position = index.get(finding.rule);
  const failed = finding.verdict === 'fail' || refuses({ ...finding, waiver: undefined }, postureOf(report));
  const suppressions = suppressionsOf(finding, report);
  return {
    ruleId: finding.rule,
    ...(position === undefined ? {} : { ruleIndex: position }),
    kind: failed ? 'fail' : 'open',
    level: failed ? severities[finding.severity].sarif : 'none',
    message: { text: messageOf(finding) },
    locations: [
      {
        physicalLocation: physical(finding),
        logicalLocations: [{ fullyQualifiedName: oneLine(finding.at ?? finding.address), kind: 'resource' }],
      },
    ],
    ...(finding.origins === undefined
      ? {}
      : {
          relatedLocations: finding.origins.slice(0, limits.related).map((origin, id) => ({
            id,
            physicalLocation: physical(origin),
            message: { text: 'where the value comes from' },
          })),
        }),
    // GitHub reads the first name; the second says whose it is, and in which version it was made.
    partialFingerprints: {
      primaryLocationLineHash: `${finding.fingerprint.slice(0, 32)}:1`,
      'lukkoFinding/v1': finding.fingerprint,
    },
    ...(finding.since === undefined ? {} : { baselineState: finding.since }),
    ...(suppressions.length === 0 ? {} : { suppressions }),
    properties: {
      verdict: finding.verdict,
      severity: finding.severity,
      controls: finding.controls.map((control) => controlName(oneLine(control))),
      ...(finding.obligation === true ? { obligation: true } : {}),
    },
  };
}

/** Text in a message may hold links in brackets (§3.11.6): what comes from an input must not make one. */
function messageOf(finding: Finding): string {
  const proven = finding.verdict === 'unknown' ? `Not proven: ${finding.message}` : finding.message;
  const reasons = finding.because.slice(0, 5).map(({ at, saw }) => `${at}: ${saw}`);
  const rest = finding.reasons - reasons.length;
  const lines = [
    proven,
    `Resource: ${finding.address}`,
    ...reasons.map((reason) => `Because: ${reason}`),
    ...(rest > 0 ? [`Because: ${rest} more`] : []),
    `Fix: ${finding.fix}`,
  ];
  return lines.map((line) => oneLine(line).replace(/[\\[\]]/g, '\\$&')).join('\n');
}

function suppressionsOf({ waiver, accepted }: Finding, { baseline }: Report) {
  if (waiver !== undefined) {
    const { id, reason, owner, expires } = waiver;
    const properties = { waiver: id, owner: oneLine(owner), expires };
    return [{ kind: 'external', status: 'accepted', justification: oneLine(reason), properties }];
  }
  if (accepted === undefined) return [];
  const justification = `accepted by the baseline ${oneLine(baseline?.file ?? '')} until ${accepted.expires}`;
  return [{ kind: 'external', status: 'accepted', justification, properties: { expires: accepted.expires } }];
}

function physical({ file, line }: { readonly file: string; readonly line?: number | undefined }) {
  return {
    artifactLocation: { uri: uriOf(file), uriBaseId: 'SRCROOT' },
    // A finding about a whole file stands at its first line: GitHub shows nothing that has no region.
    region: { startLine: line ?? 1 },
  };
}

/** A relative path as a URI reference (RFC 3986): every step percent-encoded, so that no name can be a scheme or a query. */
function uriOf(file: string): string {
  const steps = oneLine(file).split('/');
  return steps.map((step) => encodeURIComponent(step)).join('/');
}

function notifications(report: Report, found: number) {
  const broken = report.findings
    .filter(({ broken }) => broken === true)
    .map((finding) => ({
      level: 'error',
      descriptor: { id: 'rule-stopped' },
      associatedRule: { id: finding.rule },
      message: { text: oneLine(finding.message) },
    }));
  const left = found - limits.results;
  if (left <= 0) return broken;
  const text = `${left} results that weigh least are left out: code scanning keeps ${limits.results}; the JSON report has them all`;
  return [...broken, { level: 'warning', descriptor: { id: 'results-left-out' }, message: { text } }];
}

/** The controls rules serve, by framework: numbers only, since the texts are not ours. */
function taxonomies(rules: readonly Rule[]) {
  const ids = new Map<string, Set<string>>();
  for (const control of rules.flatMap((rule) => rule.controls)) {
    const { taxonomy, id } = taxonOf(control);
    ids.set(taxonomy, (ids.get(taxonomy) ?? new Set()).add(id));
  }
  return [...ids]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, taxa]) => ({ name, taxa: [...taxa].sort().map((id) => ({ id })) }));
}

function taxonOf(control: ControlRef): { readonly taxonomy: string; readonly id: string } {
  const slash = control.indexOf('/');
  return { taxonomy: control.slice(0, slash), id: control.slice(slash + 1) };
}

function oneLine(text: string): string {
  return printable(text);
}
