import { validatorAt } from './compile.ts';
import { type OperationSchemas, type Schema, specDocument } from './document.ts';
import { type FieldError, fieldErrors } from './messages.ts';
import { pathValues, queryValues, type TypedValues } from './text-values.ts';

export type { FieldError } from './messages.ts';
export type { TypedValues } from './text-values.ts';

export interface RequestParts {
  /** What the router found in the path, still text. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined when nothing was sent. */
  readonly body?: unknown;
}

/** A request that fits, with path and query values in their types; or the fields that do not. */
export type RequestCheck =
  | { readonly ok: true; readonly params: TypedValues; readonly query: TypedValues }
  | { readonly ok: false; readonly fields: FieldError[] };

/** An operation of the API. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  /** Below `/v1`, with parameters in braces: `/servers/{id}`. */
  readonly path: string;
  /** `cloud` is api.hetzner.cloud, `hetzner` is api.hetzner.com, where storage boxes live. */
  readonly endpoint: 'cloud' | 'hetzner';
  /**
   * Compares a request with the description. Never throws. A field of the body that the description does not name is a
   * mistake, as at Hetzner (README.md beside zz_operations.json has the source); an unknown query parameter is ignored. A
   * body where the description has none is ignored too: clients send `{}` with actions.
   */
  validateRequest(parts: RequestParts): RequestCheck;
}

/** Bodies with more values than this are told their first mistake only: listing each would cost more than the request. */
const valuesToExplain = 2000;

const entries = specDocument.operations.map((schemas, index) => ({ schemas, pointer: `/operations/${index}` }));
const byId = new Map(entries.map((entry) => [entry.schemas.operationId, entry]));

/** Every operation of the description, sorted by path and method. */
export const operations: readonly Operation[] = entries.map(({ schemas, pointer }) => ({
  operationId: schemas.operationId,
  method: schemas.method,
  path: schemas.path,
  endpoint: schemas.endpoint === 'hetzner' ? 'hetzner' : 'cloud',
  validateRequest: (parts) => checkRequest(parts, schemas, pointer),
}));

function checkRequest({ params, query, body }: RequestParts, schemas: OperationSchemas, pointer: string): RequestCheck {
  const typedParams = pathValues(params, schemas.params);
  const typedQuery = queryValues(query, schemas.query);
  const fields = [
    ...mistakes(schemas.params, `${pointer}/params`, typedParams, 'path'),
    ...mistakes(schemas.query, `${pointer}/query`, typedQuery, 'query'),
    ...(schemas.body === undefined
      ? []
      : mistakes(schemas.body, `${pointer}/body`, body === undefined ? {} : body, 'body')),
  ];
  return fields.length === 0 ? { ok: true, params: typedParams, query: typedQuery } : { ok: false, fields };
}

function mistakes(schema: Schema, pointer: string, value: unknown, whole: string): FieldError[] {
  const validate = validatorAt(schema, pointer, 'request');
  if (validate(value)) return [];
  if (!smallerThan(valuesToExplain, value)) return fieldErrors(validate.errors ?? [], whole);
  const explain = validatorAt(schema, pointer, 'everyMistake');
  explain(value);
  return fieldErrors(explain.errors ?? [], whole);
}

/** Whether a JSON value holds fewer values than the limit, looking at no more than that. */
function smallerThan(limit: number, value: unknown): boolean {
  const open = [value];
  for (let seen = 0; open.length > 0; seen++) {
    if (seen + open.length > limit) return false;
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    const members = Object.values(next);
    if (members.length > limit) return false;
    open.push(...members);
  }
  return true;
}

/**
 * Whether an answer is what the description says; for tests. A status that is not listed is looked up as `4xx` or `5xx`.
 * Fields the description does not name are allowed: an API may answer more than its clients know.
 *
 * @param body parsed JSON, or undefined when nothing is sent
 * @throws Error for an operation the description does not have
 */
export function validateResponse(
  operationId: string,
  status: number,
  body: unknown,
): { readonly ok: true } | { readonly ok: false; readonly fields: FieldError[] } {
  const entry = byId.get(operationId);
  if (entry === undefined) throw new Error(`no operation ${operationId} in the description`);
  const { responses } = entry.schemas;
  const key = [String(status), `${Math.floor(status / 100)}xx`].find((candidate) =>
    Object.hasOwn(responses, candidate),
  );
  if (key === undefined) return refused(`status ${status} is not among ${Object.keys(responses).join(', ')}`);
  const schema = responses[key] ?? null;
  if (schema === null) return body === undefined ? { ok: true } : refused('a body where none is described');
  const validate = validatorAt(schema, `${entry.pointer}/responses/${key}`, 'response');
  return validate(body) ? { ok: true } : { ok: false, fields: fieldErrors(validate.errors ?? [], 'body') };
}

function refused(message: string): { readonly ok: false; readonly fields: FieldError[] } {
  return { ok: false, fields: [{ name: 'response', messages: [message] }] };
}
