import { observedAt, Roots, readStore, type Unchained } from '../../../../packages/evidence/src/index.ts';
import { keyPair, ours, write } from '../integrity/bundles.ts';
import { runOn, text } from './runs.ts';

const roots = new Roots([]);
const asOf = '2026-11-21T12:00:00Z';

/** Subjects whose newest observation is shown, and findings by code and subject. */
function shown(...runs: readonly (readonly Unchained[])[]): readonly string[] {
  const { judged, findings } = observedAt(readStore(text(...runs)), asOf, roots);
  return [
    ...judged.filter(({ newest }) => newest).map(({ observation }) => observation.subject.id),
    ...findings.map(({ code, subject }) => `${code} ${subject}`),
  ];
}

const both = ['hetzner:project:main', 'hetzner:server:1', 'hetzner:server:2'];

test('a server the provider lists no longer does not stand as it was last seen', () => {
  expect(shown(runOn('2026-11-19', both), runOn('2026-11-20', both.slice(0, 2)))).toEqual(both.slice(0, 2));
  // It stays gone when the provider does not answer afterwards.
  expect(
    shown(
      runOn('2026-11-19', both),
      runOn('2026-11-20', both.slice(0, 2)),
      runOn('2026-11-21', ['!hetzner:project:main']),
    ),
  ).toEqual([...both.slice(0, 2), 'collector-failed hetzner:project:main']);
});

test.each<readonly [string, Parameters<typeof runOn>]>([
  ['could not ask the provider', ['2026-11-20', ['!hetzner:project:main']]],
  ['was interrupted', ['2026-11-20', both.slice(0, 2), { ended: false }]],
  ['looked at other things only', ['2026-11-20', ['tls:logs.example:443']]],
  ['came from another place', ['2026-11-20', both.slice(0, 2), { vantage: 'elsewhere' }]],
  ['was at an endpoint that lists no servers', ['2026-11-20', both.slice(0, 1), { blind: ['servers'] }]],
])('a run that %s says nothing about what is gone', (_name, run) => {
  expect(shown(runOn('2026-11-19', both), runOn(...run))).toContain('hetzner:server:2');
});

test('a target that is taken out counts no more, and that is said; one that fails is still looked at', () => {
  const tls = ['tls:logs.example:443', 'tls:errors.example:443'];
  expect(shown(runOn('2026-11-19', tls), runOn('2026-11-20', tls.slice(0, 1)))).toEqual([
    'tls:logs.example:443',
    'no-longer-observed tls:errors.example:443',
  ]);
  expect(shown(runOn('2026-11-19', tls), runOn('2026-11-20', [tls[0] ?? '', `!${tls[1]}`]))).toEqual([
    ...[...tls].reverse(),
    'collector-failed tls:errors.example:443',
  ]);
});

test('a project that is taken out is said once, not for each of its resources', () => {
  const other = 'hetzner:project:other';
  expect(shown(runOn('2026-11-19', both), runOn('2026-11-20', [other]))).toEqual([
    other,
    'no-longer-observed hetzner:project:main',
  ]);
});

test('what is gone or taken out does not expire for ever: neither in the manifest nor for who verifies', async () => {
  const old = runOn('2026-01-01', [...both, 'tls:errors.example:443']);
  const now = runOn('2026-11-20', [...both.slice(0, 2), 'tls:logs.example:443']);
  expect(observedAt(readStore(text(old, now)), asOf, roots).firstExpiry).toBe('2026-11-27T12:00:00Z');
  const signer = keyPair();
  const verify = (observations: string) =>
    ours(write(signer.path, { observations }), ['--signer', signer.fingerprint, '--as-of', asOf]);
  expect(await verify(text(old, now))).toEqual([0, []]);
  expect(await verify(text(old))).toEqual([1, ['observation-expired']]);
});

test('what was made after the instant of an export is later, and no clock is to blame; what the clock has not reached is', () => {
  const store = readStore(
    text(runOn('2026-11-19', ['tls:logs.example:443']), runOn('2026-11-25', ['tls:logs.example:443'])),
  );
  const codes = (now?: string) =>
    observedAt(store, asOf, roots, now).findings.map(({ code, message }) => `${code}: ${message}`);
  expect(codes('2026-11-26T00:00:00Z')).toEqual([
    'later-than-as-of: 1 observation from 2026-11-25T12:00:00Z to 2026-11-25T12:00:00Z later than the instant to which this export counts: kept in the store, and counted for nothing here',
  ]);
  expect(codes()).toEqual([
    'clock-skew: tls:logs.example:443 is dated 2026-11-25T12:00:00Z, after 2026-11-21T12:00:00Z: a clock is wrong, and it does not count',
  ]);
  // Answers of a sandbox make it one of a sandbox, also for an instant at which none was there yet.
  expect(observedAt(store, '2026-01-01T00:00:00Z', roots, asOf).kind).toBe('sandbox');
});
