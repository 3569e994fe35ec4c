import type { Attr } from '@lukko/terraform-model';

/**
 * Whether labels match a selector (API reference, "Label Selector": `k`, `!k`, `k==v`, `k=v`, `k!=v`, `k in (a,b)`,
 * `k notin (a,b)`, joined by commas). Undefined when a part cannot be told: a label that is not known, a form not understood.
 */
export function matchesSelector(selector: string, labels: Attr): boolean | undefined {
  if (selector.length > LONGEST) return undefined;
  const parts = selector.split(/,(?![^(]*\))/).map((part) => part.trim());
  const results = parts.map((part) => matchesPart(part, labels));
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

/** Keys and values have at most 63 characters each; this is room for a dozen of them. */
const LONGEST = 2000;
const KEY = '[A-Za-z0-9][A-Za-z0-9_./-]*';
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);
const EQUALS = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(\\S*)$`);
const AMONG = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^)]*)\\)$`);

function matchesPart(part: string, labels: Attr): boolean | undefined {
  const exists = EXISTS.exec(part);
  if (exists?.[2] !== undefined) {
    const there = present(labels.attr(exists[2]));
    return there === undefined ? undefined : there !== (exists[1] === '!');
  }
  const equals = EQUALS.exec(part);
  const among = AMONG.exec(part);
  const key = equals?.[1] ?? among?.[1];
  if (key === undefined) return undefined;
  const values = equals === null ? (among?.[3] ?? '').split(',').map((value) => value.trim()) : [equals[3] ?? ''];
  const negated = equals?.[2] === '!=' || among?.[2] === 'notin';
  const label = labels.attr(key);
  const there = present(label);
  if (there === undefined) return undefined;
  if (!there) return negated;
  if (label.text === undefined) return undefined;
  return values.includes(label.text) !== negated;
}

function present(attr: Attr): boolean | undefined {
  switch (attr.value.state) {
    case 'unset':
      return false;
    case 'known':
      return attr.value.value !== null;
    case 'text':
      return true;
    default:
      return undefined;
  }
}
