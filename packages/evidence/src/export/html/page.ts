import type { Facts } from '@lukko/facts';
import type { EvidenceControl, EvidenceExport } from '@lukko/formats';
import type { Table } from '../../tables/index.ts';
import { states } from '../../totals.ts';
import { byControl } from './by-control.ts';
import { controlArticle } from './control.ts';
import { dataPaths, topology } from './diagrams.ts';
import { filterForm, filterScript, scriptHash } from './filter.ts';
import { style } from './style.ts';
import { tableSections } from './tables.ts';
import { html, type Markup } from './template.ts';
import { age, amount, chip, count, stateWords } from './words.ts';

/** What a page shows beside the rows of controls. */
export interface PageParts {
  readonly tables?: readonly Table[];
  readonly facts?: readonly Facts[];
}

/**
 * The export as one page: nothing fetched, text escaped, one script that only filters. The same export gives the same bytes.
 */
export function renderEvidenceHtml(
  evidence: EvidenceExport,
  { tables = [], facts: graphs = [] }: PageParts = {},
): string {
  const found = byControl(evidence);
  const names = evidence.environments.map(({ name }) => name).join(', ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptHash}'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<title>Evidence for ${evidence.standard}${names !== '' && html`, ${names}`}, ${evidence.asOf.slice(0, 10)}</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="kicker">Evidence export${evidence.selection !== 'A.8' && html`, control ${evidence.selection}`}</p>
<h1>${evidence.standard}</h1>
<p class="lead">What is declared, planned and observed for ${count(evidence.totals.controls, 'control')}, what it rests on, and what it does not show.</p>
${facts(evidence)}
${warnings(evidence)}
</header>
<main>
${glance(
  evidence,
  tables.some(({ name }) => name === 'findings'),
)}
${filterForm(states.map((state) => [state, stateWords[state].name] as const))}
<h2 id="controls">Controls</h2>
<p>Summaries are ours; the text of the standard is its publisher's. A dash means that nothing was shown, which is neither a pass nor a failure (<a href="#reading">how to read this</a>).</p>
${overview(evidence, { statement: tables.some(({ name }) => name === 'statement-of-applicability'), observed: (id) => found.observed(id).length > 0 })}
${graphs.length > 0 && html`<h2 id="topology">Topology</h2>${topology(graphs)}<h2 id="data-path">Encrypted data path</h2>${dataPaths(graphs)}`}
${tables.length > 0 && html`<h2 id="tables">Tables</h2><p>Each is also a file below tables/, as CSV and JSON.</p>${tableSections(tables)}`}
<h2>What was found</h2>${evidence.controls.map((control) => controlArticle(control, evidence, found))}
${legend()}
${inputs(evidence)}
${absent(evidence)}
</main>
<footer><p>Made by lukko ${evidence.tool.version} as of ${evidence.asOf}. The same inputs and the same instant give the same bytes. evidence.json beside this page holds every verdict with its reasons, evidence.csv one line per control; VERIFY.md how to check them all without our software.</p></footer>
${filterScript}
</body>
</html>
`.text;
}

function facts(evidence: EvidenceExport): Markup {
  const environment = evidence.environments
    .map((one) => (one.class === undefined ? one.name : `${one.name} (${one.class})`))
    .join(', ');
  const { organisation } = evidence;
  const entries: readonly (readonly [string, string, boolean])[] = [
    ...(organisation === undefined
      ? []
      : [
          ['Organisation', organisation.name, false] as const,
          ['Claims', `version ${organisation.claims}, approved ${organisation.approved}`, false] as const,
        ]),
    ['Environment', environment === '' ? 'not stated by the inputs' : environment, false],
    ['As of', evidence.asOf, false],
    ['Posture', evidence.posture, false],
    ['Inputs', count(evidence.inputs.length, 'file'), false],
    ['Tool', `lukko ${evidence.tool.version}`, false],
    ['Policy digest (SHA-256)', evidence.policy.sha256, true],
  ];
  return html`<dl class="facts">${entries.map(([term, text, code]) => html`<div${code ? html` class="wide"` : undefined}><dt>${term}</dt><dd>${code ? html`<code>${text}</code>` : text}</dd></div>`)}</dl>`;
}

function warnings(evidence: EvidenceExport): Markup {
  const disposable = evidence.environments.some((one) => one.class === 'disposable');
  const open = evidence.worlds.filter((world) => !world.closed);
  const { kind, real, sandbox, failed } = evidence.observations;
  return html`${kind === 'sandbox' && html`<div class="note alarm" role="alert"><p><strong>Sandbox.</strong> ${sandbox === 0 ? 'Observations in the store of this export, later than its instant,' : `${count(sandbox, 'observation')} in this export`} did not come from a real system: they came from a sandbox, from recorded answers, or from what nobody proved to be ours. They are shown and never counted, and this bundle is signed with a throw-away key named demo.</p></div>`}
${kind === 'none' ? html`<div class="note" role="note"><p><strong>Declared is not observed.</strong> Every verdict here was reached by reading configuration or a plan, as it lay there when this was made. Nothing looked at a running system, so no control is shown to be in operation, and no rule covers the whole of a control.</p></div>` : html`<div class="note" role="note"><p><strong>Observed is a part.</strong> ${count(real, 'observation')} of real systems, ${sandbox} that do not count, ${failed} that failed. No rule and no check covers the whole of a control. Configuration and plans were judged as they lay there when this was made.</p></div>`}
${disposable && html`<div class="note" role="note"><p><strong>Disposable environment.</strong> Rules that guard the removal of data do not apply to it; it is no evidence of a production system.</p></div>`}
${open.length > 0 && html`<div class="note" role="note"><p><strong>Part of a whole.</strong> ${open.map((world) => html`The ${world.tier} inputs may not be all there is: ${world.because}. `)}</p></div>`}`;
}

function glance({ totals, findings }: EvidenceExport, leads: boolean): Markup {
  const present = states.filter((state) => totals.states[state] > 0);
  const spoken = present.map((state) => `${stateWords[state].name}: ${totals.states[state]}`).join(', ');
  return html`<h2>At a glance</h2>
<div class="bar" role="img" aria-label="${spoken}, of ${totals.controls}">${present.map(
    (state) => html`<span class="${state}" style="flex: ${totals.states[state]}"></span>`,
  )}</div>
<ul class="tiles">${states.map(
    (state) =>
      html`<li class="${state}"><strong>${totals.states[state]}</strong> ${stateWords[state].name}<small>${totals.percent[state].toFixed(1)} % of ${totals.controls}</small></li>`,
  )}</ul>
<p>Observed on a running system: ${totals.observed} of ${totals.controls}.${leads && html` <a href="#table-findings">${count(findings.length, 'finding')}</a> an auditor would ask about.`}</p>
${claimed(totals)}`;
}

/** What is claimed stands beside what is shown, and never in the same bar. */
function claimed({ claimed: all, controls, observed }: EvidenceExport['totals']): Markup | undefined {
  const entries = Object.entries(all);
  if (entries.length === 0) return undefined;
  const line = (name: string, number: number, kind: string) =>
    html`<tr><th scope="row">${name}</th><td class="number">${number}</td><td class="wide"><span class="share ${kind}" style="width: ${Math.round((number * 1000) / controls) / 10}%"></span></td></tr>`;
  return html`<table class="chart"><caption>Claimed by the organisation, and observed, of ${controls} controls</caption><tbody>${entries.map(
    ([status, number]) => line(`claimed ${status.replaceAll('-', ' ')}`, number, 'claimed'),
  )}${line('observed, real and fresh', observed, 'observed')}</tbody></table>`;
}

function legend(): Markup {
  return html`<h2 id="reading">How to read this</h2>
<dl class="legend">
<div><dt>Tier: declared</dt><dd>Rules judged the configuration before a deployment. It shows what is intended.</dd></div>
<div><dt>Tier: planned</dt><dd>Rules judged what the provider answered to a plan. It shows what a deployment would do.</dd></div>
<div><dt>Tier: observed</dt><dd>A running system was asked. Only real answers that have not expired are counted; a blank was not looked at.</dd></div>
${states.map((state) => html`<div><dt>${chip(state)}</dt><dd>${stateWords[state].means}</dd></div>`)}
<div><dt>As of</dt><dd>The instant to which observations, waivers and statements are counted. Configuration and plans are judged as they lay there when the export was made, also where that was later; the digests of the inputs say which they were.</dd></div>
<div><dt>Age</dt><dd>Days from the time an input states of itself to the instant of this export. Configuration states no time; its verdicts date from the export.</dd></div>
<div><dt>Due</dt><dd>Only the provider can answer. It counts as neither pass nor failure until then.</dd></div>
</dl>`;
}

interface Leads {
  /** Whether the statement of applicability stands on the page. */
  readonly statement: boolean;
  /** Whether single observations of a control do. */
  readonly observed: (control: string) => boolean;
}

function overview({ controls }: EvidenceExport, leads: Leads): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Controls"><table class="cards">
<thead><tr><th scope="col">Control</th><th scope="col">In our words</th><th scope="col">Claimed</th><th scope="col">State</th><th scope="col">Declared</th><th scope="col">Planned</th><th scope="col">Observed</th><th scope="col">Age</th></tr></thead>
<tbody>${controls.map((control) => overviewRow(control, leads))}</tbody></table></div>`;
}

/** Every cell that is no blank leads to what it rests on. */
function overviewRow(control: EvidenceControl, leads: Leads): Markup {
  const { id, declared, planned, observed } = control;
  const seen = leads.observed(id) ? `${id}-observed` : id;
  const oldest = (planned?.ageDays ?? 0) > (declared?.ageDays ?? 0) ? 'planned' : 'declared';
  const days = Math.max(declared?.ageDays ?? 0, planned?.ageDays ?? 0);
  const judged = declared !== undefined || planned !== undefined;
  const nothing = control.state === 'not-assessed' || control.state === 'not-evidenceable';
  const ageCell = (anchor: string, of: number) =>
    html`<td class="number" data-label="Age"><a href="#${anchor}">${age(of)}</a></td>`;
  return html`<tr data-row data-state="${control.state}"><th scope="row"><a href="#${id}">${id}</a></th><td>${control.summary}<br><span class="more">${control.why}</span></td>${claimCell(control, leads)}<td>${chip(control.state)}<br><a class="more" href="#${id}">${nothing ? 'what could show it' : 'a part of it'}</a></td>${[
    tierCell('Declared', declared, `${id}-declared`),
    tierCell('Planned', planned, `${id}-planned`),
    observedCell(control, seen),
    observed !== undefined ? ageCell(seen, observed.ageDays) : judged ? ageCell(`${id}-${oldest}`, days) : blank(),
  ]}</tr>`;
}

function claimCell({ id, applicable, claim }: EvidenceControl, { statement }: Leads): Markup {
  if (applicable === 'not-stated') return blank();
  const text = applicable ? (claim?.status ?? '').replaceAll('-', ' ') : 'not applicable';
  return html`<td data-label="Claimed">${statement ? html`<a href="#claim-${id}">${text}</a>` : text}</td>`;
}

function observedCell({ observed, notCounted, expired }: EvidenceControl, anchor: string): Markup {
  const past = expired > 0 ? [`${amount(expired)} expired`] : [];
  if (observed === undefined) {
    const rest = [...past, ...(notCounted > 0 ? [`${count(notCounted, 'check')} of a sandbox, not counted`] : [])];
    return rest.length === 0
      ? blank()
      : html`<td data-label="Observed"><a href="#${anchor}">${rest.join(', ')}</a></td>`;
  }
  const { holds, fails, unknown, count: times, longestGapHours } = observed;
  const text = [
    `${amount(holds)} hold`,
    ...(fails > 0 ? [`${amount(fails)} fail`] : []),
    ...(unknown > 0 ? [`${amount(unknown)} did not tell`] : []),
    ...past,
  ];
  return html`<td data-label="Observed"><a href="#${anchor}">${text.join(', ')}</a><br><span class="more">${count(times, 'time')}, longest gap ${longestGapHours} h</span></td>`;
}

function blank(): Markup {
  return html`<td class="blank"><span aria-hidden="true">&ndash;</span><span class="spoken">nothing</span></td>`;
}

function tierCell(label: string, tier: EvidenceControl['declared'], anchor: string): Markup {
  if (tier === undefined) return blank();
  const { pass, fail, unknown, obligations, waived, notApplicable } = tier.counts;
  const parts: readonly (readonly [number, string])[] = [
    [pass, 'pass'],
    [fail, 'fail'],
    [unknown, 'not proven'],
    [obligations, 'due'],
    [waived, 'waived'],
    [notApplicable, 'not applicable'],
  ];
  const text = parts.filter(([number]) => number > 0).map(([number, word]) => `${amount(number)} ${word}`);
  return html`<td data-label="${label}"><a href="#${anchor}">${text.join(', ')}</a></td>`;
}

function inputs(evidence: EvidenceExport): Markup {
  return html`<h2>Inputs</h2>
<p>Policy: ${evidence.policy.files.length === 0 ? 'built-in rules and data only' : evidence.policy.files.join(', ')}; digest <code>${evidence.policy.sha256}</code>.</p>
<table class="cards">
<thead><tr><th scope="col">File</th><th scope="col">Kind</th><th scope="col">Tier</th><th scope="col">Recorded</th><th scope="col">SHA-256</th></tr></thead>
<tbody>${evidence.inputs.map(
    (input) =>
      html`<tr><td><code>${input.file}</code></td><td data-label="Kind">${input.kind}</td><td data-label="Tier">${input.tier}</td><td data-label="Recorded">${input.recorded ?? 'states no time'}</td><td data-label="SHA-256"><code>${input.sha256}</code></td></tr>`,
  )}</tbody></table>`;
}

function absent(evidence: EvidenceExport): Markup {
  return html`<h2>Not in this export</h2>
<ul>
${evidence.organisation === undefined && html`<li>Whether a control is applicable, and what the organisation claims: no claims were read.</li>`}
${evidence.observations.kind === 'none' && html`<li>Observations of running systems.</li>`}
${evidence.profile !== 'auditor' && html`<li>What the profile ${evidence.profile} withholds: manifest.json binds it to the whole by its digest.</li>`}
<li>Anything about people, places and applications but what somebody signed or certified.</li>
</ul>`;
}
