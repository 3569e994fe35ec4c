import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { observeTargets, parseFile } from '@lukko/formats';

const file = join(__dirname, '../../../examples/observe/observe.yaml');

test('the example of targets is one, and holds no secret', () => {
  const text = readFileSync(file, 'utf8');
  const { value } = parseFile(observeTargets, text, 'observe.yaml');
  expect(Object.keys(value).length).toBeGreaterThan(8);
  expect(text).not.toMatch(/[A-Za-z0-9]{64}|PRIVATE KEY/);
});

test('nobody can say in it what an observation is worth', () => {
  const text = `${readFileSync(file, 'utf8')}\norigin: real\n`;
  expect(() => parseFile(observeTargets, text, 'observe.yaml')).toThrow(
    /expected a field that is known here, found origin/,
  );
});
