import type { Json } from '../json/types.ts';

/**
 * Stands where a plan's `configuration` names only what an expression refers to, not how it is written. It is an object
 * among the JSON of a body, so that bodies from a plan and bodies from files are read by the same code.
 */
export class Unwritten extends Map<string, Json> {
  /** As templates. Of `a.b.id`, `a.b`, which a plan names both, the longer alone says where it leads. */
  readonly templates: readonly string[];

  constructor(references: readonly string[]) {
    super();
    const longest = references.filter(
      (one, position) => !references.slice(0, position).some((other) => other.startsWith(one)),
    );
    this.templates = longest.map((one) => `\${${one}}`);
  }
}
