import type { Scalar } from '../value.ts';

/** Terraform's expression language, as far as it occurs inside `"${…}"`. `text` is the expression as written. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Scalar; readonly text: string }
  | { readonly kind: 'template'; readonly template: Template; readonly text: string }
  | { readonly kind: 'name'; readonly name: string; readonly text: string }
  | { readonly kind: 'traversal'; readonly from: Expression; readonly steps: readonly Step[]; readonly text: string }
  | Call
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
      readonly text: string;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly text: string;
    }
  | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Expression; readonly text: string }
  | {
      readonly kind: 'tuple';
      readonly items: readonly Expression[];
      /** Where each item starts, in characters from the start of the text. */
      readonly starts: readonly number[];
      readonly text: string;
    }
  | { readonly kind: 'object'; readonly entries: readonly ObjectEntry[]; readonly text: string }
  | For;

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%';

export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
  /** The last argument is followed by `...`. */
  readonly expanded: boolean;
  readonly text: string;
}

export interface ObjectEntry {
  readonly key: Expression;
  readonly value: Expression;
  /** Where the value starts, in characters from the start of the text. */
  readonly at: number;
}

export interface For {
  readonly kind: 'for';
  readonly keyName: string | undefined;
  readonly valueName: string;
  readonly collection: Expression;
  /** Set for `{for …}`. */
  readonly key: Expression | undefined;
  readonly value: Expression;
  readonly grouped: boolean;
  readonly condition: Expression | undefined;
  readonly text: string;
}

/** `full` is `[*]`, which takes every following step along; `.*` takes attributes only. */
export type Step =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'index'; readonly key: Expression }
  | { readonly kind: 'splat'; readonly full: boolean };

export type Template = readonly TemplatePart[];

export type TemplatePart =
  | string
  | { readonly kind: 'interpolation'; readonly expression: Expression }
  | { readonly kind: 'if'; readonly condition: Expression; readonly whenTrue: Template; readonly whenFalse: Template }
  | {
      readonly kind: 'for';
      readonly keyName: string | undefined;
      readonly valueName: string;
      readonly collection: Expression;
      readonly body: Template;
    };

/** Thrown by the parser and by nothing else; `offset` counts characters from the start of the text. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} at character ${offset + 1}`);
    this.offset = offset;
  }
}
