/** One thing that is wrong in a file: where, what was expected and found, and what to do. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  /** Dotted path such as `hosts.logs.serverType`; empty when the file as a whole is meant. */
  readonly field: string;
  /** `expected …, found …`. */
  readonly message: string;
  /** The next step, in the imperative. */
  readonly next: string;
}

/** More than this many lines help nobody; the rest is counted. */
const shown = 40;

/** A file that cannot be used. `message` lists every problem, one line each, in the order of the file. */
export class FormatError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line);
    const lines = sorted.slice(0, shown).map(printProblem);
    if (sorted.length > shown) lines.push(`… and ${sorted.length - shown} more`);
    super(lines.join('\n'));
    this.name = 'FormatError';
    this.problems = sorted;
  }
}

/** `config/example.yaml:14: hosts.logs.serverType: expected text, found the number 22; put it in quotes` */
export function printProblem(problem: Problem): string {
  const field = problem.field === '' ? '' : ` ${problem.field}:`;
  return printable(`${problem.file}:${problem.line}:${field} ${problem.message}; ${problem.next}`);
}

/** Text safe for a terminal: control characters, and what turns the direction of writing, become escapes. */
export function printable(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
    /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * A value as a message may show it. What looks like a private key or an API token is named and not shown: messages end up
 * in the logs of pipelines.
 */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'an empty value';
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return `the truth value ${value}`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a group of fields';
  const text = String(value);
  if (looksSecret(text)) return 'what looks like a secret (not shown)';
  if (text === '') return 'empty text';
  return `"${printable(text.length > 60 ? `${text.slice(0, 57)}…` : text)}"`;
}

/** Private keys by their armour; a Hetzner API token is 64 letters and digits, not all of them hexadecimal. */
export function looksSecret(text: string): boolean {
  if (/PRIVATE KEY|AGE-SECRET-KEY-/i.test(text)) return true;
  return /^[A-Za-z0-9]{64}$/.test(text) && !/^[0-9a-f]{64}$/.test(text);
}
