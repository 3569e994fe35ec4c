import type { Json } from '../json/types.ts';

/**
 * Stands where a plan's `configuration` names only what an expression refers to, not how it is written. It is an object
 * among the JSON of a body, so that bodies from a plan and bodies from files are read by the same code.
 */
export class Unwritten extends Map<string, Json> {
  readonly references: readonly string[];

  constructor(references: readonly string[]) {
    super();
    this.references = references;
  }
}
