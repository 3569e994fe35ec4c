import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { applyPatches, PatchError } from '../packages/sandbox/spec/apply.ts';
import { patches } from '../packages/sandbox/spec/patches.ts';
import { printReduction, ReductionError, reduceDescription } from '../packages/sandbox/spec/reduce.ts';
import { writeWhole } from './provider.ts';

const target = join(resolve(__dirname, '..'), 'packages/sandbox/spec/zz_operations.json');

/** The committed text for an API description, patches applied. */
export function operationsText(description: string): string {
  const about = {
    generated: 'by scripts/sandbox-spec.ts; corrections stand in patches.ts, source and licence in README.md',
    sourceSha256: createHash('sha256').update(description).digest('hex'),
  };
  return printReduction(reduceDescription(applyPatches(JSON.parse(description), patches), about));
}

/** `tsx scripts/sandbox-spec.ts <description>`: writes packages/sandbox/spec/zz_operations.json; exits 2 without a readable one. */
function main([file]: readonly string[]): void {
  try {
    if (file === undefined) throw new ReductionError('expected the path of an OpenAPI 3.0 description as argument');
    const text = operationsText(readFileSync(file, 'utf8'));
    writeWhole(target, text);
    process.stdout.write(`sandbox spec: ${(JSON.parse(text).operations as unknown[]).length} operations written\n`);
  } catch (error) {
    const known = error instanceof ReductionError || error instanceof PatchError || error instanceof SyntaxError;
    if (!known && !(error instanceof Error && 'code' in error)) throw error;
    process.stderr.write(`sandbox spec: ${error.message}\n`);
    process.exitCode = 2;
  }
}

if (require.main === module) main(process.argv.slice(2));
