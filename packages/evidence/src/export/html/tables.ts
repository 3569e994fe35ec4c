import type { Table } from '../../tables/index.ts';
import { waitingRows } from './rows.ts';
import { html, type Markup } from './template.ts';
import { amount, count } from './words.ts';

/** Rows of a table that are laid out at once where there are more than `all`: a browser is slow with tens of thousands. */
const first = 100;
const all = 250;
/** Columns that fit on paper held upright; more are printed across it. */
const broad = 7;

/** Tables as foldable sections: the first is open, the rest wait to be asked. */
export function tableSections(tables: readonly Table[]): Markup {
  return html`${tables.map((table, index) => section(table, index === 0))}`;
}

function section(table: Table, open: boolean): Markup {
  const { name, title, about, rows } = table;
  const columns = filledColumns(table);
  return html`<details id="table-${name}"${columns.length > broad && html` class="wide"`}${open ? html` open` : undefined}><summary><h3>${title}</h3> <span class="more">${count(rows.length, 'row')}</span></summary>
<p>${about}</p>
${rows.length === 0 ? html`<p class="blank">Nothing was shown.</p>` : body(table, columns)}
</details>`;
}

function filledColumns({ columns, rows }: Table): readonly number[] {
  return columns.flatMap((_, column) => (rows.some((row) => (row[column] ?? '') !== '') ? [column] : []));
}

/** The first rows as a table; the rest as data, found by the search and laid out on demand. Without scripts the files beside it hold all. */
function body({ name, title, columns, rows }: Table, filled: readonly number[]): Markup {
  const reduced = rows.map((row) => filled.map((column) => row[column] ?? ''));
  const shown = rows.length > all ? reduced.slice(0, first) : reduced;
  const where = filled.findIndex((column) => columns[column] === 'where');
  const rest = reduced.slice(shown.length);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${filled.map((column) => html`<th scope="col">${columns[column]}</th>`)}</tr></thead><tbody>${shown.map(
    (row) => html`<tr data-row${idOf(name, row)}>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>${
    rest.length > 0 &&
    html`
<p class="more left">The first ${shown.length} of ${amount(rows.length)} rows; tables/${name}.csv and tables/${name}.json hold all.</p><button type="button" class="next" hidden>Show more</button>${waitingRows(name, rest, where < 0 ? undefined : where)}`
  }`;
}

/** Rows of the statement of applicability can be led to: a claim in the overview rests on them. */
function idOf(table: string, [control = '']: readonly string[]): Markup | undefined {
  return table === 'statement-of-applicability' ? html` id="claim-${control}"` : undefined;
}
