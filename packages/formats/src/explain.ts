import type { z } from 'zod';
import { choicesAt, fieldsAt } from './fields.ts';
import { nearest } from './nearest.ts';
import { type Path, printPath } from './path.ts';
import { describeValue, looksSecret, type Problem, printable } from './problem.ts';

type Issue = z.core.$ZodIssue;
type At = (path: Path) => { readonly file: string; readonly line: number };

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a group of fields',
  record: 'a group of fields',
  array: 'a list',
};

/** What zod found, as problems that name file, line, field, what was expected, what stands there and the next step. */
export function explain(error: z.ZodError, schema: z.ZodType, value: unknown, at: At): Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownFields(issue.keys, issue.path, schema, value, at);
    const found = valueAt(value, issue.path);
    const problem = { ...at(issue.path), field: printPath(issue.path) };
    const message = expectation(issue, schema);
    const complete = message.includes(', found ') ? message : `${message}, found ${describeValue(found)}`;
    return [{ ...problem, message: complete, next: nextStep(issue, found, schema) }];
  });
}

function unknownFields(keys: readonly string[], path: Path, schema: z.ZodType, value: unknown, at: At): Problem[] {
  const known = fieldsAt(schema, path);
  const written = new Set(Object.keys(Object(valueAt(value, path))));
  const missing = known.filter((name) => !written.has(name));
  const place = path.length === 0 ? 'here' : `in ${printPath(path)}`;
  return keys.map((key) => {
    const meant = nearest(key, missing);
    const shown = looksSecret(key) ? 'what looks like a secret (not shown)' : printable(key);
    return {
      ...at([...path, key]),
      field: shown === key ? printPath([...path, key]) : printPath(path),
      message: `expected a field that is known ${place}, found ${shown}`,
      next: meant === undefined ? `remove it (known ${place}: ${known.join(', ')})` : `did you mean ${meant}?`,
    };
  });
}

/** `expected …`; formats say it themselves where they know better than the kind of value. */
function expectation(issue: Issue, schema: z.ZodType): string {
  if (issue.message.startsWith('expected ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${words[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${choice(issue.values.map(String))}`;
    case 'invalid_union':
      return `expected ${choice(choicesAt(schema, issue.path))}`;
    case 'too_small':
      return `expected at least ${amount(Number(issue.minimum), issue.origin)}`;
    case 'too_big':
      return `expected at most ${amount(Number(issue.maximum), issue.origin)}`;
    case 'invalid_format':
      if (issue.format === 'regex' && 'pattern' in issue) return `expected the form ${issue.pattern}`;
      return `expected ${formats[issue.format] ?? `the form ${issue.format}`}`;
    default:
      return `expected something else (${issue.message})`;
  }
}

const formats: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  url: 'a URL',
  uuid: 'a UUID',
  date: 'a date such as 2026-03-31',
  datetime: 'an instant in UTC such as 2026-03-31T12:00:00Z',
};

function choice(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `one of ${values.join(', ')}`;
}

function amount(count: number, origin: string): string {
  if (origin === 'array' || origin === 'set') return `${count} ${count === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `${count} ${count === 1 ? 'character' : 'characters'}`;
  return String(count);
}

function nextStep(issue: Issue, found: unknown, schema: z.ZodType): string {
  if (typeof found === 'string' && looksSecret(found))
    return 'remove it from the file, and replace the secret wherever it is used';
  if (found === undefined) return 'add it';
  if (found === null) return 'give it a value, or remove the line';
  if (issue.path.at(-1) === 'schemaVersion')
    return 'write the number this lukko knows, or use the lukko that wrote the file';
  switch (issue.code) {
    case 'invalid_type':
      return otherKind(issue.expected, found);
    case 'invalid_value':
      return choose(found, issue.values.map(String));
    case 'invalid_union':
      return issue.message.startsWith('expected ') ? 'correct it' : choose(found, choicesAt(schema, issue.path));
    case 'too_small':
      if (issue.origin === 'array') return 'add what is missing';
      return issue.origin === 'string' ? 'write more' : 'choose a larger value';
    case 'too_big':
      if (issue.origin === 'array') return 'remove what is too much';
      return issue.origin === 'string' ? 'write less' : 'choose a smaller value';
    case 'custom':
      return typeof issue.params?.next === 'string' ? issue.params.next : 'correct it';
    default:
      return 'correct it';
  }
}

function choose(found: unknown, known: readonly string[]): string {
  const meant = nearest(String(found), known);
  return meant === undefined ? 'choose one of them' : `did you mean ${meant}?`;
}

function otherKind(expected: string, found: unknown): string {
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) return 'put it in quotes';
  if ((expected === 'number' || expected === 'int') && typeof found === 'string' && /^-?\d+$/.test(found))
    return 'write it without quotes';
  if (expected === 'boolean') return 'write true or false, without quotes';
  if (expected === 'array') return 'write each entry on a line that starts with a hyphen';
  if (expected === 'object' || expected === 'record') return 'write its fields on the lines below, indented';
  return 'correct it';
}

function valueAt(value: unknown, path: Path): unknown {
  let inner = value;
  for (const step of path) {
    if (inner === null || typeof inner !== 'object' || !Object.hasOwn(inner, step)) return undefined;
    inner = (inner as Record<PropertyKey, unknown>)[step];
  }
  return inner;
}
