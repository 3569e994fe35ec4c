import type { EvidenceControl, EvidenceExport, EvidenceTier, EvidenceVerdict } from '@lukko/formats';
import { checkOf } from '../../observe/checks.ts';
import { wordOf } from '../../tables/verdicts.ts';
import type { ByControl, Looked } from './by-control.ts';
import { html, type Markup } from './template.ts';
import { amount, chip, classWords, count } from './words.ts';

/** Elements shown per rule, reasons per element, observations per control: a page is for reading, the files beside it hold all. */
const shownElements = 6;
const shownProblems = 10;
const shownReasons = 3;
const shownObservations = 12;

type Verdicts = readonly EvidenceVerdict[];
type Rule = EvidenceControl['rules'][number];

/** Everything about one control: what the rules found, what is broken, what is due, what it rests on, what could be shown and what not. */
export function controlArticle(control: EvidenceControl, evidence: EvidenceExport, found: ByControl): Markup {
  const rules = control.rules.map((rule) => ({ rule, verdicts: found.verdicts(rule.id) }));
  const carries = Object.entries(control.carries);
  const carrying = new Set(control.rules.map((rule) => rule.id));
  const exceptions = evidence.exceptions.filter((exception) => carrying.has(exception.rule));
  const problems = (title: string, word: string) => {
    const groups = rules
      .map(({ rule, verdicts }) => ({ rule, verdicts: verdicts.filter((one) => wordOf(one) === word) }))
      .filter(({ verdicts }) => verdicts.length > 0);
    return groups.length > 0 && html`<h4>${title}</h4>${groups.map(problemList)}`;
  };
  return html`<article class="${control.state}" id="${control.id}">
<div class="top"><h3>${control.id} ${control.summary}</h3>${chip(control.state)}</div>
<p class="why">${sentence(control.why)} It can be shown ${classWords[control.class]}.</p>
${rules.some(({ verdicts }) => verdicts.length > 0) && rulesTable(control, rules)}
${problems('Broken', 'broken')}
${problems('Excused by a waiver', 'waived')}
${problems('Not proven', 'not proven')}
${problems('Due when the provider has answered', 'due')}
${list('Exceptions that a rule allows', exceptions, (one) => html`<code>${one.address}</code> (${one.rule}): ${one.reason}`)}
${grounds(rules)}
${observations(control, found.observed(control.id))}
${list('Signed statements', control.attested, ({ id, owner, expires }) => html`${id}, signed for ${owner}, until ${expires}`)}
${list("The provider's certificates", control.inherited, ({ id, provider, scope, validUntil }) => html`${id} of ${provider}, until ${validUntil}, for: ${scope}; it is not our own`)}
${carries.length > 0 && html`<h4>What could be shown</h4><ul class="plain">${carries.map(([tier, what]) => html`<li>${tier}: ${what}</li>`)}</ul>`}
<h4>Left to people and documents</h4>
<p>${control.outside}.</p>
</article>`;
}

/** Checks of this control on what was seen, those that fail first; each with the id of its observation. */
function observations({ id }: EvidenceControl, looked: readonly Looked[]): Markup | false {
  const rest = looked.length - shownObservations;
  return (
    looked.length > 0 &&
    html`<h4 id="${id}-observed">${rest > 0 ? `What was observed: the first ${shownObservations} of ${amount(looked.length)} checks` : 'What was observed'}</h4><ul class="plain">${looked
      .slice(0, shownObservations)
      .map(
        ({ one, check }) =>
          html`<li>${checkOf(one.collector, check.id)?.title ?? check.id}: <strong>${check.holds === 'unknown' ? 'not told' : check.holds ? 'holds' : 'FAILS'}</strong> on ${one.name ?? one.subject}${!one.counts && html` <strong>(not counted: ${one.origin === 'real' ? 'it has expired' : one.because})</strong>`}<br><span class="more">${check.saw}; seen ${one.at}, until ${one.expires}; observation <code>${one.id}</code></span></li>`,
      )}</ul>${rest > 0 && html`<p class="more">All of them by subject: <a href="#table-observations">observations</a>.</p>`}`
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function rulesTable(
  control: EvidenceControl,
  rules: readonly { readonly rule: Rule; readonly verdicts: Verdicts }[],
): Markup {
  const rows = (tier: EvidenceTier) =>
    rules.flatMap(({ rule, verdicts }) => {
      const mine = verdicts.filter((verdict) => verdict.tier === tier);
      return mine.length === 0 ? [] : [ruleRow(rule, tier, mine)];
    });
  const silent = rules.filter(({ verdicts }) => verdicts.length === 0);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Rules that carry ${control.id}"><table>
<thead><tr><th scope="col">Rule</th><th scope="col">Tier</th><th scope="col">Pass</th><th scope="col">Fail</th><th scope="col">Not proven</th><th scope="col">Due</th><th scope="col">Waived</th></tr></thead>
${tiers.map((tier) => html`<tbody id="${control.id}-${tier}">${rows(tier)}</tbody>`)}</table></div>
${silent.length > 0 && html`<p class="more">Found nothing to judge: ${silent.map(({ rule }) => rule.id).join(', ')}.</p>`}`;
}

const tiers: readonly EvidenceTier[] = ['declared', 'planned'];

function ruleRow(rule: Rule, tier: EvidenceTier, verdicts: Verdicts): Markup {
  const number = (word: string) => {
    const found = verdicts.filter((one) => wordOf(one) === word).length;
    return html`<td class="number">${found === 0 ? '–' : amount(found)}</td>`;
  };
  return html`<tr><td><strong>${rule.title}</strong><br><code>${rule.id}</code>, ${rule.severity}</td><td>${tier}</td>${['pass', 'broken', 'not proven', 'due', 'waived'].map(number)}</tr>`;
}

function list<T>(title: string, items: readonly T[], render: (item: T) => Markup): Markup | false {
  return (
    items.length > 0 &&
    html`<h4>${title}</h4><ul class="plain">${items.map((item) => html`<li>${render(item)}</li>`)}</ul>`
  );
}

/** What one rule found: the first few in full, and where the rest stands. */
function problemList({ rule, verdicts }: { readonly rule: Rule; readonly verdicts: Verdicts }): Markup {
  const rest = verdicts.length - shownProblems;
  return html`<ul class="plain">${verdicts.slice(0, shownProblems).map((one) => html`<li>${problem(one)}</li>`)}${
    rest > 0 &&
    html`<li class="more">and ${amount(rest)} more by <code>${rule.id}</code>, in <a href="#table-verdicts">verdicts that do not pass</a></li>`
  }</ul>`;
}

function problem({ message = '', address, file, line, waiver, because, reasons: all }: EvidenceVerdict): Markup {
  return html`${message}<br><code>${address}</code> at <code>${line === undefined ? file : `${file}:${line}`}</code>${
    waiver !== undefined && html`<br>Waiver ${waiver.id} of ${waiver.owner}, until ${waiver.expires}: ${waiver.reason}`
  }${reasons(because, all ?? because.length)}`;
}

function reasons(because: EvidenceVerdict['because'], all: number): Markup {
  const shown = because.slice(0, shownReasons);
  const rest = all - shown.length;
  return html`<ul class="grounds">${shown.map(({ at, saw }) => html`<li><code>${at}</code>: ${saw}</li>`)}${
    rest > 0 && html`<li>and ${count(rest, 'more reason')}</li>`
  }</ul>`;
}

/** What passes rest on: per rule and tier the first elements with their deciding attributes. */
function grounds(rules: readonly { readonly rule: Rule; readonly verdicts: Verdicts }[]): Markup | false {
  const filled = rules.flatMap(({ rule, verdicts }) =>
    tiers.flatMap((tier) => {
      const passes = verdicts.filter((one) => one.tier === tier && one.verdict === 'pass');
      return passes.length === 0 ? [] : [{ rule, tier, passes }];
    }),
  );
  return (
    filled.length > 0 &&
    html`<details class="inner"><summary><h4>What the passes rest on</h4></summary><ul class="plain">${filled.map(
      ({ rule, tier, passes }) => {
        const rest = passes.length - shownElements;
        return html`<li>${rule.title} <span class="more">(${tier}, ${count(passes.length, 'pass', 'passes')})</span>${passes
          .slice(0, shownElements)
          .map(
            ({ at, address, because, reasons: all = because.length }) =>
              html`<div class="ground"><code>${at ?? address}</code>${reasons(because, all)}</div>`,
          )}${rest > 0 && html`<span class="more">and ${count(rest, 'more element')} in evidence.json</span>`}</li>`;
      },
    )}</ul></details>`
  );
}
