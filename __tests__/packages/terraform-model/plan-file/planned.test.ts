import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { instanceAddress } from '../../../../packages/terraform-model/src/plan-file/address.ts';
import { readMsgpack } from '../../../../packages/terraform-model/src/plan-file/msgpack.ts';
import { readPlanned } from '../../../../packages/terraform-model/src/plan-file/planned.ts';
import { Message, WireError } from '../../../../packages/terraform-model/src/plan-file/protobuf.ts';
import { readZip } from '../../../../packages/terraform-model/src/plan-file/zip.ts';

const fixtures = path.join(__dirname, '../../../fixtures/plans');
const recorded = readdirSync(fixtures);
const tfplan = (theme: string): Uint8Array => {
  const entry = readZip(readFileSync(path.join(fixtures, theme, 'plan.tfplan')), theme).find(
    ({ name }) => name === 'tfplan',
  );
  if (entry === undefined) throw new Error('no plan in it');
  return entry.read();
};

interface Change {
  readonly address: string;
  readonly deposed?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before?: unknown;
    readonly after?: unknown;
    readonly after_unknown?: unknown;
    readonly before_sensitive?: unknown;
    readonly after_sensitive?: unknown;
  };
}
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
/** Where a structure of marks says true: what is false or left out says the same. */
function trues(mark: unknown, at = ''): readonly string[] {
  if (mark === true) return [at];
  if (mark === null || typeof mark !== 'object') return [];
  return Object.entries(mark)
    .flatMap(([key, inner]) => trues(inner, `${at}.${key}`))
    .sort();
}
const comparable = (changes: readonly Change[]) =>
  Object.fromEntries(
    changes.map(({ change, ...rest }) => {
      const { mode, type, name, index, module_address, provider_name } = rest as Record<string, unknown>;
      const same = { mode, type, name, index, module_address, provider_name, actions: change.actions };
      const values = { before: plain(change.before), after: plain(change.after) };
      const marks = [change.after_unknown, change.before_sensitive, change.after_sensitive].map((mark) => trues(mark));
      return [`${rest.address} ${rest.deposed ?? ''}`, { ...same, ...values, marks }];
    }),
  );

describe('the plan inside a binary plan file', () => {
  it.each(recorded)('%s says what terraform prints of it', (theme) => {
    const json = JSON.parse(readFileSync(path.join(fixtures, theme, 'plan.json'), 'utf8')) as {
      resource_changes: Change[];
      variables?: Record<string, { value?: unknown }>;
      terraform_version: string;
    };
    const plan = readPlanned(tfplan(theme));
    expect(comparable(plan.changes)).toEqual(comparable(json.resource_changes));
    expect(plan.terraformVersion).toBe(json.terraform_version);
    // The JSON also lists variables nobody set: their defaults stand in the configuration.
    for (const [name, value] of plan.variables) expect(json.variables?.[name]?.value ?? null).toEqual(plain(value));
  });

  it('fails only with its own error, whatever is damaged', () => {
    const whole = tfplan('foreign-loops-changed');
    const read = (bytes: Uint8Array): void => {
      try {
        readPlanned(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    };
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, end) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = byte;
        read(damaged);
        read(damaged.subarray(0, end));
      }),
      { numRuns: 150 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), read), { numRuns: 500 });
  });

  it('says which format it does not read', () => {
    expect(() => readPlanned(Uint8Array.of(8, 4))).toThrow('plan format 4; format 3 is read');
  });
});

describe('values', () => {
  it.each<readonly [string, readonly number[], unknown, unknown]>([
    ['null', [0xc0], null, undefined],
    ['a small number', [0x2a], 42, undefined],
    ['a negative one', [0xff], -1, undefined],
    ['16 bits', [0xcd, 0x01, 0x00], 256, undefined],
    ['64 bits', [0xcf, 0, 0, 0, 1, 0, 0, 0, 0], 4_294_967_296, undefined],
    ['negative 64 bits', [0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe], -2, undefined],
    ['a fraction', [0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5, undefined],
    ['a text', [0xa2, 0x68, 0x69], 'hi', undefined],
    ['not known', [0xd4, 0, 0], undefined, true],
    ['not known but refined', [0xc7, 2, 12, 0x80, 0xc0], undefined, true],
    ['of any type', [0x92, 0xc4, 6, ...Buffer.from('"bool"'), 0xc3], true, undefined],
    ['a pair of texts', [0x92, 0xa1, 0x61, 0xa1, 0x62], ['a', 'b'], undefined],
    ['a list with a hole', [0x92, 0x01, 0xd4, 0, 0], [1, null], [false, true]],
    ['an object with a hole', [0x82, 0xa1, 0x61, 0x01, 0xa1, 0x62, 0xd4, 0, 0], { a: 1 }, { b: true }],
  ])('%s', (_, bytes, value, unknown) => {
    const read = readMsgpack(Uint8Array.from(bytes));
    expect(read.value === undefined ? undefined : plain(read.value)).toEqual(value);
    expect(read.unknown === undefined ? undefined : plain(read.unknown)).toEqual(unknown);
  });

  it('keys named like those of a prototype are keys', () => {
    const { value } = readMsgpack(Uint8Array.from([0x81, 0xa9, ...Buffer.from('__proto__'), 0x01]));
    expect(Object.entries(value as object)).toEqual([['__proto__', 1]]);
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });

  it.each<readonly [string, Uint8Array]>([
    ['a length nothing follows', Uint8Array.from([0xdd, 0xff, 0xff, 0xff, 0xff])],
    ['a map nothing follows', Uint8Array.from([0xdf, 0xff, 0xff, 0xff, 0xff])],
    ['a hundred thousand levels', new Uint8Array(100_000).fill(0x91)],
    ['a byte that means nothing', Uint8Array.of(0xc1)],
    ['more than one value', Uint8Array.of(0x01, 0x01)],
    ['a key that is no text', Uint8Array.of(0x81, 0x01, 0x01)],
    ['a text that is no UTF-8', Uint8Array.of(0xa1, 0xff)],
  ])('refuses %s', (_, bytes) => expect(() => readMsgpack(bytes)).toThrow(WireError));

  it.each<readonly [string, readonly number[]]>([
    ['a group', [0x0b]],
    ['a number without end', new Array<number>(12).fill(0x80)],
    ['a field that is cut off', [0x0a, 0x05, 0x00]],
    ['a fixed number that is cut off', [0x0d, 0x00]],
    ['field 0', [0x00, 0x00]],
  ])('a message with %s is refused', (_, bytes) =>
    expect(() => new Message(Uint8Array.from(bytes))).toThrow(WireError),
  );
});

test.each([
  ['hcloud_server.a', { module: '', mode: 'managed', type: 'hcloud_server', name: 'a', index: undefined }],
  ['data.hcloud_image.a[0]', { module: '', mode: 'data', type: 'hcloud_image', name: 'a', index: 0 }],
  [
    'module.a["x.y[\\"1\\"]"].module.b[2].hcloud_server.c["k]"]',
    { module: 'module.a["x.y[\\"1\\"]"].module.b[2]', mode: 'managed', type: 'hcloud_server', name: 'c', index: 'k]' },
  ],
  ['module.m.ephemeral.e.f', { module: 'module.m', mode: 'ephemeral', type: 'e', name: 'f', index: undefined }],
])('address %s', (address, parts) => expect(instanceAddress(address)).toEqual(parts));

test.each(['', 'a', 'module.a', 'a.b.c', 'a.b[x]', 'a.b[0]c'])('%j is no address', (address) =>
  expect(() => instanceAddress(address)).toThrow(WireError),
);
