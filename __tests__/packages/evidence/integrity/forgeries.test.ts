import {
  appendFileSync,
  copyFileSync,
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { chain, line } from '../../../../packages/evidence/src/index.ts';
import { directoryWith, lukko } from '../../cli/fake-ports.ts';
import { keyPair, listAgain, ours, previousOf, records, seen, sign, stock, store, write } from './bundles.ts';

const signer = keyPair();
const stranger = keyPair();
const first = write(signer.path);
const good = write(signer.path, { previous: previousOf(first) });
const page = readFileSync(join(good, 'VERIFY.md'), 'utf8');
const args = ['--signer', signer.fingerprint, '--previous', first];

/** A copy of the good bundle for a forger to work on. */
function copy(): string {
  const directory = join(directoryWith({}), 'bundle');
  cpSync(good, directory, { recursive: true });
  return directory;
}

const text = (directory: string, name: string) => readFileSync(join(directory, name), 'utf8');
const edit = (directory: string, name: string, change: (text: string) => string) =>
  writeFileSync(join(directory, name), change(text(directory, name)));

test('the good one: exit 0, and so say sha256sum and OpenSSH', async () => {
  expect(await ours(good, args)).toEqual([0, []]);
  expect(stock(good, page, signer.fingerprint, first)).toEqual({ status: 0, last: 'good' });
});

test('without a fingerprint nobody vouches: exit 3', async () => {
  expect(await ours(good, [])).toEqual([3, ['signer-unknown']]);
  expect(stock(good, page, 'SHA256:write-it-here')).toEqual({ status: 3, last: 'write the fingerprint first' });
});

/** What a forger does, what we call it, and what the stock tools say. */
const forgeries: readonly (readonly [string, (directory: string) => void, readonly string[], string])[] = [
  [
    '1 a file is changed',
    (directory) => edit(directory, 'evidence.csv', (csv) => csv.replace('observed', 'declared')),
    ['file-changed'],
    'FORGED: a file is changed or missing',
  ],
  [
    '2 a file is missing',
    (directory) => rmSync(join(directory, 'tables/assets.csv')),
    ['file-missing'],
    'FORGED: a file is changed or missing',
  ],
  [
    '3 a file is added',
    (directory) => writeFileSync(join(directory, 'tables/more.csv'), 'asset\r\n'),
    ['file-added'],
    'FORGED: a file is added',
  ],
  [
    '4 two files change places',
    (directory) => {
      renameSync(join(directory, 'evidence.csv'), join(directory, 'kept'));
      renameSync(join(directory, 'tables/assets.csv'), join(directory, 'evidence.csv'));
      renameSync(join(directory, 'kept'), join(directory, 'tables/assets.csv'));
    },
    ['files-swapped'],
    'FORGED: a file is changed or missing',
  ],
  [
    '5 the list is put in another order and signed again by a stranger',
    (directory) => {
      edit(directory, 'SHA256SUMS', (sums) => `${sums.trim().split('\n').reverse().join('\n')}\n`);
      sign(directory, stranger.path);
    },
    ['list-reordered', 'wrong-key'],
    'FORGED: signed by another key',
  ],
  [
    '6 a file and the list are changed',
    (directory) => {
      edit(directory, 'evidence.csv', (csv) => csv.replace('observed', 'declared'));
      listAgain(directory);
    },
    ['manifest-contradicts', 'signature-wrong'],
    'FORGED: the list is not what was signed',
  ],
  [
    '7 everything is made anew and signed with another key',
    (directory) => cpSync(write(stranger.path, { previous: previousOf(first) }), directory, { recursive: true }),
    ['wrong-key'],
    'FORGED: signed by another key',
  ],
  [
    '8 the signature is gone',
    (directory) => rmSync(join(directory, 'SHA256SUMS.sig')),
    ['signature-missing'],
    'FORGED: the list is not what was signed',
  ],
  [
    '9 it continues another chain',
    (directory) => {
      const other = write(signer.path, { changes: { asOf: '2026-11-19T12:00:00Z' } });
      rmSync(directory, { recursive: true });
      cpSync(write(signer.path, { previous: previousOf(other) }), directory, { recursive: true });
    },
    ['previous-mismatch'],
    'FORGED: it does not continue the export before it',
  ],
  [
    '10 an observation is past its time',
    (directory) => {
      const observations = store([
        ...records.slice(0, 2),
        seen('2', 'errors.lukko.example', { expires: '2026-01-01T00:00:00Z' }),
      ]);
      const old = write(signer.path, {
        previous: previousOf(first),
        observations,
        changes: { firstExpiry: '2026-01-01T00:00:00Z' },
      });
      rmSync(directory, { recursive: true });
      cpSync(old, directory, { recursive: true });
    },
    ['observation-expired'],
    'EXPIRED: an observation is past its time',
  ],
];

test.each(forgeries)('%s', async (_name, forge, codes, said) => {
  const directory = copy();
  forge(directory);
  expect(await ours(directory, args)).toEqual([1, codes]);
  expect(stock(directory, page, signer.fingerprint, first)).toEqual({ status: 1, last: said });
});

/** What the signer may do, and only the export before shows: observations of a bad time are taken out, and the rest chained anew. */
test('a store that was written anew since the export before is found, by the stock tools too', async () => {
  const head = (text: string) => (JSON.parse(text.trim().split('\n').at(-1) ?? '') as { digest: string }).digest;
  const before = write(signer.path, { changes: { storeHead: head(store()) } });
  const next = (observations: string | null, changes: object = {}) =>
    write(signer.path, {
      previous: previousOf(before),
      observations,
      changes: { ...(observations === null ? {} : { storeHead: head(observations) }), ...changes },
    });
  const both = async (bundle: string) => [
    await ours(bundle, ['--signer', signer.fingerprint, '--previous', before]),
    stock(bundle, readFileSync(join(bundle, 'VERIFY.md'), 'utf8'), signer.fingerprint, before).last,
  ];
  expect(await both(next(store([...records, seen('3', 'edge.lukko.example')])))).toEqual([[0, []], 'good']);
  expect(await both(next(store(records.slice(0, 2))))).toEqual([
    [1, ['store-rewritten']],
    'FORGED: observations of the export before it are gone',
  ]);
  expect((await both(next(null)))[0]).toEqual([1, ['store-rewritten']]);
  // Another profile withholds the store, and is no reason to doubt it.
  expect(await both(next(null, { profile: 'nda' }))).toEqual([[0, []], 'good']);
});

test('a manifest that names another end of the store contradicts it', async () => {
  const bundle = write(signer.path, { changes: { storeHead: 'e'.repeat(64) } });
  expect(await ours(bundle, ['--signer', signer.fingerprint])).toEqual([1, ['manifest-contradicts']]);
});

test('an export before that is not whole is no measure: exit 2', async () => {
  const before = copy();
  edit(before, 'manifest.json', (text) => text.replace('auditor', 'nda'));
  const { code, err } = await lukko(good, [
    'evidence',
    'verify',
    '.',
    '--signer',
    signer.fingerprint,
    '--previous',
    before,
  ]);
  expect([code, err.replaceAll(before, 'BEFORE')]).toEqual([
    2,
    'error: --previous: BEFORE: is not whole: manifest.json is missing or changed; get it again\n',
  ]);
});

test('a profile that withholds observations expires with them all the same', async () => {
  const changes = { profile: 'nda' as const, firstExpiry: '2026-01-01T00:00:00Z' };
  const old = write(signer.path, { observations: null, changes });
  expect(await ours(old, ['--signer', signer.fingerprint])).toEqual([1, ['observation-expired']]);
  expect(stock(old, readFileSync(join(old, 'VERIFY.md'), 'utf8'), signer.fingerprint)).toEqual({
    status: 1,
    last: 'EXPIRED: an observation is past its time',
  });
  expect(await ours(old, ['--signer', signer.fingerprint, '--as-of', '2025-12-31'])).toEqual([0, []]);
});

/** What only the chain inside a bundle shows: the signer signed it all the same. */
const [one, two, three] = store().trim().split('\n') as [string, string, string];
test.each<readonly [string, string, readonly string[]]>([
  ['removed', `${one}\n${three}\n`, ['store-broken-chain']],
  ['added twice', `${one}\n${two}\n${two}\n${three}\n`, ['store-broken-chain']],
  ['in another order', `${one}\n${three}\n${two}\n`, ['store-broken-chain']],
  ['changed', `${one}\n${two.replace('TLS 1.3', 'TLS 1.2')}\n${three}\n`, ['store-changed']],
  ['cut off', `${one}\n${two}\n${three}`, ['store-half-line']],
])('a record of the store is %s', async (_name, observations, codes) => {
  expect(await ours(write(signer.path, { observations }), ['--signer', signer.fingerprint])).toEqual([1, codes]);
});

test('a record from elsewhere with fitting numbers is no continuation', async () => {
  const head = { sequence: 1, digest: 'f'.repeat(64) };
  const foreign = chain([seen('3', 'elsewhere.example')], head)
    .map(line)
    .join('');
  const directory = write(signer.path, { observations: `${one}\n${two}\n${foreign}` });
  expect(await ours(directory, ['--signer', signer.fingerprint])).toEqual([1, ['store-broken-chain']]);
});

test('a link in place of a file, and a history that was cut', async () => {
  const linked = copy();
  copyFileSync(join(linked, 'report.html'), join(linked, '..', 'outside'));
  rmSync(join(linked, 'report.html'));
  symlinkSync('../outside', join(linked, 'report.html'));
  expect(await ours(linked, args)).toEqual([1, ['not-a-plain-file']]);
  expect(stock(linked, page, signer.fingerprint, first)).toEqual({
    status: 1,
    last: 'FORGED: a link or something else stands in place of a file',
  });
  const cut = copy();
  writeFileSync(join(cut, 'history.jsonl'), '');
  expect(await ours(cut, args)).toEqual([1, ['file-changed', 'history-broken']]);
});

test('a signature for another purpose, and one of a demonstration whatever fingerprint is named', async () => {
  const file = write(signer.path, { namespace: 'file' });
  expect(await ours(file, ['--signer', signer.fingerprint])).toEqual([1, ['wrong-purpose']]);
  const demo = write(signer.path, { changes: { observations: 'sandbox' } });
  expect(await ours(demo, ['--signer', signer.fingerprint])).toEqual([3, ['demo-signer']]);
});

test('what cannot be used is exit 2: no list, half a list, another directory', async () => {
  const none = copy();
  rmSync(join(none, 'SHA256SUMS'));
  expect(await ours(none, args)).toEqual([2, ['not-a-bundle']]);
  const half = copy();
  rmSync(join(half, 'SHA256SUMS.sig'));
  edit(half, 'SHA256SUMS', (sums) => sums.slice(0, -30));
  expect((await ours(half, args))[0]).toBe(2);
  const noise = copy();
  appendFileSync(join(noise, 'SHA256SUMS'), '\0\0\0\n');
  expect((await ours(noise, args))[0]).toBe(2);
});
