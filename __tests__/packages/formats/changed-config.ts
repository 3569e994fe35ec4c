import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { config } from '@lukko/formats';
import { problemsIn } from './problems-in.ts';

const root = resolve(__dirname, '../../..');
const example = readFileSync(resolve(root, 'config/example.yaml'), 'utf8');

/** The example with each text replaced by another; a text that is not there would make the test say nothing. */
export function changed(...changes: readonly (readonly [string, string])[]): string {
  let text = example;
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  return text;
}

/** The whole message of what is wrong with a text. */
export const problems = (text: string): string => problemsIn(config, text, 'config/mine.yaml');
