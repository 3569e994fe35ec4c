import {
  type LintFinding,
  lintClaims,
  percent,
  problemsOfTotals,
  type ThemeTotals,
  totalsOfClaims,
} from '@lukko/evidence';
import { controlIds, parseFile, typedTotals } from '@lukko/formats';
import { printable } from '@lukko/policy-engine';
import { InputError } from '../errors.ts';
import { readClaims } from '../evidence/claims-files.ts';
import { displayName, fromHere, readText } from '../input-file.ts';
import { type PolicyOptions, policyAt } from '../policy-files.ts';
import type { Ports } from '../ports/ports.ts';

export interface LintOptions extends PolicyOptions {
  readonly asOf?: string;
}

/**
 * Checks claims, or a file of totals somebody typed, and prints what they come to.
 * @returns 0 clean, 1 findings. @throws InputError or FormatError for exit 2
 */
export async function lintEvidence(path: string | undefined, options: LintOptions, ports: Ports): Promise<number> {
  const policy = await policyAt(options, ports);
  const named = path ?? policy.claims?.file;
  if (named === undefined)
    throw new InputError('no claims to check; name a file, or write `claims: claims.yaml` into lukko.yaml');
  const at = fromHere(named, ports.cwd);
  const file = displayName(at, ports.cwd);
  if (ports.files.kind(at) !== 'file') throw new InputError(`${file}: no such file; name claims or typed totals`);
  const text = readText(at, file, ports.files);
  const today = day(options.asOf) ?? ports.now().toISOString().slice(0, 10);
  if (!/^claims:/m.test(text) && /^published:/m.test(text)) return typedOnly(text, file, ports);
  const { claims, attestations, documents } = readClaims(at, text, ports);
  const found = lintClaims({
    claims,
    today,
    attestations,
    documents: new Map([...documents.keys()].map((name) => [name, true])),
    signers: policy.approvers,
  });
  const { value } = claims;
  ports.out(
    `Claims of ${printable(value.organisation.name)}, version ${printable(value.version)}, ${value.standard}\n`,
  );
  ports.out(table(totalsOfClaims(value)));
  return finish(found, ports);
}

function typedOnly(text: string, file: string, ports: Ports): number {
  const { value, at } = parseFile(typedTotals, text, file);
  const found = value.published.flatMap((typed, index) =>
    problemsOfTotals(typed).map((problem) => ({
      file,
      line: at(['published', index]).line,
      code: 'totals-wrong' as const,
      message: `${typed.source} (${typed.date}): ${problem}`,
    })),
  );
  return finish(found, ports);
}

function finish(found: readonly LintFinding[], ports: Ports): number {
  for (const { file, line, code, message } of found)
    ports.out(`${printable(file)}:${line}: ${code}: ${printable(message)}\n`);
  ports.out(found.length === 0 ? 'no findings\n' : `${found.length} ${found.length === 1 ? 'finding' : 'findings'}\n`);
  return found.length === 0 ? 0 : 1;
}

function table(rows: readonly ThemeTotals[]): string {
  const states = Object.keys(rows[0]?.states ?? {});
  const sum = (state: string) => rows.reduce((total, row) => total + (row.states[state] ?? 0), 0);
  const lines = [
    ['', 'controls', ...states],
    ...rows.map((row) => [row.theme, String(row.controls), ...states.map((state) => String(row.states[state] ?? 0))]),
    ['all', String(controlIds.length), ...states.map((state) => String(sum(state)))],
    ['', '', ...states.map((state) => `${percent(sum(state), controlIds.length, 0)} %`)],
  ];
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)));
  return lines
    .map((cells) => `  ${cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .map((text) => `${text}\n`)
    .join('');
}

function day(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const found = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
  if (found === undefined || Number.isNaN(Date.parse(found)))
    throw new InputError(`--as-of: expected a date such as 2026-11-21, found ${JSON.stringify(text)}`);
  return found;
}
