import { printable } from '@lukko/policy-engine';
import { Markup } from './template.ts';

/** Stands in a cell for what the row says in its key column. No text of an input holds it once it is printable. */
const mark = '\u0001';

/**
 * Rows that wait for the script of the page, as data it reads: a list of texts, and rows as numbers in it. A text that stands
 * in many rows stands here once, and a sentence about a host once for all hosts it is said of.
 * @param key column whose text is left out of the other cells of its row
 */
export function waitingRows(id: string, rows: readonly (readonly string[])[], key: number | undefined): Markup {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  const numberOf = (text: string) => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, texts.length);
    return texts.push(text) - 1;
  };
  const short = rows.map((row) => {
    const clean = row.map(printable);
    const subject = key === undefined ? '' : (clean[key] ?? '');
    return clean.map((cell, column) => {
      const at = subject.length < shortest || column === key ? -1 : cell.indexOf(subject);
      return numberOf(at < 0 ? cell : `${cell.slice(0, at)}${mark}${cell.slice(at + subject.length)}`);
    });
  });
  const data = JSON.stringify({ key: key ?? -1, texts, rows: short });
  // `<` would end the element; everything else is data, which no browser runs.
  return new Markup(`<script type="application/json" id="rows-${id}">${data.replaceAll('<', '\\u003c')}</script>`);
}

/** Characters below which a mark saves nothing. */
const shortest = 4;
