import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { jsonSchemas } from '@lukko/formats/json-schema';

const folder = resolve(__dirname, '../packages/formats/schemas');

/** Files that differ from what the formats say now: stale, missing, or left over. */
export function staleSchemas(): string[] {
  const wanted = wantedFiles();
  const present = presentFiles();
  const stale = [...wanted].filter(
    ([file, text]) => !present.includes(file) || readFileSync(join(folder, file), 'utf8') !== text,
  );
  return [...stale.map(([file]) => file), ...present.filter((file) => !wanted.has(file))].sort();
}

/** Writes what is stale; each file whole or not at all. */
export function writeSchemas(): string[] {
  const wanted = wantedFiles();
  const stale = staleSchemas();
  mkdirSync(folder, { recursive: true });
  for (const file of stale) {
    const text = wanted.get(file);
    if (text === undefined) {
      rmSync(join(folder, file));
      continue;
    }
    const temporary = join(folder, `.${file}.${process.pid}`);
    writeFileSync(temporary, text);
    renameSync(temporary, join(folder, file));
  }
  return stale;
}

function wantedFiles(): ReadonlyMap<string, string> {
  return new Map([...jsonSchemas()].map(([name, text]) => [`zz_${name}.schema.json`, text]));
}

function presentFiles(): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.schema.json'));
  } catch {
    return [];
  }
}

if (require.main === module) {
  if (process.argv.includes('--check')) {
    const stale = staleSchemas();
    for (const file of stale)
      process.stderr.write(
        `packages/formats/schemas/${file} is out of date; run \`npx tsx scripts/json-schemas.ts\`\n`,
      );
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const file of writeSchemas()) process.stdout.write(`wrote packages/formats/schemas/${file}\n`);
  }
}
