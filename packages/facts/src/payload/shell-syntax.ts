/** A word's piece. `quoted` decides whether an expansion is split into several words. */
export type Part =
  | { readonly type: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly type: 'variable';
      readonly name: string;
      readonly quoted: boolean;
      /** `-`, `:-`, `=`, `:=`, `?`, `:?`, `+`, `:+`; anything else this engine does not evaluate: `other`. */
      readonly operator: string | undefined;
      readonly word: Word | undefined;
    }
  | { readonly type: 'substitution'; readonly body: List }
  /** Arithmetic, process substitution: never determined. */
  | { readonly type: 'unknown' };

export interface Word {
  readonly parts: readonly Part[];
  readonly line: number;
  /** Its text, where nothing in it is expanded: most words say what they mean. */
  readonly literal?: string;
}

export interface Redirect {
  readonly operator: string;
  readonly target: Word;
  /** Body of a here-document; `expands` is false when its delimiter was quoted. */
  readonly document?: { text: string; readonly expands: boolean };
}

export interface Assignment {
  readonly name: string;
  readonly value: Word | undefined;
  /** `NAME+=…` and arrays: the result is not determined. */
  readonly other: boolean;
}

export type List = readonly Node[];

export type Node =
  | {
      readonly type: 'command';
      readonly assignments: readonly Assignment[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
      readonly line: number;
    }
  | { readonly type: 'test'; readonly words: readonly Word[]; readonly line: number }
  | { readonly type: 'pipeline'; readonly negated: boolean; readonly nodes: List }
  | { readonly type: 'and-or'; readonly first: Node; readonly rest: readonly AndOr[] }
  | {
      readonly type: 'if';
      readonly branches: readonly Branch[];
      readonly otherwise: List | undefined;
      readonly line: number;
    }
  | {
      readonly type: 'while';
      readonly until: boolean;
      readonly condition: List;
      readonly body: List;
      readonly line: number;
    }
  | {
      readonly type: 'for';
      readonly name: string;
      readonly words: readonly Word[] | undefined;
      readonly body: List;
      readonly line: number;
    }
  | { readonly type: 'case'; readonly word: Word; readonly clauses: readonly Clause[]; readonly line: number }
  | { readonly type: 'group'; readonly body: List; readonly subshell: boolean; readonly redirects: readonly Redirect[] }
  | { readonly type: 'function'; readonly name: string; readonly body: List };

export interface AndOr {
  readonly operator: '&&' | '||';
  readonly node: Node;
}

export interface Branch {
  readonly condition: List;
  readonly body: List;
}

export interface Clause {
  readonly patterns: readonly Word[];
  readonly body: List;
}

/** A script this parser does not understand: its commands are unknown, never absent. */
export class ShellSyntaxError extends Error {
  readonly line: number;
  constructor(line: number, expected: string) {
    super(`line ${line}: expected ${expected}`);
    this.name = 'ShellSyntaxError';
    this.line = line;
  }
}

/** Thrown when a script does more than this engine follows; the caller records it as unread. */
export class TooMuch extends Error {}
