import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulesDeclarations } from '../../scripts/rules-types.ts';

test('the declarations for own rules are what the compiler makes of the types (npx tsx scripts/rules-types.ts)', () => {
  const file = join(__dirname, '../../packages/cli/zz_rules.d.ts');
  expect(readFileSync(file, 'utf8')).toBe(rulesDeclarations());
}, 60_000);
