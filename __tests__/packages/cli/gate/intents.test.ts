import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Intent } from '@lukko/formats';
import {
  intentsFor,
  intentText,
  useIntent,
  withdrawIntent,
  writeIntent,
} from '../../../../packages/cli/src/gate/intents.ts';

const intent: Intent = {
  schemaVersion: 1,
  id: '6f1c7a3e-0b8e-4a56-9d11-2f3c4b5a6978',
  verb: 'retire',
  environment: 'example',
  stack: 'logs',
  command: 'destroy',
  addresses: ['logs/hcloud_volume.data_volume'],
  rules: ['data-removal-guarded'],
  by: 'operator-00000000',
  reason: 'moved elsewhere',
  made: '2026-11-21T12:00:00Z',
  expires: '2026-11-21T12:30:00Z',
};
const now = new Date('2026-11-21T12:10:00Z');
const run = { environment: 'example', stack: 'logs', command: 'destroy' } as const;

let kept: string;
beforeEach(() => {
  kept = mkdtempSync(path.join(tmpdir(), 'lukko-intents-'));
});
afterEach(() => rmSync(kept, { recursive: true, force: true }));

test('an intent is read for its own run alone', () => {
  expect(intentsFor(kept, run, now)).toEqual([]);
  writeIntent(kept, intent);
  expect(intentsFor(kept, run, now)).toEqual([intent]);
  expect(intentsFor(kept, { ...run, command: 'apply' }, now)).toEqual([]);
  expect(intentsFor(kept, { ...run, stack: 'errors' }, now)).toEqual([]);
  expect(intentsFor(kept, { ...run, environment: 'staging' }, now)).toEqual([]);
  expect(intentsFor(kept, run, new Date('2026-11-21T12:30:00Z'))).toEqual([]);
  withdrawIntent(kept, intent);
  expect(intentsFor(kept, run, now)).toEqual([]);
});

test('it is used once, and what it was used for is kept', () => {
  writeIntent(kept, intent);
  useIntent(kept, intent, now, 'a'.repeat(64));
  expect(intentsFor(kept, run, now)).toEqual([]);
  expect(readdirSync(path.join(kept, 'intents'))).toEqual(['used']);
  const spent: unknown = JSON.parse(readFileSync(path.join(kept, 'intents/used', `${intent.id}.json`), 'utf8'));
  expect(spent).toEqual({ ...intent, used: { at: '2026-11-21T12:10:00.000Z', plan: 'a'.repeat(64) } });
});

test.each([
  ['no JSON', `${intent.id}.json`, '{'],
  ['another format', `${intent.id}.json`, JSON.stringify({ ...intent, rules: [] })],
  ['a field nobody knows', `${intent.id}.json`, JSON.stringify({ ...intent, forever: true })],
  ['another name than its id', '7f1c7a3e-0b8e-4a56-9d11-2f3c4b5a6978.json', JSON.stringify(intent)],
])('%s refuses the run: what it was meant to say is not known', (_, name, text) => {
  mkdirSync(path.join(kept, 'intents'));
  writeFileSync(path.join(kept, 'intents', name), text);
  expect(() => intentsFor(kept, run, now)).toThrow(`the intent state/…/intents/${name} cannot be read`);
});

test('what is shown of one', () => {
  expect(intentText(intent)).toMatchSnapshot();
});
