import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { InputError, isPlanFile, readPlanFile } from '@lukko/terraform-model';
import { readZip } from '../../../../packages/terraform-model/src/plan-file/zip.ts';

const recorded = readFileSync(path.join(__dirname, '../../../fixtures/terraform-model/json-syntax/plan.tfplan'));

const fault = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'read';
};

/** A zip of one entry, whose directory may say what is not true. */
function zip(name: string, data: Buffer, says: { size?: number; method?: number; flags?: number } = {}): Buffer {
  const packed = says.method === 0 ? data : deflateRawSync(data);
  const method = says.method ?? 8;
  const size = says.size ?? data.length;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(says.flags ?? 0, 8);
  central.writeUInt16LE(method, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(size, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
}
const read = (bytes: Buffer) =>
  readZip(bytes, 'plan.tfplan').map((entry) => [entry.name, Buffer.from(entry.read()).toString()]);

describe('readPlanFile', () => {
  it('finds the configuration of every module and the lock file in a recorded plan', () => {
    expect(isPlanFile(recorded)).toBe(true);
    const { source, lockFile } = readPlanFile(recorded, 'plan.tfplan');
    expect(source?.files.map(({ file }) => file)).toEqual(['main.tf.json']);
    expect(source?.modules.map(({ key, files }) => [key, files.map(({ file }) => file)])).toEqual([
      ['m', ['m/main.tf.json']],
    ]);
    expect(lockFile).toContain('provider "registry.terraform.io/hetznercloud/hcloud"');
  });

  it('refuses a zip that is no plan file', () => {
    expect(fault(() => readPlanFile(zip('other', Buffer.from('x')), 'plan.tfplan'))).toMatchSnapshot();
  });
});

describe('readZip', () => {
  it('reads stored and deflated entries', () => {
    expect(read(zip('a', Buffer.from('text')))).toEqual([['a', 'text']]);
    expect(read(zip('a', Buffer.from('text'), { method: 0 }))).toEqual([['a', 'text']]);
  });

  it.each([
    ['a bomb that says its size', zip('a', Buffer.alloc(10), { size: 4_000_000_000 })],
    ['a bomb that says less than it holds', zip('a', Buffer.alloc(1_000_000), { size: 10 })],
    ['an encrypted entry', zip('a', Buffer.from('x'), { flags: 1 })],
    ['a method that is not known', zip('a', Buffer.from('x'), { method: 9 })],
    ['no zip at all', Buffer.from('hello')],
    ['a file cut off at the front', zip('abcdef', Buffer.from('x')).subarray(40)],
  ])('refuses %s', (_, bytes) => {
    expect(fault(() => read(bytes))).toMatchSnapshot();
  });

  it('fails only with its own error on damaged files', () => {
    for (let at = 0; at < recorded.length; at += 7) {
      const damaged = Buffer.from(recorded);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      fault(() => readPlanFile(damaged, 'plan.tfplan'));
      fault(() => readPlanFile(recorded.subarray(0, at), 'plan.tfplan'));
    }
  });
});
