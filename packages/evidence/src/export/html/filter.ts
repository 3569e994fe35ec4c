import { createHash } from 'node:crypto';
import { html, Markup } from './template.ts';

/** Runs in the reader's browser, reads nothing but the page and sends nothing: the policy in the head forbids every connection. */
const script = `
'use strict';
(() => {
  const form = document.getElementById('filter');
  const query = document.getElementById('query');
  const state = document.getElementById('state');
  const said = document.getElementById('shown');
  const rows = [...document.querySelectorAll('[data-row]')];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const apply = () => {
    const words = query.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = words.every((word) => texts.get(row).includes(word)) && (state.value === '' || row.dataset.state === undefined || row.dataset.state === state.value);
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const part of document.querySelectorAll('details')) if (words.length > 0 && part.querySelector('[data-row]:not([hidden])')) part.open = true;
    said.textContent = words.length === 0 && state.value === '' ? '' : shown + ' of ' + rows.length + ' rows';
  };
  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(apply));
  addEventListener('beforeprint', () => { for (const part of document.querySelectorAll('details')) part.open = true; });
})();
`;

/** The only script the page may run, for its content security policy. */
export const scriptHash = `sha256-${createHash('sha256').update(script).digest('base64')}`;

export const filterScript = new Markup(`<script>${script}</script>`);

/** Hidden until the script runs: without scripts the page is whole, and only cannot be narrowed. */
export function filterForm(states: readonly (readonly [value: string, name: string])[]): Markup {
  return html`<form id="filter" role="search" hidden><label>Search <input id="query" type="search" autocomplete="off" placeholder="A.8.24, volume, overdue"></label> <label>State <select id="state"><option value="">any</option>${states.map(
    ([value, name]) => html`<option value="${value}">${name}</option>`,
  )}</select></label> <button type="reset">Show all</button> <output id="shown" aria-live="polite"></output></form>`;
}
