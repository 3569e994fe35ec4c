import { readFileSync } from 'node:fs';
import path from 'node:path';

const PAYLOAD = path.resolve(__dirname, '..', 'payload');

/**
 * A file below `stacks/payload/`, with every `@name@` replaced by the value of that name. The folder's files are what lands on
 * a host, readable as they are; only values of the configuration are filled in.
 *
 * @throws when the file names a value that is not given, or a given value stands nowhere in it: either is a mistake.
 */
export function payloadFile(name: string, values: Record<string, string> = {}): string {
  const unused = new Set(Object.keys(values));
  const text = readFileSync(path.join(PAYLOAD, name), 'utf8').replace(/@([a-z][A-Za-z0-9]*)@/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`stacks/payload/${name} names @${key}@, which it is not given`);
    unused.delete(key);
    return value;
  });
  if (unused.size > 0) throw new Error(`stacks/payload/${name} does not use ${[...unused].join(', ')}`);
  return text;
}
