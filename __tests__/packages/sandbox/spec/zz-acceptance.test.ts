import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Counts, type Outcome, table } from '../../../../scripts/acceptance-table.ts';
import { providerVersion, root } from '../../../../scripts/provider.ts';

const text = readFileSync(join(root, 'packages/sandbox/spec/zz_acceptance.json'), 'utf8');
const { about, counts, tests } = JSON.parse(text) as {
  readonly about: { readonly provider: string };
  readonly counts: Counts;
  readonly tests: readonly Outcome[];
};

test('the table is of the provider whose bindings are here, and as the runner writes it', () => {
  expect(about.provider).toBe(`hetznercloud/terraform-provider-hcloud v${providerVersion()}`);
  expect(table(tests, providerVersion()).text).toBe(text);
});

test('118 tests pass as they are, 126 with interception', () => {
  expect(counts.passed).toBeGreaterThanOrEqual(118);
  expect(counts.passed + counts.passedIntercepted).toBeGreaterThanOrEqual(126);
  expect(tests).toHaveLength(143);
});

test('whatever did not pass says why, and what failed would fail at Hetzner too', () => {
  for (const { test: name, outcome, reason, everywhere } of tests) {
    expect([name, reason === undefined || reason === '']).toEqual([name, outcome === 'passed']);
    if (outcome === 'failed') expect([name, everywhere]).toEqual([name, true]);
  }
});
