import { hasHole } from './marked.ts';
import { USUAL_PATH } from './shell-files.ts';
import { type Expanded, known, type Scope, setVariable, together, undetermined } from './shell-scope.ts';
import type { List, Part, Word } from './shell-syntax.ts';
import { isPattern } from './shell-words.ts';

/** Runs the commands of a substitution and says what their words showed. */
export type Substitute = (body: List, scope: Scope) => readonly string[];

interface Field {
  text: string | undefined;
  mentions: string[];
  any: boolean;
}

/**
 * The words an unexpanded word becomes (POSIX.1-2024, §2.6): parameters, then field splitting of what stood unquoted. A
 * pathname pattern, a substitution, or a variable nobody set gives a word that is not determined.
 */
export function expand(word: Word, scope: Scope, substitute: Substitute): Expanded[] {
  if (word.literal !== undefined) return [known(word.literal)];
  const fields: Field[] = [{ text: '', mentions: [], any: false }];
  for (const part of word.parts) addPart(fields, part, scope, substitute);
  return fields.filter((field) => field.any).map(finish);
}

/** The same without splitting: an assignment's value, a redirection's target, a `case` word. */
export function expandWhole(word: Word | undefined, scope: Scope, substitute: Substitute): Expanded {
  if (word?.literal !== undefined) return known(word.literal);
  const fields: Field[] = [{ text: '', mentions: [], any: true }];
  for (const part of word?.parts ?? []) addPart(fields, quotedPart(part), scope, substitute);
  const values = fields.map(finish);
  if (values.some((value) => value.text === undefined))
    return undetermined(together(...values.map((value) => value.mentions)));
  return known(values.map((value) => value.text).join(' '));
}

function quotedPart(part: Part): Part {
  return part.type === 'text' || part.type === 'variable' ? { ...part, quoted: true } : part;
}

function finish(field: Field): Expanded {
  if (field.text === undefined) return undetermined(together(field.mentions));
  return { text: field.text, mentions: together(field.text === '' ? [] : [field.text], field.mentions) };
}

function addPart(fields: Field[], part: Part, scope: Scope, substitute: Substitute): void {
  switch (part.type) {
    case 'text':
      if (!part.quoted && isPattern(part.text)) append(fields, undetermined([part.text]));
      else append(fields, known(part.text), part.quoted || part.text !== '');
      return;
    case 'variable':
      addVariable(fields, part, scope, substitute);
      return;
    case 'substitution':
      append(fields, undetermined(substitute(part.body, scope)));
      return;
    default:
      append(fields, undetermined());
  }
}

function append(fields: Field[], value: Expanded, any = true): void {
  const field = fields[fields.length - 1];
  if (field === undefined) return;
  field.any ||= any;
  if (value.text === undefined) {
    if (field.text !== undefined && field.text !== '') field.mentions.push(field.text);
    field.text = undefined;
    field.mentions.push(...value.mentions);
  } else if (field.text === undefined) {
    if (value.text !== '') field.mentions.push(value.text);
  } else {
    field.text += value.text;
  }
}

function addVariable(fields: Field[], part: Part & { type: 'variable' }, scope: Scope, substitute: Substitute): void {
  if ((part.name === '@' || part.name === '*') && part.operator === undefined) {
    scope.positional.forEach((value, index) => {
      if (index > 0) fields.push({ text: '', mentions: [], any: false });
      append(fields, value);
    });
    return;
  }
  const value = parameterValue(part, scope, substitute);
  if (part.quoted || value.text === undefined) {
    append(fields, value);
    return;
  }
  const pieces = value.text.split(/[ \t\n]+/);
  pieces.forEach((piece, index) => {
    if (index > 0) fields.push({ text: '', mentions: [], any: false });
    append(fields, isPattern(piece) && !hasHole(piece) ? undetermined([piece]) : known(piece), piece !== '');
  });
}

function parameterValue(part: Part & { type: 'variable' }, scope: Scope, substitute: Substitute): Expanded {
  const value = lookUp(part.name, scope);
  const { operator, word } = part;
  if (operator === undefined) return value ?? undetermined();
  if (operator === 'other') return undetermined(value?.mentions);
  const other = (): Expanded => expandWhole(word, scope, substitute);
  if (operator.endsWith('?')) return value ?? undetermined();
  if (value?.text === undefined) return undetermined(together(value?.mentions ?? [], other().mentions));
  const empty = operator.startsWith(':') && value.text === '';
  if (empty && hasHole(value.text)) return undetermined(value.mentions);
  if (operator.endsWith('+')) return empty ? known('') : other();
  if (!empty) return value;
  const chosen = other();
  if (operator.endsWith('=')) setVariable(scope, part.name, chosen);
  return chosen;
}

function lookUp(name: string, scope: Scope): Expanded | undefined {
  if (name === '#') return known(String(scope.positional.length));
  if (/^[1-9][0-9]*$/.test(name)) return scope.positional[Number(name) - 1] ?? known('');
  return scope.variables.get(name) ?? (name === 'PATH' ? USUAL : undefined);
}

/** Nothing set it: what the shell starts with. */
const USUAL = known(USUAL_PATH.join(':'));
