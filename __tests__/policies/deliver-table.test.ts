import { rules } from '../../policies/index.ts';
import { covered } from './required-phrases.ts';

const ids = new Set(rules.map(({ id }) => id));

test('there are at least fifty rules', () => {
  expect(rules.length).toBeGreaterThanOrEqual(50);
});

test.each(Object.entries(covered))('%s: rules that exist answer it', (_, named) => {
  expect(named).not.toEqual([]);
  expect(named.filter((id) => !ids.has(id))).toEqual([]);
});

test('every rule answers something that was asked for, or is one of the foundation', () => {
  const named = new Set(Object.values(covered).flat());
  expect([...ids].filter((id) => !named.has(id))).toMatchInlineSnapshot(`
    [
      "addresses-outlive-servers",
      "backups-locked-in-buckets",
      "container-images-pinned-by-digest",
      "data-in-finland",
      "data-removal-guarded",
      "images-from-allowed-registries",
      "no-secrets-in-configuration",
      "plan-runs-no-foreign-code",
      "providers-reach-allowed-jurisdictions",
      "servers-boot-their-own-disk",
      "volumes-delete-protected",
      "zones-delete-protected",
    ]
  `);
});
