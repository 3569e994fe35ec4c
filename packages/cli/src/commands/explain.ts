import { styleText } from 'node:util';
import { nearest, printable } from '@lukko/policy-engine';
import { catalogue } from '../catalogue.ts';
import { InputError } from '../errors.ts';
import { rulePage } from '../pages/rule-page.ts';
import type { Ports } from '../ports/ports.ts';
import { ownRules } from './rules.ts';

export interface ExplainOptions {
  readonly format: 'terminal' | 'markdown';
  /** Folder of own rules, explained as well. */
  readonly rules?: string;
}

type Needed = Pick<Ports, 'out' | 'color' | 'cwd' | 'files' | 'importModules'>;

/** Prints a rule's page. @returns 0. @throws InputError for an id that is no rule, with the nearest one. */
export async function explain(id: string, { format, ...options }: ExplainOptions, ports: Needed): Promise<number> {
  const rules = [...catalogue.rules, ...(await ownRules(options, ports))];
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) {
    const near = nearest(
      id,
      rules.map((candidate) => candidate.id),
    );
    throw new InputError(
      `${printable(id)}: no such rule; ${near === undefined ? '`lukko rules` lists them' : `did you mean ${near}?`}`,
    );
  }
  const page = rulePage(rule);
  ports.out(format === 'markdown' ? page : asText(page, ports.color));
  return 0;
}

/** Markdown as it reads on a terminal: headings without marks, code indented, links bare. */
function asText(page: string, color: boolean): string {
  let inCode = false;
  const lines = page.split('\n').flatMap((line) => {
    if (line.startsWith('```')) {
      inCode = !inCode;
      return [];
    }
    if (inCode) return [line === '' ? '' : `    ${line}`];
    const [, heading] = /^#+ (.*)$/.exec(line) ?? [];
    if (heading !== undefined) return [color ? styleText('bold', heading, { validateStream: false }) : heading];
    return [line.replace(/<(https?:[^>]+)>/g, '$1')];
  });
  return lines.join('\n');
}
