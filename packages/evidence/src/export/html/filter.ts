import { createHash } from 'node:crypto';
import { html, Markup } from './template.ts';

/** Rows that are laid out at once on demand. */
const step = 250;

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
  const tables = [...document.querySelectorAll('script[type="application/json"]')].map((data) => {
    const part = data.closest('details');
    return { data, body: part.querySelector('tbody'), left: part.querySelector('.left'), next: part.querySelector('.next'), note: part.querySelector('.left').textContent, fits: [], drawn: [] };
  });
  const read = (table) => {
    if (table.rows !== undefined) return;
    const found = JSON.parse(table.data.textContent);
    table.rows = found.rows.map((row) => row.map((text) => found.texts[text].replace('\\u0001', () => found.texts[row[found.key]])));
    table.texts = table.rows.map((row) => row.join(' ').toLowerCase());
  };
  const draw = (table) => {
    for (const index of table.fits.slice(table.drawn.length, table.drawn.length + ${step})) {
      const row = document.createElement('tr');
      for (const text of table.rows[index]) row.appendChild(document.createElement('td')).textContent = text;
      table.drawn.push(table.body.appendChild(row));
    }
    const rest = table.fits.length - table.drawn.length;
    table.next.hidden = rest === 0;
    table.next.textContent = 'Show ' + Math.min(${step}, rest) + ' more of ' + rest;
  };
  const all = (table) => {
    read(table);
    table.fits = table.rows.map((row, index) => index);
  };
  const clear = (table) => {
    for (const row of table.drawn) row.remove();
    table.drawn = [];
    table.fits = [];
    table.left.textContent = table.note;
    table.next.hidden = false;
    table.next.textContent = 'Show more';
  };
  const apply = () => {
    const words = query.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const fit = (text) => words.every((word) => text.includes(word));
    let shown = 0;
    let number = rows.length;
    for (const row of rows) {
      const fits = fit(texts.get(row)) && (state.value === '' || row.dataset.state === undefined || row.dataset.state === state.value);
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const table of tables) {
      clear(table);
      if (words.length === 0) continue;
      read(table);
      number += table.rows.length;
      table.fits = table.texts.flatMap((text, index) => (fit(text) ? [index] : []));
      shown += table.fits.length;
      draw(table);
      table.left.textContent = table.fits.length + ' of the ' + table.rows.length + ' rows that are not laid out at first fit.';
    }
    for (const part of document.querySelectorAll('details')) if (words.length > 0 && part.querySelector('[data-row]:not([hidden]), .left + button:not([hidden]), tbody tr:not([data-row])')) part.open = true;
    said.textContent = words.length === 0 && state.value === '' ? '' : shown + ' of ' + number + ' rows';
  };
  for (const table of tables) {
    clear(table);
    table.next.addEventListener('click', () => {
      if (table.fits.length === 0) all(table);
      draw(table);
    });
  }
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
