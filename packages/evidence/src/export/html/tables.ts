import type { Table } from '../../tables/index.ts';
import { html, type Markup } from './template.ts';

/** Rows of a table on the page; the files beside it hold all. */
const most = 250;

/** Tables as foldable sections: the first is open, the rest wait to be asked. */
export function tableSections(tables: readonly Table[]): Markup {
  return html`${tables.map((table, index) => section(table, index === 0))}`;
}

function section({ name, title, about, columns, rows }: Table, open: boolean): Markup {
  const shown = rows.slice(0, most);
  const filled = columns.map((_, column) => shown.some((row) => (row[column] ?? '') !== ''));
  return html`<details id="table-${name}"${open ? html` open` : undefined}><summary><h3>${title}</h3> <span class="more">${rows.length === 1 ? '1 row' : `${rows.length} rows`}</span></summary>
<p>${about}</p>
${
  rows.length === 0
    ? html`<p class="blank">Nothing was shown.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${columns.map((column, index) => filled[index] && html`<th scope="col">${column}</th>`).map(asMarkup)}</tr></thead><tbody>${shown.map(
        (row) =>
          html`<tr data-row>${columns.map((_, index) => (filled[index] ? html`<td>${row[index] ?? ''}</td>` : html``))}</tr>`,
      )}</tbody></table></div>`
}
${rows.length > most && html`<p class="more">${rows.length - most} more rows in tables/${name}.csv.</p>`}
</details>`;
}

function asMarkup(value: Markup | false | undefined): Markup {
  return value instanceof Object ? value : html``;
}
