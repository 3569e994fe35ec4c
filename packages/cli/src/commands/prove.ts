import { styleText } from 'node:util';
import { type Proven, printable, prove as proveModel } from '@lukko/policy-engine';
import { type JudgeOptions, readToJudge } from '../judge-input.ts';
import type { Ports } from '../ports/ports.ts';

export interface ProveOptions extends JudgeOptions {
  readonly format: 'terminal' | 'json';
}

/**
 * `lukko prove`: makes the user's own model worse, one thing at a time, and shows which rules notice.
 * @returns 0, or 1 when something stayed unnoticed. @throws InputError and its like for exit 2.
 */
export async function prove(
  path: string | undefined,
  { format, ...options }: ProveOptions,
  ports: Ports,
): Promise<number> {
  const { evaluation, policy } = await readToJudge(path, options, ports);
  const proven = proveModel(evaluation, { operators: policy.operators, register: policy.services });
  ports.out(format === 'json' ? `${JSON.stringify(proven, null, 2)}\n` : asText(proven, ports.color));
  return proven.proofs.some(({ noticedBy }) => noticedBy.length === 0) ? 1 : 0;
}

function asText({ proofs, notApplicable }: Proven, color: boolean): string {
  const paint = (style: 'green' | 'red', text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const missed = proofs.filter(({ noticedBy }) => noticedBy.length === 0);
  const lines = proofs.map(({ mutation, what, address, noticedBy }) => {
    const mark = noticedBy.length === 0 ? paint('red', 'unnoticed') : paint('green', 'noticed');
    const by = noticedBy.length === 0 ? '' : ` (${noticedBy.map(printable).join(', ')})`;
    return `${mark} ${mutation}: ${printable(address)}: ${what}${by}`;
  });
  const rest = notApplicable.length === 0 ? [] : [`nothing to try them on: ${notApplicable.join(', ')}`];
  const sum = `${proofs.length} mutations, ${proofs.length - missed.length} noticed, ${missed.length} unnoticed`;
  return `${[...lines, '', ...rest, proofs.length === 0 ? 'no mutation fits this model: nothing is proven' : sum].join('\n')}\n`;
}
