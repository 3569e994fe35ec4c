import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceExport } from '@lukko/formats';
import { beginning, chain, line, type Unchained } from '../../../../packages/evidence/src/index.ts';
import { directoryWith, lukko } from '../fake-ports.ts';

const stack = JSON.stringify({
  '//': {
    metadata: {
      backend: 'local',
      stackName: 'logs',
      version: '0.21.0',
      environment: { name: 'example', class: 'production' },
    },
  },
  provider: { hcloud: [{}] },
  resource: {
    hcloud_volume: { data: { name: 'data', size: 10, location: 'hel1', delete_protection: true } },
  },
  terraform: {
    backend: { local: { path: '../../../state/example/logs.tfstate' } },
    required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } },
  },
});

const synthesised = {
  'cdktf.out/manifest.json': JSON.stringify({
    version: '0.21.0',
    stacks: { logs: { name: 'logs', synthesizedStackPath: 'stacks/logs/cdk.tf.json' } },
  }),
  'cdktf.out/stacks/logs/cdk.tf.json': stack,
};

const asOf = ['--as-of', '2026-11-21T12:00:00Z'];
const read = (directory: string, name: string) => readFileSync(join(directory, 'evidence-out', name), 'utf8');

describe('lukko evidence export', () => {
  test('writes a bundle, says where and what, and exits 0 with blanks and failures alike', async () => {
    const directory = directoryWith(synthesised);
    const { code, out, err } = await lukko(directory, ['evidence', 'export', ...asOf]);
    expect([code, err]).toEqual([0, 'note: signed with a throw-away key; name yours with --key\n']);
    expect(out).toContain(
      'Evidence for ISO/IEC 27001:2022 Annex A.8, example (production), as of 2026-11-21T12:00:00Z',
    );
    expect(out).toContain('0 of 34 observed on a running system');
    expect(readdirSync(join(directory, 'evidence-out')).sort()).toEqual([
      'SHA256SUMS',
      'SHA256SUMS.sig',
      'VERIFY.md',
      'evidence.csv',
      'evidence.json',
      'manifest.json',
      'oscal',
      'report.html',
      'tables',
    ]);
    const evidence = evidenceExport.parse(JSON.parse(read(directory, 'evidence.json')));
    expect(evidence.inputs).toMatchObject([
      { tier: 'declared', file: 'cdktf.out/stacks/logs/cdk.tf.json', stack: 'logs' },
    ]);
    // The volume is attached to nothing that sets up LUKS.
    expect(evidence.controls.find((control) => control.id === 'A.8.24')?.state).toBe('failed');
  });

  test('the same inputs and instant give the same bytes, whatever the clock says', async () => {
    const directory = directoryWith(synthesised);
    const bytes = async (now: string) => {
      await lukko(directory, ['evidence', 'export', ...asOf], { now: () => new Date(now) });
      // Not the signature: a throw-away key signs differently each time.
      return ['SHA256SUMS', 'VERIFY.md', 'evidence.csv', 'evidence.json', 'manifest.json', 'report.html'].map((name) =>
        read(directory, name),
      );
    };
    expect(await bytes('2026-11-21T13:00:00Z')).toEqual(await bytes('2027-01-01T00:00:00Z'));
  });

  test('one control alone', async () => {
    const directory = directoryWith(synthesised);
    const { code } = await lukko(directory, [
      'evidence',
      'export',
      '--control',
      'A.8.24',
      '--out',
      'evidence-out',
      ...asOf,
    ]);
    expect(code).toBe(0);
    expect(read(directory, 'evidence.csv').split('\r\n')).toHaveLength(3);
  });

  test.each([
    ['an unknown control', ['--control', 'A.8.35']],
    ['a date that does not exist', ['--as-of', '2026-02-31']],
    ['an instant that is none', ['--as-of', 'yesterday']],
    ['a path that is not there', ['nowhere']],
    ['the root of the file system as output', ['--out', '/']],
    ['an export before that is none', ['--previous', '.']],
    ['a key that is none', ['--key', 'missing-key']],
    ['observations that are not there', ['--observations', 'missing.jsonl']],
    ['a period that begins after its end', ['--as-of', '2026-01-01', '--since', '2026-02-01']],
    ['the source of a plan without a plan', ['--source', 'tfplan']],
  ])('exit 2, one message and nothing written for %s', async (_name, args) => {
    const directory = directoryWith(synthesised);
    const { code, out, err } = await lukko(directory, ['evidence', 'export', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatchSnapshot();
    expect(existsSync(join(directory, 'evidence-out'))).toBe(false);
  });

  test('what cannot be logged is not done: a name as user, a log that was changed', async () => {
    const named = directoryWith({ ...synthesised, 'lukko.yaml': 'schemaVersion: 1\n' });
    const user = await lukko(named, ['evidence', 'export'], { environment: { LUKKO_USER: 'Erika Example' } });
    expect([user.code, user.out, existsSync(join(named, 'evidence-out'))]).toEqual([2, '', false]);
    expect(user.err).toBe(
      'error: LUKKO_USER: expected an identifier of lower-case letters, digits and hyphens, found something else; write for instance u-4711, and no name\n',
    );
    const changed = directoryWith({ ...synthesised, 'log.jsonl': '{}\n' });
    const log = await lukko(changed, ['evidence', 'export', '--log', 'log.jsonl']);
    expect([log.code, log.out, existsSync(join(changed, 'evidence-out'))]).toEqual([2, '', false]);
    expect(log.err).toMatchSnapshot();
  });

  test('an instant that is past is said to be: the configuration is not of then', async () => {
    const directory = directoryWith(synthesised);
    const now = () => new Date('2026-11-21T12:00:00Z');
    const { err } = await lukko(directory, ['evidence', 'export', '--as-of', '2026-10-01'], { now });
    expect(err).toBe(
      'note: --as-of 2026-10-01T00:00:00Z is past: observations, waivers and statements are counted to it, configuration and plans are judged as they lie here now\nnote: signed with a throw-away key; name yours with --key\n',
    );
    expect(read(directory, 'report.html')).toContain('as it lay there when this was made');
    expect((await lukko(directory, ['evidence', 'export', ...asOf], { now })).err).not.toContain('past');
    let seconds = 0;
    const ticking = () => {
      seconds += 1;
      return new Date(Date.parse('2026-11-21T12:00:00Z') + seconds * 1000);
    };
    expect((await lukko(directory, ['evidence', 'export'], { now: ticking })).err).not.toContain('past');
  });

  test('a chain of exports does not go on over another store', async () => {
    const directory = directoryWith(synthesised);
    const run = '0b0e7a52-5a44-5f0e-9d53-6f3cc2a3e0c1';
    const record = (vantage: string): Unchained => ({
      kind: 'run',
      run,
      at: '2026-11-20T12:00:00Z',
      environment: { name: 'example', class: 'production' },
      vantage,
      tool: 'lukko 0.1.0',
      collectors: [],
    });
    const store = (...vantages: readonly string[]) => chain(vantages.map(record), beginning).map(line).join('');
    const next = async (text: string, ...more: readonly string[]) => {
      writeFileSync(join(directory, 'observations.jsonl'), text);
      const { code, err } = await lukko(directory, ['evidence', 'export', ...asOf, ...more]);
      return [code, err.replace(/record \w+/, 'record DIGEST')];
    };
    expect((await next(store('office'), '--out', 'first'))[0]).toBe(0);
    expect((await next(store('office', 'home'), '--previous', 'first'))[0]).toBe(0);
    expect(await next(store('home'), '--previous', 'first')).toEqual([
      2,
      'error: --previous: first: its observations end in record DIGEST, which observations.jsonl does not hold; name the store it was made from with --observations, or leave --previous out and begin another chain\n',
    ]);
  });

  test('a directory with other files in it is left alone', async () => {
    const directory = directoryWith({ ...synthesised, 'evidence-out/notes.txt': 'mine' });
    const { code, err } = await lukko(directory, ['evidence', 'export', ...asOf]);
    expect(code).toBe(2);
    expect(err).toMatchSnapshot();
    expect(read(directory, 'notes.txt')).toBe('mine');
  });
});
