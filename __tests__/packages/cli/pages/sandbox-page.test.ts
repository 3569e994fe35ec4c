import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Acceptance, sandboxPage } from '../../../../packages/cli/src/pages/sandbox-page.ts';
import { coverage, FAULT_LIMITS, FAULT_WORDS } from '../../../../packages/sandbox/src/index.ts';
import { Client } from '../../sandbox/client.ts';

const acceptance: Acceptance = {
  about: { provider: 'the provider v1' },
  tests: [
    { package: 'server', test: 'TestOne', outcome: 'passed' },
    { package: 'server', test: 'TestTwo', outcome: 'failed', reason: 'a | b' },
    { package: 'box', test: 'TestThree', outcome: 'passed', intercepted: true },
  ],
};
const page = sandboxPage(acceptance);

test('names every operation, and whether it is written', () => {
  for (const { operationId, method, path, written } of coverage())
    expect(page).toContain(`| \`${operationId}\` | ${method.toUpperCase()} ${path} | ${written ? 'written' : '501'} |`);
});

test('shows what became of the acceptance tests', () => {
  expect(page).toContain('Of the provider v1: 3 tests, 1 passed, 1 failed, 1 passed with --intercept');
  expect(page).toContain('| server | TestTwo | failed | a \\| b |');
  expect(sandboxPage(undefined)).toContain('They have not been run yet');
});

test('every fault it shows can be asked for', () => {
  const client = new Client();
  for (const { text } of FAULT_WORDS)
    expect(page.includes(text) && client.sandbox.addFault(text).id).toBeGreaterThan(0);
  for (const { text } of FAULT_LIMITS) expect(client.sandbox.addFault(`503,${text}`).id).toBeGreaterThan(0);
});

test('the seed it shows can be planted', () => {
  const [, seed = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
  expect(new Client().sandbox.seed(seed)).toBe(2);
});

test('every path of the control port it shows is answered by the code', () => {
  const source = readFileSync(join(__dirname, '../../../../packages/cli/src/sandbox/control.ts'), 'utf8');
  const section = page.slice(page.indexOf('## The control port'), page.indexOf('## What is kept'));
  const shown = [...section.matchAll(/`(?:GET|POST|PUT|DELETE) (\/[a-z]+)/g)].map(([, path]) => path);
  expect(new Set(shown)).toEqual(new Set(['/faults', '/drift', '/requests', '/snapshot', '/metadata']));
  for (const path of shown) expect(source.replaceAll('\\/', '/')).toContain(path);
});
