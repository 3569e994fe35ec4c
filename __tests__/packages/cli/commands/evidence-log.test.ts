import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolLogEntry } from '@lukko/formats';
import { logAct } from '../../../../packages/cli/src/evidence/tool-log.ts';
import { directoryWith, lukko, portsAt } from '../fake-ports.ts';

const repository = () => directoryWith({ '.git/HEAD': '', 'lukko.yaml': 'schemaVersion: 1\nposture: recommended\n' });
const log = (directory: string) => join(directory, 'state/lukko-log.jsonl');
const act = (directory: string, environment: Record<string, string> = { LUKKO_USER: 'u-4711' }) =>
  logAct(
    undefined,
    { act: 'waiver-used', about: 'a'.repeat(64), detail: 'ash-2026' },
    portsAt(directory, { environment }),
  );

test('what was done stands in a chain beside the states, by an identifier and no name', async () => {
  const directory = repository();
  act(directory);
  act(directory, {});
  const entries = readFileSync(log(directory), 'utf8')
    .trim()
    .split('\n')
    .map((line) => toolLogEntry.parse(JSON.parse(line)));
  expect(entries.map(({ sequence, act: done, user, detail }) => [sequence, done, user, detail])).toEqual([
    [0, 'waiver-used', 'u-4711', 'ash-2026'],
    [1, 'waiver-used', expect.stringMatching(/^uid-\d+-[0-9a-f]{8}$/), 'ash-2026'],
  ]);
  const { code, out } = await lukko(directory, ['evidence', 'log']);
  expect([code, out.split('\n').at(-2)]).toEqual([0, 'state/lukko-log.jsonl: 2 entries, whole']);
});

test('an entry that was changed, removed or moved is found, and such a log is not continued', async () => {
  const directory = repository();
  for (let index = 0; index < 3; index += 1) act(directory);
  const lines = readFileSync(log(directory), 'utf8').trim().split('\n');
  const spoilt = [
    [lines[0], lines[1]?.replace('u-4711', 'u-4712'), lines[2]],
    [lines[0], lines[2]],
    [lines[1], lines[0], lines[2]],
  ];
  for (const some of spoilt) {
    writeFileSync(log(directory), `${some.join('\n')}\n`);
    const { code, out } = await lukko(directory, ['evidence', 'log']);
    expect([code, out.split('\n').at(-2)]).toEqual([1, expect.stringMatching(/^state\/lukko-log\.jsonl: line [12]: /)]);
    expect(() => act(directory)).toThrow(/keep it as it is/);
  }
});

test('a last line that was interrupted is dropped by the next act; a name is refused', () => {
  const directory = repository();
  act(directory);
  writeFileSync(log(directory), `${readFileSync(log(directory), 'utf8')}{"half`);
  act(directory);
  expect(readFileSync(log(directory), 'utf8').split('\n')).toHaveLength(3);
  expect(() => act(directory, { LUKKO_USER: 'Anna Example' })).toThrow(/write for instance u-4711, and no name/);
});

test('without a lukko.yaml there is no log, and none is made', async () => {
  const directory = directoryWith({ '.git/HEAD': '' });
  act(directory);
  expect(await lukko(directory, ['evidence', 'log'])).toMatchObject({ code: 2 });
});
