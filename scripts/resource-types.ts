import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { resourceTypes } from './resource-types-text.ts';

const root = resolve(__dirname, '..');
const target = join(root, 'packages/terraform-model/src/zz_resource_types.ts');
const schema = join(root, 'packages/provider-hcloud/schema.json');

/** Writes the argument types of the Hetzner provider's resources; with `--check` only compares, and exits 1 when they differ. */
function main(args: readonly string[]): void {
  const made = resourceTypes(JSON.parse(readFileSync(schema, 'utf8')));
  if (!args.includes('--check')) {
    writeFileSync(target, made);
    return;
  }
  if (readFileSync(target, 'utf8') === made) return;
  console.error(
    'packages/terraform-model/src/zz_resource_types.ts does not follow packages/provider-hcloud/schema.json;',
  );
  console.error('run: npx tsx scripts/resource-types.ts');
  process.exitCode = 1;
}

main(process.argv.slice(2));
