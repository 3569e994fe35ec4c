import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { config, parseFile, setText } from '@lukko/formats';
import fc from 'fast-check';
import { parse } from 'yaml';

const example = readFileSync(resolve(__dirname, '../../../config/example.yaml'), 'utf8');
const uuid = '5f1c7a3e-0b8e-4a56-9d11-2f3c4b5a6978';
const linesChanged = (before: string, after: string) => {
  const old = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !old.has(line));
};

test('a field is added to a map in braces, and to one of lines, and nothing else changes', () => {
  const pinned = setText(example, ['hosts', 'logs', 'volume', 'luksUuid'], uuid);
  expect(linesChanged(example, pinned)).toEqual([`    volume: { size: 100, luksUuid: ${uuid} }`]);
  expect(parseFile(config, pinned, 'x.yaml').value.hosts.logs.volume.luksUuid).toBe(uuid);
  const text =
    'keys:\n  # three of them\n  servers:\n    - name: a # first\n      location: x # here\n    - name: b\n      location: y\n';
  expect(setText(text, ['keys', 'servers', 0, 'thumbprint'], 'T_-1')).toBe(
    text.replace('location: x # here\n', 'location: x # here\n      thumbprint: T_-1\n'),
  );
  expect(setText(text, ['keys', 'servers', 1, 'thumbprint'], '12345')).toBe(`${text}      thumbprint: "12345"\n`);
});

test('a value that is there is replaced in place', () => {
  const changed = setText(example, ['keys', 'servers', 2, 'thumbprint'], 'N'.repeat(43));
  expect(linesChanged(example, changed)).toEqual([`      thumbprint: ${'N'.repeat(43)}`]);
});

test.each([[['hosts', 'nobody', 'volume', 'luksUuid']], [['hosts', 'logs', 'volume']], [['network', 'range', 'x']]])(
  '%j cannot be written, and says so',
  (path) => {
    expect(() => setText(example, path, 'x')).toThrow();
  },
);

test('whatever is written is read back, and everything else as before', () => {
  const keys = fc.constantFrom('luksUuid', 'size', 'new-key');
  fc.assert(
    fc.property(keys, fc.string(), fc.constantFrom('edge', 'logs', 'errors', 'backups'), (key, value, host) => {
      const before = parse(example) as { hosts: Record<string, { volume: Record<string, unknown> }> };
      const after = parse(setText(example, ['hosts', host, 'volume', key], value)) as typeof before;
      const volume = before.hosts[host]?.volume ?? {};
      volume[key] = value;
      expect(after).toEqual(before);
    }),
    { numRuns: 50 },
  );
});
