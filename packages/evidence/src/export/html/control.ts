import type { EvidenceControl, EvidenceExport, EvidenceTier, EvidenceVerdict } from '@lukko/formats';
import { checkOf } from '../../observe/checks.ts';
import { html, type Markup } from './template.ts';
import { chip, classWords, count } from './words.ts';

/** Passing elements shown per rule and tier, and reasons per element: a page is for reading, the JSON beside it holds all. */
const shownElements = 6;
const shownReasons = 3;
const shownObservations = 12;

type Verdicts = readonly EvidenceVerdict[];

/** Everything about one control that has verdicts: what the rules found, what is broken, what is due, what it rests on. */
export function controlArticle(control: EvidenceControl, evidence: EvidenceExport): Markup {
  const reference = `ISO27001:2022/${control.id}`;
  const verdicts = evidence.verdicts.filter((verdict) => verdict.controls.includes(reference));
  const carrying = new Set(control.rules.map((rule) => rule.id));
  const exceptions = evidence.exceptions.filter((exception) => carrying.has(exception.rule));
  const of = (test: (verdict: EvidenceVerdict) => boolean) => verdicts.filter(test);
  return html`<article class="${control.state}" id="${control.id}">
<div class="top"><h3>${control.id} ${control.summary}</h3>${chip(control.state)}</div>
<p class="why">${sentence(control.why)} It can be shown ${classWords[control.class]}.</p>
${verdicts.length > 0 && rulesTable(control, verdicts)}
${list(
  'Broken',
  of((one) => one.verdict === 'fail' && one.waiver === undefined),
  problem,
)}
${list(
  'Excused by a waiver',
  of((one) => one.waiver !== undefined),
  problem,
)}
${list(
  'Not proven',
  of((one) => one.verdict === 'unknown' && one.obligation !== true && one.waiver === undefined),
  problem,
)}
${list(
  'Due when the provider has answered',
  of((one) => one.obligation === true && one.waiver === undefined),
  problem,
)}
${list('Exceptions that a rule allows', exceptions, (one) => html`<code>${one.address}</code> (${one.rule}): ${one.reason}`)}
${grounds(control, verdicts)}
${observations(control, evidence)}
<h4>Left to people and documents</h4>
<p>${control.outside}.</p>
</article>`;
}

/** Checks of this control on what was seen, those that fail first; each with the id of its observation. */
function observations({ id }: EvidenceControl, { observed }: EvidenceExport): Markup | undefined {
  const mine = observed.flatMap((one) =>
    one.checks
      .filter((check) => checkOf(one.collector, check.id)?.controls.includes(id) === true)
      .map((check) => ({ one, check })),
  );
  const rank = ({ check: { holds } }: (typeof mine)[number]) => (holds === false ? 0 : holds === 'unknown' ? 1 : 2);
  const sorted = [...mine].sort((a, b) => rank(a) - rank(b));
  const rest = sorted.length - shownObservations;
  return list(
    rest > 0 ? `What was observed: the first ${shownObservations} of ${sorted.length} checks` : 'What was observed',
    sorted.slice(0, shownObservations),
    ({ one, check }) =>
      html`${checkOf(one.collector, check.id)?.title ?? check.id}: <strong>${check.holds === 'unknown' ? 'not told' : check.holds ? 'holds' : 'FAILS'}</strong> on ${one.name ?? one.subject}${!one.counts && html` <strong>(not counted: ${one.because})</strong>`}<br><span class="more">${check.saw}; seen ${one.at}, until ${one.expires}; observation <code>${one.id}</code></span>`,
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function rulesTable(control: EvidenceControl, verdicts: Verdicts): Markup {
  const rows = control.rules.flatMap((rule) =>
    tiers.flatMap((tier) => {
      const mine = verdicts.filter((verdict) => verdict.rule === rule.id && verdict.tier === tier);
      return mine.length === 0 ? [] : [ruleRow(rule, tier, mine)];
    }),
  );
  const silent = control.rules.filter((rule) => !verdicts.some((verdict) => verdict.rule === rule.id));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Rules that carry ${control.id}"><table>
<thead><tr><th scope="col">Rule</th><th scope="col">Tier</th><th scope="col">Pass</th><th scope="col">Fail</th><th scope="col">Not proven</th><th scope="col">Due</th><th scope="col">Waived</th></tr></thead>
<tbody>${rows}</tbody></table></div>
${silent.length > 0 && html`<p class="more">Found nothing to judge: ${silent.map((rule) => rule.id).join(', ')}.</p>`}`;
}

const tiers: readonly EvidenceTier[] = ['declared', 'planned'];

function ruleRow(rule: EvidenceControl['rules'][number], tier: EvidenceTier, verdicts: Verdicts): Markup {
  const number = (test: (verdict: EvidenceVerdict) => boolean) => {
    const amount = verdicts.filter(test).length;
    return html`<td class="number">${amount === 0 ? '–' : amount}</td>`;
  };
  const open = (verdict: EvidenceVerdict) => verdict.waiver === undefined;
  return html`<tr><td><strong>${rule.title}</strong><br><code>${rule.id}</code>, ${rule.severity}</td><td>${tier}</td>${[
    number((one) => one.verdict === 'pass'),
    number((one) => one.verdict === 'fail' && open(one)),
    number((one) => one.verdict === 'unknown' && one.obligation !== true && open(one)),
    number((one) => one.obligation === true && open(one)),
    number((one) => !open(one)),
  ]}</tr>`;
}

function list<T>(title: string, items: readonly T[], render: (item: T) => Markup): Markup | undefined {
  if (items.length === 0) return undefined;
  return html`<h4>${title}</h4><ul class="plain">${items.map((item) => html`<li>${render(item)}</li>`)}</ul>`;
}

function problem(verdict: EvidenceVerdict): Markup {
  const { message, address, file, line, waiver, because } = verdict;
  return html`${message}<br><code>${address}</code> at <code>${line === undefined ? file : `${file}:${line}`}</code>${
    waiver !== undefined && html`<br>Waiver ${waiver.id} of ${waiver.owner}, until ${waiver.expires}: ${waiver.reason}`
  }${reasons(because, verdict.reasons)}`;
}

function reasons(because: EvidenceVerdict['because'], all: number): Markup {
  const shown = because.slice(0, shownReasons);
  const rest = all - shown.length;
  return html`<ul class="grounds">${shown.map(({ at, saw }) => html`<li><code>${at}</code>: ${saw}</li>`)}${
    rest > 0 && html`<li>and ${count(rest, 'more reason')}</li>`
  }</ul>`;
}

/** What passes rest on: per rule and tier the first elements with their deciding attributes. */
function grounds(control: EvidenceControl, verdicts: Verdicts): Markup | undefined {
  const groups = control.rules.flatMap((rule) =>
    tiers.map((tier) => ({
      rule,
      tier,
      passes: verdicts.filter((one) => one.rule === rule.id && one.tier === tier && one.verdict === 'pass'),
    })),
  );
  const filled = groups.filter(({ passes }) => passes.length > 0);
  if (filled.length === 0) return undefined;
  return html`<h4>What the passes rest on</h4><ul class="plain">${filled.map(({ rule, tier, passes }) => {
    const shown = passes.slice(0, shownElements);
    const rest = passes.length - shown.length;
    return html`<li>${rule.title} <span class="more">(${tier}, ${count(passes.length, 'pass', 'passes')})</span>${shown.map(
      (pass) =>
        html`<div class="ground"><code>${pass.at ?? pass.address}</code>${reasons(pass.because, pass.reasons)}</div>`,
    )}${rest > 0 && html`<span class="more">and ${count(rest, 'more element')} in evidence.json</span>`}</li>`;
  })}</ul>`;
}
