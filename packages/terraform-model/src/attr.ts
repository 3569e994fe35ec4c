import type { Path, Reference, Value } from './value.ts';

/** A value together with where it stands: what rules and facts read. */
export interface Attr {
  /** Qualified: `logs/hcloud_server.host.public_net[0].ipv4_enabled`. */
  readonly at: string;
  /** Id of the element that owns it, and the path below it. */
  readonly owner: string;
  readonly path: Path;
  readonly value: Value;
  readonly references: readonly Reference[];
  /** One step or more further down; absent entries of a complete map or list are `unset`, of an unknown one unknown. */
  attr(...path: Path): Attr;
  /** Items of a list or repeated block (a single map counts as one item); empty unless `value` is a list or map. */
  items(): readonly Attr[];
  /** The known string, number or boolean, else undefined. Rules use `holds`; this is for messages. */
  readonly text: string | undefined;
}
