import { textOf, WireError } from './protobuf.ts';

/** A value of a plan as its JSON shows it: what is not known is left out of objects, and `unknown` says where. */
export interface Planned {
  readonly value: unknown;
  /** `true` at any level means everything below; undefined where all is known. */
  readonly unknown: unknown;
}

const DEEPEST = 200;

/**
 * Reads one value as terraform writes it into a plan: MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md), an extension for what is
 * not known, and a pair of a type (in JSON, as bytes) and a value where any type is allowed (github.com/zclconf/go-cty, docs/msgpack.md).
 * @throws WireError for anything else, and for what is nested deeper than 200 levels
 */
export function readMsgpack(bytes: Uint8Array): Planned {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw new WireError(`${bytes.length - reader.at} bytes after the value`);
  return value;
}

const NOTHING: Planned = { value: null, unknown: undefined };
const UNKNOWN: Planned = { value: undefined, unknown: true };
const known = (value: unknown): Planned => ({ value, unknown: undefined });

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): Planned {
    if (depth > DEEPEST) throw new WireError(`nested deeper than ${DEEPEST} levels`);
    const lead = this.#uint(1);
    if (lead < 0x80) return known(lead);
    if (lead < 0x90) return this.#map(lead & 0x0f, depth);
    if (lead < 0xa0) return this.#array(lead & 0x0f, depth);
    if (lead < 0xc0) return known(textOf(this.#take(lead & 0x1f)));
    if (lead >= 0xe0) return known(lead - 0x100);
    switch (lead) {
      case 0xc0:
        return NOTHING;
      case 0xc2:
        return known(false);
      case 0xc3:
        return known(true);
      case 0xca:
        return known(this.#view.getFloat32(this.#skip(4)));
      case 0xcb:
        return known(this.#view.getFloat64(this.#skip(8)));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return known(this.#uint(1 << (lead - 0xcc)));
      case 0xcf:
        return known(Number(this.#view.getBigUint64(this.#skip(8))));
      case 0xd0:
        return known(this.#view.getInt8(this.#skip(1)));
      case 0xd1:
        return known(this.#view.getInt16(this.#skip(2)));
      case 0xd2:
        return known(this.#view.getInt32(this.#skip(4)));
      case 0xd3:
        return known(Number(this.#view.getBigInt64(this.#skip(8))));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (lead - 0xd4));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#uint(1 << (lead - 0xc7)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return known(textOf(this.#take(this.#uint(1 << (lead - 0xd9)))));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(lead === 0xdc ? 2 : 4), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(lead === 0xde ? 2 : 4), depth);
      default:
        throw new WireError(`byte 0x${lead.toString(16)} at ${this.at - 1}`);
    }
  }

  /** Terraform's only extensions stand for values that are not known, some with what is known about them. */
  #extension(length: number): Planned {
    this.#skip(1);
    this.#take(length);
    return UNKNOWN;
  }

  #array(length: number, depth: number): Planned {
    this.#enough(length);
    if (length === 2 && this.#atBytes()) {
      this.#take(this.#uint(1 << (this.#uint(1) - 0xc4)));
      return this.value(depth + 1);
    }
    const values: unknown[] = [];
    const marks: unknown[] = [];
    let open = false;
    for (let index = 0; index < length; index += 1) {
      const { value, unknown } = this.value(depth + 1);
      values.push(value === undefined ? null : value);
      marks.push(unknown ?? false);
      open ||= unknown !== undefined;
    }
    return { value: values, unknown: open ? marks : undefined };
  }

  /** Whether bytes follow: only the type of a value of any type is written so. */
  #atBytes(): boolean {
    const lead = this.#bytes[this.at];
    return lead !== undefined && lead >= 0xc4 && lead <= 0xc6;
  }

  #map(length: number, depth: number): Planned {
    this.#enough(length * 2);
    // Without a prototype no key means anything else than itself.
    const values: Record<string, unknown> = Object.create(null);
    const marks: Record<string, unknown> = Object.create(null);
    let open = false;
    for (let index = 0; index < length; index += 1) {
      const key = this.value(depth + 1).value;
      if (typeof key !== 'string') throw new WireError(`a key that is no text at ${this.at}`);
      const { value, unknown } = this.value(depth + 1);
      if (value !== undefined) values[key] = value;
      if (unknown === undefined) continue;
      marks[key] = unknown;
      open = true;
    }
    return { value: values, unknown: open ? marks : undefined };
  }

  /** Every element takes a byte at least, so a length larger than what is left is refused before anything is made. */
  #enough(count: number): void {
    if (count > this.#bytes.length - this.at) throw new WireError(`cut off: ${count} more values at ${this.at}`);
  }

  #uint(size: number): number {
    const at = this.#skip(size);
    return size === 1 ? this.#view.getUint8(at) : size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #take(length: number): Uint8Array {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  #skip(length: number): number {
    const { at } = this;
    if (length > this.#bytes.length - at) throw new WireError(`cut off at ${at}`);
    this.at += length;
    return at;
  }
}
