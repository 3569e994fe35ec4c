import { createHash } from 'node:crypto';
import { type Fault, parseFault } from './fault.ts';

/** An operation that may meet a fault. */
interface Struck {
  readonly operationId: string;
  readonly method: string;
  /** As the description has it, with parameters in braces. */
  readonly path: string;
}

/** A fault that was asked for, with what became of it. */
export interface Standing {
  readonly id: number;
  readonly fault: Fault;
  /** Requests it was meant for, and how many of them it struck. */
  readonly met: number;
  readonly struck: number;
}

interface Entry {
  readonly id: number;
  readonly fault: Fault;
  readonly matches: (text: string) => boolean;
  met: number;
  struck: number;
}

/**
 * The faults that stand, in the order in which they were asked for. They belong to one run of a sandbox: no log holds them.
 * The same faults, seed and requests strike the same requests.
 */
export class Faults {
  private readonly seed: string;
  private readonly operations: readonly Struck[];
  private entries: readonly Entry[] = [];
  private lastId = 0;

  /**
   * @param seed of what is left to chance
   * @param operations all there are: a fault that can meet none of them is refused
   */
  constructor(seed: string, operations: readonly Struck[]) {
    this.seed = seed;
    this.operations = operations;
  }

  /**
   * Adds a fault. @returns it with its id.
   * @throws Error as `parseFault`, and when no operation is meant or there is no such project
   */
  add(text: string, projects: readonly string[]): Standing {
    const fault = parseFault(text);
    const matches = glob(fault.on);
    if (!this.operations.some((each) => namesOf(each).some(matches)))
      throw new Error(`fault '${text}': no operation is called '${fault.on}'; docs/sandbox.md lists them`);
    if (fault.project !== undefined && !projects.includes(fault.project))
      throw new Error(`fault '${text}': there is no project ${fault.project}, only ${projects.join(', ')}`);
    this.lastId += 1;
    const entry: Entry = { id: this.lastId, fault, matches, met: 0, struck: 0 };
    this.entries = [...this.entries, entry];
    return standing(entry);
  }

  list(): readonly Standing[] {
    return this.entries.map(standing);
  }

  /** Removes one, or all. @returns how many there were */
  clear(id?: number): number {
    const left = id === undefined ? [] : this.entries.filter((entry) => entry.id !== id);
    const gone = this.entries.length - left.length;
    this.entries = left;
    return gone;
  }

  /** The faults that strike a request; each is counted. One that refuses it keeps those after it from being asked. */
  strike(project: string, operation: Struck): readonly Standing[] {
    if (this.entries.length === 0) return [];
    const found: Standing[] = [];
    for (const entry of this.entries) {
      const { fault } = entry;
      if (fault.project !== undefined && fault.project !== project) continue;
      if (!namesOf(operation).some(entry.matches)) continue;
      entry.met += 1;
      if (entry.met <= fault.after || entry.struck >= fault.times || !this.chance(entry)) continue;
      entry.struck += 1;
      found.push(standing(entry));
      if (fault.effect.kind === 'error' || fault.effect.kind === 'drop') break;
    }
    return found;
  }

  /** Each fault has dice of its own, so that one more fault changes nothing for the others. */
  private chance({ id, met, fault: { probability } }: Entry): boolean {
    if (probability >= 1) return true;
    const digest = createHash('sha256').update(`${this.seed}\0${id}\0${met}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32 < probability;
  }
}

const standing = ({ id, fault, met, struck }: Entry): Standing => ({ id, fault, met, struck });

const namesOf = ({ operationId, method, path }: Struck): readonly string[] => [
  operationId,
  `${method.toUpperCase()} ${path}`,
];

/** A pattern in which `*` stands for any text; the rest is compared as it is. */
function glob(pattern: string): (text: string) => boolean {
  const pieces = pattern.split('*');
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (pieces.length === 1) return (text) => text === pattern;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    const end = text.length - last.length;
    for (const piece of pieces.slice(1, -1)) {
      const at = text.indexOf(piece, from);
      if (at === -1 || at + piece.length > end) return false;
      from = at + piece.length;
    }
    return true;
  };
}
