import type { Kind, Tables } from './types.ts';

/** One change of one object: what stands in the log. No record: it was removed. */
export interface Change {
  readonly kind: Kind;
  readonly id: number;
  readonly record?: unknown;
}

/** What the store has to know of any record. */
interface AnyRecord {
  readonly id: number;
  readonly name?: string | null;
}

/** Kinds whose objects belong to another by one reference. */
type Referring =
  | 'volume'
  | 'primary_ip'
  | 'floating_ip'
  | 'server'
  | 'rrset'
  | 'storage_box_snapshot'
  | 'storage_box_subaccount';

/** References by which objects are looked up, not only by id. */
const INDEXED: Readonly<Partial<Record<Kind, string>> & Record<Referring, string>> = {
  volume: 'server',
  primary_ip: 'server',
  floating_ip: 'server',
  storage_box_snapshot: 'storageBox',
  storage_box_subaccount: 'storageBox',
  server: 'placementGroup',
  rrset: 'zone',
};

const NAMED_IN_OWNER: ReadonlySet<Kind> = new Set(['rrset', 'storage_box_snapshot', 'storage_box_subaccount']);

/**
 * The objects of one project. Records are never changed in place: a request's changes are known until `settle` makes
 * them last, once the log has them, or `rollback` takes them back.
 */
export class Store {
  private readonly tables = new Map<Kind, Map<number, AnyRecord>>();
  private readonly names = new Map<Kind, Map<string, number>>();
  private readonly references = new Map<Kind, Map<unknown, Set<number>>>();
  private readonly before = new Map<string, { kind: Kind; id: number; record: AnyRecord | undefined }>();

  get<K extends Kind>(kind: K, id: number): Tables[K] | undefined {
    return this.table(kind).get(id) as Tables[K] | undefined;
  }

  /** Object of a kind by its name; names are unique in a project. */
  named<K extends Kind>(kind: K, name: string): Tables[K] | undefined {
    const id = this.names.get(kind)?.get(name);
    return id === undefined ? undefined : this.get(kind, id);
  }

  /** Those of a kind that refer to an object: volumes and IPs of a server, servers of a group, record sets of a zone. */
  referringTo<K extends Referring>(kind: K, id: number): readonly Tables[K][] {
    const ids = [...(this.references.get(kind)?.get(id) ?? [])].sort((a, b) => a - b);
    return ids.map((each) => this.get(kind, each)).filter((record) => record !== undefined);
  }

  /** All of a kind, by id. */
  all<K extends Kind>(kind: K): readonly Tables[K][] {
    const list = [...this.table(kind).values()];
    return list.sort((a, b) => a.id - b.id) as unknown as readonly Tables[K][];
  }

  /** Kinds of which there are or were objects. */
  kinds(): readonly Kind[] {
    return [...this.tables.keys()];
  }

  count(kind: Kind): number {
    return this.table(kind).size;
  }

  put<K extends Kind>(kind: K, record: Tables[K]): Tables[K] {
    this.remember(kind, record.id);
    this.write(kind, record.id, record as AnyRecord);
    return record;
  }

  /** Changes fields of an object that is there; an object that is gone stays gone. */
  update<K extends Kind>(kind: K, id: number, fields: Partial<Tables[K]>): Tables[K] | undefined {
    const found = this.get(kind, id);
    return found === undefined ? undefined : this.put(kind, { ...found, ...fields });
  }

  remove(kind: Kind, id: number): void {
    this.remember(kind, id);
    this.write(kind, id, undefined);
  }

  /** Everything changed since the last `settle` or `rollback`. */
  changes(): readonly Change[] {
    return [...this.before.values()].map(({ kind, id }): Change => {
      const record = this.table(kind).get(id);
      return record === undefined ? { kind, id } : { kind, id, record };
    });
  }

  /** What objects that were there before the last `settle` were then, and are now; those made or removed since are left out. */
  altered(): readonly { readonly kind: Kind; readonly id: number; readonly before: object; readonly now: object }[] {
    return [...this.before.values()].flatMap(({ kind, id, record }) => {
      const now = this.table(kind).get(id);
      return record === undefined || now === undefined ? [] : [{ kind, id, before: record, now }];
    });
  }

  /** The changes stand in the log: they can no longer be taken back. */
  settle(): void {
    this.before.clear();
  }

  rollback(): void {
    const kept = [...this.before.values()];
    this.before.clear();
    for (const { kind, id, record } of kept) this.write(kind, id, record);
  }

  /** Does again what the log says was done. */
  replay({ kind, id, record }: Change): void {
    this.write(kind, id, record as AnyRecord | undefined);
  }

  private table(kind: Kind): Map<number, AnyRecord> {
    let table = this.tables.get(kind);
    if (table === undefined) {
      table = new Map();
      this.tables.set(kind, table);
    }
    return table;
  }

  private remember(kind: Kind, id: number): void {
    const key = `${kind}/${id}`;
    if (!this.before.has(key)) this.before.set(key, { kind, id, record: this.table(kind).get(id) });
  }

  private write(kind: Kind, id: number, record: AnyRecord | undefined): void {
    const table = this.table(kind);
    const names = this.names.get(kind) ?? new Map<string, number>();
    this.names.set(kind, names);
    this.index(kind, table.get(id), record);
    const old = table.get(id)?.name;
    if (typeof old === 'string' && names.get(old) === id) names.delete(old);
    if (record === undefined) {
      table.delete(id);
      return;
    }
    table.set(id, record);
    // Names of these are unique in their owner at most: they are found by it.
    if (typeof record.name === 'string' && !NAMED_IN_OWNER.has(kind)) names.set(record.name, id);
  }

  private index(kind: Kind, old: AnyRecord | undefined, record: AnyRecord | undefined): void {
    const field = INDEXED[kind];
    if (field === undefined) return;
    const index = this.references.get(kind) ?? new Map<unknown, Set<number>>();
    this.references.set(kind, index);
    const [from, to] = [old, record].map((each) => (each as Record<string, unknown> | undefined)?.[field] ?? undefined);
    if (old !== undefined && from !== undefined) {
      const ids = index.get(from);
      ids?.delete(old.id);
      if (ids?.size === 0) index.delete(from);
    }
    if (record === undefined || to === undefined) return;
    const ids = index.get(to) ?? new Set<number>();
    index.set(to, ids.add(record.id));
  }
}
