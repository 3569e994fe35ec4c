import { maximumDepth } from './types.ts';

const quote = 0x22;
const backslash = 0x5c;

/** A value among the bytes of a document. */
export interface Scanned {
  /** The byte after its last. */
  readonly end: number;
  /** How many keys are written in it, at any depth, where it is valid JSON: the colons outside strings. */
  readonly keys: number;
}

/** Why no value could be found, and where. */
export class ScanError extends Error {
  readonly offset: number;

  constructor(offset: number, fault: string) {
    super(fault);
    this.offset = offset;
  }
}

/** What a scan tells as it passes: `open` at each colon, `close` at what ends the member it stands in. */
export interface Watcher {
  /** Depth below the value, its own brackets counted; the key lies between these bytes, quotes included. */
  open(depth: number, keyStart: number, keyEnd: number): void;
  close(depth: number, at: number): void;
}

/**
 * Goes once over the object or list that starts here. Brackets are counted, not followed, so depth costs nothing; what stands between
 * them is for JSON.parse to judge.
 * @throws ScanError where it does not end, or lies too deep
 */
export function scan(bytes: Uint8Array, start: number, watcher?: Watcher): Scanned {
  let depth = 0;
  let keys = 0;
  let keyStart = start;
  let keyEnd = start;
  for (let at = start; at < bytes.length; at++) {
    switch (bytes[at]) {
      case quote:
        keyStart = at;
        at = stringEnd(bytes, at) - 1;
        keyEnd = at + 1;
        break;
      case 0x3a:
        keys++;
        if (watcher !== undefined && depth <= 2) watcher.open(depth, keyStart, keyEnd);
        break;
      case 0x2c:
        if (watcher !== undefined && depth <= 2) watcher.close(depth, at);
        break;
      case 0x7b:
      case 0x5b:
        depth++;
        if (depth > maximumDepth) throw new ScanError(at + 1, `nested deeper than ${maximumDepth} levels`);
        break;
      case 0x7d:
      case 0x5d:
        if (watcher !== undefined && depth <= 2) watcher.close(depth, at);
        depth--;
        if (depth === 0) return { end: at + 1, keys };
        break;
      default:
    }
  }
  throw new ScanError(start, 'the document ends inside a value that starts here');
}

/** The byte after the closing quote of the string that starts here. @throws ScanError where it is not closed */
export function stringEnd(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    if (byte === backslash) at++;
  }
  throw new ScanError(start, 'a string is not closed');
}
