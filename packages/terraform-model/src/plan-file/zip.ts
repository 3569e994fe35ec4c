import { inflateRawSync } from 'node:zlib';
import { InputError } from '../input-error.ts';

/** A plan file holds a few megabytes of text; what unpacks to more than this is no plan file. */
export const largestEntry = 64 * 1024 * 1024;
const largestTotal = 256 * 1024 * 1024;
const mostEntries = 10_000;

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const fix = 'give a plan file written by: terraform plan -out=<plan file>';

export interface ZipEntry {
  readonly name: string;
  /** @throws InputError when the data is damaged or larger than it says. */
  read(): Uint8Array;
}

/**
 * Entries of a zip archive by its central directory (APPNOTE 6.3.10, 4.3.12): stored or deflated, no encryption, no zip64.
 * Sizes are bounded before anything is unpacked.
 * @throws InputError for anything else.
 */
export function readZip(bytes: Uint8Array, file: string): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (fault: string): never => {
    throw new InputError(file, undefined, `not a readable zip archive: ${fault}`, fix);
  };
  const end = findEnd(view);
  if (end === undefined) return fail('it has no central directory');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > mostEntries) return fail(`it has more than ${mostEntries} entries`);
  const entries: ZipEntry[] = [];
  let total = 0;
  for (let position = 0; position < count; position++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== centralSignature)
      return fail('its directory is damaged');
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const name = Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString('utf8');
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    total += size;
    if ((flags & 1) !== 0) return fail(`${JSON.stringify(name)} is encrypted`);
    if (size > largestEntry || total > largestTotal) return fail('it unpacks to more than a plan file may hold');
    entries.push({ name, read: () => unpack(bytes, view, { name, method, packed, size, local }, fail) });
  }
  return entries;
}

interface Packed {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly local: number;
}

function unpack(bytes: Uint8Array, view: DataView, entry: Packed, fail: (fault: string) => never): Uint8Array {
  const { name, method, packed, size, local } = entry;
  const shown = JSON.stringify(name);
  if (local + 30 > view.byteLength || view.getUint32(local, true) !== localSignature)
    return fail(`${shown} is damaged`);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packed > bytes.length) return fail(`${shown} is cut off`);
  const data = bytes.subarray(start, start + packed);
  if (method === 0) return packed === size ? data : fail(`${shown} has the wrong size`);
  if (method !== 8) return fail(`${shown} is packed in a way that is not known`);
  let unpacked: Uint8Array;
  try {
    // One byte more than it says is enough to notice that it says too little.
    unpacked = inflateRawSync(data, { maxOutputLength: size + 1 });
  } catch {
    return fail(`${shown} cannot be unpacked to the size it says`);
  }
  return unpacked.length === size ? unpacked : fail(`${shown} has the wrong size`);
}

/** The end record stands at the end, before a comment of at most 65,535 bytes. */
function findEnd(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= first; at--) {
    if (view.getUint32(at, true) === endSignature) return at;
  }
  return undefined;
}
