import type { EvidenceControl, EvidenceState } from '@lukko/formats';
import { html, type Markup } from './template.ts';

/** Each state by name and in a sentence. The name always stands beside the colour. */
export const stateWords: { readonly [S in EvidenceState]: { readonly name: string; readonly means: string } } = {
  failed: { name: 'Failed', means: 'At least one rule that carries the control is broken.' },
  overdue: { name: 'Overdue', means: 'Something was due, or was last seen too long ago.' },
  open: { name: 'Open', means: 'Nothing is broken, but something is not proven, or a failure is excused by a waiver.' },
  observed: {
    name: 'Observed',
    means: 'What was looked at on running systems holds, and nothing else speaks against it.',
  },
  planned: {
    name: 'Planned',
    means: 'What was judged passes, all of it also on what the provider answered to a plan.',
  },
  declared: {
    name: 'Declared',
    means: 'What was judged passes on the configuration. Nobody has looked at a running system.',
  },
  attested: { name: 'Attested', means: 'A signed statement of somebody who answers for it, with an end.' },
  inherited: {
    name: 'Inherited',
    means: "The provider's certificate stands for it, with scope and end; it is not our own.",
  },
  'not-assessed': { name: 'Not assessed', means: 'Machines could show something; this export holds nothing for it.' },
  'not-evidenceable': { name: 'Not evidenceable', means: 'Only people and documents can show it.' },
};

export const classWords: { readonly [C in EvidenceControl['class']]: string } = {
  strong: 'mostly by machines',
  supporting: 'in part by machines',
  none: 'by people only',
};

export function chip(state: EvidenceState): Markup {
  return html`<span class="chip ${state}">${stateWords[state].name}</span>`;
}

/** `today`, `1 day`, `12 days`. */
export function age(days: number): string {
  return days === 0 ? 'today' : `${days} ${days === 1 ? 'day' : 'days'}`;
}

/** `5 rows`, `1 row`, `5,000 rows`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${amount(number)} ${number === 1 ? one : many}`;
}

/** With a comma before each three digits. */
export function amount(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
