import fc from 'fast-check';
import { type OperationSchemas, type Schema, specDocument } from '../../../packages/sandbox/src/spec/document.ts';

/** A request of an operation, before it is made: names of its path stand in `params`. */
export interface Drawn {
  readonly operation: OperationSchemas;
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly body: unknown;
}

/** What bites: wrong types, edges of numbers and texts, names of objects' own machinery. */
const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 53,
    '',
    ' ',
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    [],
    {},
  ),
  fc.constantFrom<unknown>(
    '../../etc/passwd',
    '%2e%2e',
    '<script>',
    '${jndi:x}',
    '0.0.0.0/0',
    '999.1.1.1',
    'a'.repeat(300),
  ),
  fc.string({ maxLength: 20 }),
  fc.integer(),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
);

/** Words that requests really hold, by the name of the field: without them nearly all would be refused at the first check. */
const WORDS: Readonly<Record<string, readonly unknown[]>> = {
  name: ['web', 'data', 'private', 'lukko.example', 'www', '@', 'a', 'b', 'c'],
  location: ['hel1', 'fsn1', 'nbg1', 'ash', 'nowhere'],
  home_location: ['hel1', 'fsn1'],
  network_zone: ['eu-central', 'us-east'],
  ip_range: ['10.0.0.0/16', '10.0.1.0/24', '10.0.2.0/24', '10.0.0.0/8', '192.168.0.0/24'],
  destination: ['10.100.0.0/24', '0.0.0.0/0'],
  gateway: ['10.0.1.1', '10.0.1.7'],
  ip: ['10.0.1.5', '10.0.1.6', '192.0.2.1'],
  image: ['debian-13', 'ubuntu-24.04', 1],
  server_type: ['cx23', 'cx33', 'cax11'],
  load_balancer_type: ['lb11', 'lb21'],
  storage_box_type: ['bx11', 'bx21'],
  iso: ['virtio-win-0.1.271.iso'],
  password: ['Correct-Horse-7-Battery'],
  public_key: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDr3gkkuOVEnFTx+FTtqIM8ZNgmZ+IoV0m5J4mPvYhkz a'],
  value: ['192.0.2.1', '"text"', 'lukko.example.', '10 mail'],
  port: ['22', '80-90', 'any', 80, 443],
  selector: ['role=web', 'a in (b,c)', '('],
  size: [10, 20, 10240],
  ttl: [60, 3600],
  domain_names: [['lukko.example']],
  dns_ptr: ['www.lukko.example', null],
  zonefile: ['$ORIGIN lukko.example.\n$TTL 3600\n@ IN A 192.0.2.1\n', 'nonsense'],
  sort: ['id', 'name:desc', ':'],
  page: [1, 2],
  per_page: [1, 50],
};

/**
 * Draws requests of one operation as its description has them, and as it does not: now and then a value is junk, a required
 * field is missing, or there is one too many.
 * @param ids of objects that are there when the request is made
 */
export function requestOf(operation: OperationSchemas, ids: () => readonly number[]): fc.Arbitrary<Drawn> {
  const id = fc.nat({ max: 999 }).map((number) => ids()[number % Math.max(1, ids().length)] ?? 1);
  const params = fc.record(
    Object.fromEntries(
      Object.keys(operation.params.properties ?? {}).map((name) => [
        name,
        fc.oneof(
          { arbitrary: id.map(String), weight: 8 },
          { arbitrary: fc.constantFrom('A', 'TXT', '@', 'www', 'lukko.example', 'web'), weight: 4 },
          fc.constantFrom(
            '0',
            '-1',
            '1e3',
            '..',
            '%00',
            '%zz',
            '99999999999999999999',
            'a'.repeat(400),
            '__proto__',
            '',
          ),
        ),
      ]),
    ),
  );
  const query = fc
    .record(
      Object.fromEntries(
        Object.entries(operation.query.properties ?? {}).map(([name, schema]) => [name, drawnFor(schema, name, id, 0)]),
      ),
      { requiredKeys: [] },
    )
    .map(queryText);
  const body = operation.body === undefined ? fc.constantFrom(undefined, {}) : drawnFor(operation.body, '', id, 0);
  return fc.record({
    operation: fc.constant(operation),
    params,
    query,
    body: fc.oneof({ arbitrary: body, weight: 20 }, junk),
  }) as fc.Arbitrary<Drawn>;
}

function queryText(values: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    for (const each of Array.isArray(value) ? value : [value])
      query.append(name, typeof each === 'object' ? JSON.stringify(each) : String(each));
  return query.toString();
}

/** The description refers to itself nowhere deeper than this. */
const DEEPEST = 8;

function drawnFor(given: Schema, name: string, id: fc.Arbitrary<number>, depth: number): fc.Arbitrary<unknown> {
  const schema = resolved(given) as Schema & {
    readonly enum?: readonly unknown[];
    readonly required?: readonly string[];
  };
  if (depth > DEEPEST) return fc.constant(null);
  const right = rightValue(schema, name, id, depth);
  return fc.oneof({ arbitrary: right, weight: 30 }, junk);
}

function rightValue(
  schema: Schema & { readonly enum?: readonly unknown[]; readonly required?: readonly string[] },
  name: string,
  id: fc.Arbitrary<number>,
  depth: number,
): fc.Arbitrary<unknown> {
  const words = WORDS[name];
  const types = [schema.type ?? 'any'].flat();
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((each) => drawnFor(each, name, id, depth + 1)));
  if (words !== undefined && !types.includes('object') && !types.includes('array'))
    return fc.constantFrom<unknown>(...words);
  if (types.includes('object')) return objectOf(schema, name, id, depth);
  if (types.includes('array')) return fc.array(drawnFor(schema.items ?? {}, name, id, depth + 1), { maxLength: 3 });
  if (types.includes('boolean')) return fc.boolean();
  if (types.includes('integer') || types.includes('number')) return fc.oneof({ arbitrary: id, weight: 3 }, fc.nat(100));
  return fc.oneof(fc.constantFrom('web', 'hel1', '10.0.1.9', '192.0.2.9'), fc.string({ maxLength: 12 }));
}

function objectOf(
  schema: Schema & { readonly required?: readonly string[] },
  name: string,
  id: fc.Arbitrary<number>,
  depth: number,
): fc.Arbitrary<unknown> {
  if (name === 'labels')
    return fc.dictionary(fc.constantFrom('role', 'team', 'a/b', '-'), fc.constantFrom('web', 'ops', ''), {
      maxKeys: 2,
    });
  const members = Object.entries(schema.properties ?? {}).map(
    ([key, member]) => [key, drawnFor(member, key, id, depth + 1)] as const,
  );
  const object = fc.record(Object.fromEntries(members), { requiredKeys: [...(schema.required ?? [])] });
  return fc.oneof(
    { arbitrary: object, weight: 20 },
    object.map((value) => ({ ...value, unknown_field: 1 })),
    object.map((value) => Object.fromEntries(Object.entries(value as object).slice(1))),
  );
}

function resolved(schema: Schema): Schema {
  let found = schema;
  for (let steps = 0; found.$ref !== undefined && steps < DEEPEST; steps += 1)
    found = specDocument.schemas[found.$ref.replace('#/schemas/', '')] ?? {};
  return found;
}
