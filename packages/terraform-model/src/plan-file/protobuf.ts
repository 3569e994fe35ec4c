/** The bytes are no message of protocol buffers; the message says where. */
export class WireError extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * One message in the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/), by field number: varints as numbers,
 * texts, bytes and inner messages as bytes. What no field number is asked for is skipped, as later versions of a program write more.
 */
export class Message {
  readonly #numbers = new Map<number, number>();
  readonly #bytes = new Map<number, Uint8Array[]>();

  /** @throws WireError */
  constructor(bytes: Uint8Array) {
    const end = bytes.length;
    let at = 0;
    const varint = (): number => {
      let value = 0;
      for (let shift = 0; shift < 70; shift += 7) {
        const byte = bytes[at];
        if (byte === undefined) throw new WireError(`a number that is cut off at byte ${at}`);
        at += 1;
        // Larger than 2^53 is no length and no number that is read here.
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
      throw new WireError(`a number longer than ten bytes at byte ${at}`);
    };
    while (at < end) {
      const tag = varint();
      const field = Math.floor(tag / 8);
      if (field < 1 || field > 536_870_911) throw new WireError(`field number ${field} at byte ${at}`);
      switch (tag % 8) {
        case 0:
          this.#numbers.set(field, varint());
          break;
        case 1:
          at += 8;
          break;
        case 2: {
          const length = varint();
          if (length > end - at) throw new WireError(`field ${field} is cut off at byte ${at}`);
          const same = this.#bytes.get(field);
          const part = bytes.subarray(at, at + length);
          if (same === undefined) this.#bytes.set(field, [part]);
          else same.push(part);
          at += length;
          break;
        }
        case 5:
          at += 4;
          break;
        default:
          throw new WireError(`wire type ${tag % 8} at byte ${at}`);
      }
      if (at > end) throw new WireError(`field ${field} is cut off`);
    }
  }

  /** A number, or an enumeration; 0 where it is not written, as proto3 has it. */
  number(field: number): number {
    return this.#numbers.get(field) ?? 0;
  }

  has(field: number): boolean {
    return this.#numbers.has(field) || this.#bytes.has(field);
  }

  /** @throws WireError when it is not UTF-8 */
  text(field: number): string {
    const bytes = this.bytes(field);
    return bytes === undefined ? '' : textOf(bytes);
  }

  bytes(field: number): Uint8Array | undefined {
    return this.#bytes.get(field)?.at(-1);
  }

  all(field: number): readonly Uint8Array[] {
    return this.#bytes.get(field) ?? [];
  }

  message(field: number): Message | undefined {
    const bytes = this.bytes(field);
    return bytes === undefined ? undefined : new Message(bytes);
  }
}

/** @throws WireError when bytes are not UTF-8 */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new WireError('a text that is not UTF-8');
  }
}
