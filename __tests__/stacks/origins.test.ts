import { readFileSync } from 'node:fs';
import { config, parseFile } from '@lukko/formats';
import { App } from 'cdktf';
import { buildStacks } from '../../stacks/index.ts';

/** The value at `keys.servers[0].location`, walked by this test's own reading of the path. */
function valueAt(root: unknown, path: string): unknown {
  const steps = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], root);
}

test('every origin that a stack names leads to the very line its value stands on', () => {
  const text = readFileSync('config/example.yaml', 'utf8');
  const lines = text.split('\n');
  const { value, at } = parseFile(config, text, 'config/example.yaml');
  const asked = new Set<string>();
  const app = new App();
  const { stacks } = buildStacks(app, value, {
    at: (path) => {
      asked.add(path);
      return at(path);
    },
  });
  for (const stack of stacks) stack.toTerraform();
  const wrong = [...asked].flatMap((path) => {
    const found = valueAt(value, path);
    const line = lines[(at(path).line ?? 0) - 1] ?? '';
    const stands = typeof found === 'object' ? found !== null : line.includes(String(found));
    return stands ? [] : [`${path}: ${String(found)} does not stand on line ${at(path).line}: ${line}`];
  });
  expect(asked.size).toBeGreaterThan(40);
  expect(wrong).toEqual([]);
});
