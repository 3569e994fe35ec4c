type Json = Record<string, unknown>;

/** Keywords of the OpenAPI 3.0 schema object that say something about values. */
const constraints = new Set([
  'type',
  'format',
  'enum',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
]);
/** Keywords that are prose, or say something to people only. */
const prose = new Set(['description', 'title', 'example', 'examples', 'deprecated']);
const methods = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** The description holds something the reduction does not know and would lose. */
export class ReductionError extends Error {}

/**
 * An OpenAPI 3.0 description reduced to names, types and constraints, as JSON Schema: no descriptions, titles or examples.
 * Schemas are shared by name (`#/schemas/<name>`); operations are sorted by path and method, keys by name.
 *
 * @throws ReductionError at a keyword, parameter style or media type it does not know
 */
export function reduceDescription(description: unknown, about: Json): Json {
  const { components, paths } = object(description, 'description');
  const schemas = object(object(components, 'components').schemas, 'components.schemas');
  const operations = Object.entries(object(paths, 'paths')).flatMap(([path, item]) => pathOperations(path, item));
  const used = usedSchemas(operations, schemas);
  return {
    about,
    schemas: Object.fromEntries([...used].sort(([a], [b]) => compare(a, b))),
    operations: operations.sort((a, b) => compare(`${a.path} ${a.method}`, `${b.path} ${b.method}`)),
  };
}

/** One schema or operation per line: small, and a change shows as the line it is in. */
export function printReduction(reduction: Json): string {
  const lines = (values: readonly string[]) => values.join(',\n');
  const schemas = Object.entries(object(reduction.schemas, 'schemas'));
  const operations = reduction.operations as readonly unknown[];
  return [
    `{"about":${JSON.stringify(reduction.about)},`,
    '"schemas":{',
    lines(schemas.map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`)),
    '},',
    '"operations":[',
    lines(operations.map((operation) => JSON.stringify(operation))),
    ']}',
    '',
  ].join('\n');
}

function pathOperations(path: string, item: unknown): Json[] {
  const { servers, ...rest } = object(item, path);
  const url = String(object((servers as readonly unknown[])[0], `${path} servers`).url);
  const endpoint = url === 'https://api.hetzner.com/v1' ? 'hetzner' : 'cloud';
  return Object.entries(rest).map(([method, operation]) => {
    if (!methods.has(method)) throw new ReductionError(`${path}: unknown key ${method}`);
    return reduceOperation(object(operation, `${method} ${path}`), { path, method, endpoint });
  });
}

function reduceOperation(operation: Json, where: { path: string; method: string; endpoint: string }): Json {
  const at = `${where.method} ${where.path}`;
  const parameters = (operation.parameters ?? []) as readonly unknown[];
  const body = operation.requestBody === undefined ? {} : { body: content(operation.requestBody, at) };
  const responses = Object.entries(object(operation.responses, `${at} responses`))
    .sort(([a], [b]) => compare(a, b))
    .map(([status, response]) => [status, content(response, `${at} ${status}`)]);
  return {
    operationId: operation.operationId,
    method: where.method.toUpperCase(),
    path: where.path,
    endpoint: where.endpoint,
    params: parameterSchema(parameters, 'path', at),
    query: parameterSchema(parameters, 'query', at),
    ...body,
    responses: Object.fromEntries(responses),
  };
}

function parameterSchema(parameters: readonly unknown[], place: string, at: string): Json {
  const chosen = parameters.map((parameter) => object(parameter, `${at} parameter`));
  for (const { in: found, style, explode } of chosen) {
    const known = (found === 'path' || found === 'query') && style === undefined && explode === undefined;
    if (!known) throw new ReductionError(`${at}: a parameter in ${String(found)} with a style of its own`);
  }
  const here = chosen.filter((parameter) => parameter.in === place);
  const required = here.filter((parameter) => parameter.required === true).map(({ name }) => String(name));
  const properties = here
    .map(({ name, schema }): [string, Json] => [String(name), reduceSchema(schema, `${at} ${String(name)}`)])
    .sort(([a], [b]) => compare(a, b));
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required: required.sort(compare) }),
    properties: Object.fromEntries(properties),
  };
}

/** The schema of a JSON body, or null where there is none. */
function content(owner: unknown, at: string): Json | null {
  const media = object(owner, at).content;
  if (media === undefined) return null;
  const [[type, value] = [], ...others] = Object.entries(object(media, `${at} content`));
  if (type !== 'application/json' || others.length > 0) throw new ReductionError(`${at}: a body that is not JSON`);
  return reduceSchema(object(value, at).schema, at);
}

function reduceSchema(schema: unknown, at: string): Json {
  const source = object(schema, at);
  if (typeof source.$ref === 'string') return { $ref: source.$ref.replace('#/components/schemas/', '#/schemas/') };
  const reduced: Json = {};
  for (const key of Object.keys(source).sort(compare)) {
    const value = source[key];
    if (prose.has(key) || key === 'nullable' || key === 'allOf') continue;
    if (constraints.has(key)) reduced[key] = value;
    else if (key === 'required') reduced.required = [...(value as readonly string[])].sort(compare);
    else if (key === 'properties') reduced.properties = mapSchemas(object(value, at), at);
    else if (key === 'items') reduced.items = reduceSchema(value, `${at}[]`);
    else if (key === 'additionalProperties')
      reduced[key] = typeof value === 'boolean' ? value : reduceSchema(value, `${at}.*`);
    else if (key === 'oneOf' || key === 'anyOf')
      reduced[key] = (value as readonly unknown[]).map((member) => reduceSchema(member, at));
    else throw new ReductionError(`${at}: unknown keyword ${key}`);
  }
  return withNull(withAllOf(source, reduced, at), source.nullable === true);
}

/** `allOf` stands here only around a reference, since OpenAPI 3.0 lets nothing stand beside `$ref`. */
function withAllOf(source: Json, reduced: Json, at: string): Json {
  if (source.allOf === undefined) return reduced;
  const [member, ...others] = source.allOf as readonly unknown[];
  if (others.length > 0 || Object.keys(reduced).length > 0) throw new ReductionError(`${at}: allOf of several`);
  return reduceSchema(member, at);
}

/** OpenAPI's `nullable` in the words of JSON Schema. */
function withNull(schema: Json, nullable: boolean): Json {
  if (!nullable) return schema;
  if (typeof schema.type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {};
  return { ...schema, ...values, type: [schema.type, 'null'] };
}

function mapSchemas(schemas: Json, at: string): Json {
  const names = Object.keys(schemas).sort(compare);
  return Object.fromEntries(names.map((name) => [name, reduceSchema(schemas[name], `${at}.${name}`)]));
}

/** The schemas that operations reach, reduced. */
function usedSchemas(operations: readonly Json[], schemas: Json): Map<string, Json> {
  const used = new Map<string, Json>();
  const texts = operations.map((operation) => JSON.stringify(operation));
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      const reduced = reduceSchema(schemas[name], name);
      used.set(name, reduced);
      texts.push(JSON.stringify(reduced));
    }
  }
  return used;
}

function object(value: unknown, at: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new ReductionError(`${at}: expected an object`);
}

/** By code unit: the same order on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
