import document from '../../spec/zz_operations.json';

/** JSON Schema as it stands in the file: only the keywords that scripts/sandbox-spec.ts writes. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

export interface OperationSchemas {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly endpoint: string;
  readonly params: Schema;
  readonly query: Schema;
  readonly body?: Schema;
  /** By status, also `4xx` and `5xx`; null where nothing is sent. */
  readonly responses: Readonly<Record<string, Schema | null>>;
}

export interface SpecDocument {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly operations: readonly OperationSchemas[];
}

// The type TypeScript finds in the file differs for every operation; the freshness test holds the file to this one.
export const specDocument = document as unknown as SpecDocument;
