import fc from 'fast-check';
import { directoryWith, lukko } from './fake-ports.ts';

/** A policy nobody can use ends in exit 2 with file and line, and judges nothing; names that act on terminals act nowhere. */
const source = JSON.stringify({
  terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } } },
  provider: { hcloud: [{}] },
  resource: { hcloud_primary_ip: { ip: { name: 'ip', type: 'ipv4', location: 'ash' } } },
});
const config = 'schemaVersion: 1\nposture: recommended\nwaivers: waivers.yaml\n';
const waiver = {
  id: 'ip-2026',
  rule: 'locations-in-eu',
  address: 'hcloud_primary_ip.ip',
  reason: 'moves home in July',
  owner: 'ops',
  approver: 'ciso',
  expires: '2026-12-31',
};
const withWaivers = (text: string) =>
  lukko(directoryWith({ 'main.tf.json': source, 'lukko.yaml': config, 'waivers.yaml': text }), ['check', '-f', 'json']);
const written = (changes: object) => JSON.stringify({ schemaVersion: 1, waivers: [{ ...waiver, ...changes }] });

test('a good one excuses', async () => {
  expect(await withWaivers(written({}))).toMatchObject({ code: 0, err: '' });
});

test.each([
  ['no text', ''],
  ['no YAML', 'waivers: [}'],
  ['two documents', 'schemaVersion: 1\nwaivers: []\n---\nschemaVersion: 1\nwaivers: []\n'],
  ['a reason too short to be one', written({ reason: 'because' })],
  ['a day that is none', written({ expires: '2026-02-31' })],
  ['a field twice', 'schemaVersion: 1\nwaivers: []\nwaivers: []\n'],
  ['the same id twice', JSON.stringify({ schemaVersion: 1, waivers: [waiver, waiver] })],
  ['a field that every object has', `schemaVersion: 1\nwaivers: []\n__proto__: {polluted: true}\n`],
  ['marks that act on a terminal', `schemaVersion: 1\nwaivers: []\n"\\u001b[2J": 1\n`],
  ['an alias that grows', `schemaVersion: 1\nwaivers: [&a [x, x], &b [*a, *a], &c [*b, *b], [*c, *c]]\n`],
])('waivers with %s', async (_, text) => {
  const ran = await withWaivers(text);
  expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: '' });
  expect(ran.err).toMatch(/^error: waivers\.yaml:\d+:/);
  expect(ran.err.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('whatever the waivers say, it ends in a verdict or in exit 2, and an excuse is only what names rule, address and a day to come', async () => {
  const field = fc.constantFrom(
    'id',
    'rule',
    'address',
    'reason',
    'owner',
    'approver',
    'expires',
    '__proto__',
    'constructor',
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(null, 1, true, [], {}, '2026-12-31'),
  );
  await fc.assert(
    fc.asyncProperty(field, value, async (name, given) => {
      const text = written(JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(given)}}`) as object);
      const { code, out, err } = await withWaivers(text);
      expect([0, 1, 2]).toContain(code);
      expect([out === '', err === '']).toEqual(code === 2 ? [true, false] : [false, true]);
      if (code === 0 && (name === 'rule' || name === 'address')) expect(given).toBe(waiver[name]);
    }),
    { numRuns: 60, seed: 5 },
  );
});

test.each(['terminal', 'json', 'sarif', 'junit', 'gitlab', 'markdown'])(
  'a name that acts on terminals does nothing in %s',
  async (format) => {
    const name = '\u001b[2J\u202eclean\u0007';
    const evil = JSON.stringify({
      provider: { hcloud: [{}] },
      resource: {
        hcloud_primary_ip: {
          [`ip${name}`]: { name, type: 'ipv4', location: `ash${name}` },
          __proto__x: { location: 'ash' },
        },
      },
    });
    const { out, code } = await lukko(directoryWith({ 'main.tf.json': evil }), ['check', '-f', format]);
    expect(code).not.toBe(0);
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  },
);
