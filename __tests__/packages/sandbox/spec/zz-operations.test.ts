import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatches, PatchError } from '../../../../packages/sandbox/spec/apply.ts';
import { type Patch, patches } from '../../../../packages/sandbox/spec/patches.ts';
import { ReductionError, reduceDescription } from '../../../../packages/sandbox/spec/reduce.ts';
import { specDocument } from '../../../../packages/sandbox/src/spec/document.ts';
import { operationsText } from '../../../../scripts/sandbox-spec.ts';

const root = join(__dirname, '../../../..');
const description = join(root, '../shared/hcloud-openapi.json');
const committed = readFileSync(join(root, 'packages/sandbox/spec/zz_operations.json'), 'utf8');

describe('zz_operations.json', () => {
  // Where the description is not at hand the name of the test says so, and the committed file is still read as a whole.
  const atHand = existsSync(description);

  test(atHand ? 'is what the description and the patches reduce to' : `NOT COMPARED: ${description} is missing`, () => {
    if (!atHand) {
      process.stderr.write(`\nzz_operations.json was NOT compared with its source: ${description} is missing\n`);
      expect(specDocument.operations).toHaveLength(222);
      return;
    }
    expect(operationsText(readFileSync(description, 'utf8')) === committed).toBe(true);
  });

  test('holds no prose', () => {
    const keywords = new Set<string>();
    const open: unknown[] = [specDocument];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (typeof value !== 'object' || value === null) continue;
      for (const [key, member] of Object.entries(value)) {
        // Below `properties` keys are names of fields, and `description` is one of them.
        if (key === 'properties') open.push(...Object.values(member as object));
        else {
          keywords.add(key);
          open.push(member);
        }
      }
    }
    for (const word of ['description', 'title', 'example', 'examples', 'summary', 'tags'])
      expect(keywords).not.toContain(word);
  });

  test('names its operations once, sorted by path and method', () => {
    const places = specDocument.operations.map(({ path, method }) => `${path} ${method.toLowerCase()}`);
    expect(places).toEqual([...new Set(places)].sort());
    expect(new Set(specDocument.operations.map(({ operationId }) => operationId)).size).toBe(places.length);
  });
});

describe('a patch', () => {
  const source = { list: ['a', 'b'], 'with/slash': { kept: 1 } };
  const patch = (at: string, change: Patch['change']): Patch[] => [{ at: [at], change, reason: 'r', source: 's' }];

  test('is applied to a copy', () => {
    expect(applyPatches(source, patch('/with~1slash/kept', { op: 'remove' }))).toEqual({
      list: ['a', 'b'],
      'with/slash': {},
    });
    expect(applyPatches(source, patch('/list', { op: 'without', value: 'a' }))).toMatchObject({ list: ['b'] });
    expect(applyPatches(source, patch('/list', { op: 'with', value: 'c' }))).toMatchObject({ list: ['a', 'b', 'c'] });
    expect(source).toEqual({ list: ['a', 'b'], 'with/slash': { kept: 1 } });
  });

  test.each<[string, Patch['change']]>([
    ['/missing', { op: 'remove' }],
    ['/missing', { op: 'replace', value: 1 }],
    ['/list', { op: 'add', value: 1 }],
    ['/list', { op: 'without', value: 'z' }],
    ['/list', { op: 'with', value: 'a' }],
    ['/nowhere/deep', { op: 'add', value: 1 }],
    ['', { op: 'remove' }],
    ['/__proto__/polluted', { op: 'add', value: 1 }],
  ])('that no longer fits is refused: %s %j', (at, change) => {
    expect(() => applyPatches(source, patch(at, change))).toThrow(PatchError);
  });

  test('has a reason and a source', () => {
    for (const { reason, source: from, at } of patches) {
      expect(reason.length).toBeGreaterThan(20);
      expect(from).toMatch(/^https:|hetznercloud\/|the expressions/);
      expect(at.length).toBeGreaterThan(0);
    }
  });

  test('that does not fit says what to do', () => {
    expect(() => applyPatches({}, patch('/a/b', { op: 'remove' }))).toThrowErrorMatchingInlineSnapshot(`
      "/a/b: cannot remove (r): nothing is there
      Correct or drop this patch in packages/sandbox/spec/patches.ts."
    `);
  });
});

describe('the reduction', () => {
  const describe1 = (schema: unknown) => ({
    components: { schemas: {} },
    paths: {
      '/x': {
        servers: [{ url: 'https://api.hetzner.com/v1' }],
        post: {
          operationId: 'make_x',
          requestBody: { content: { 'application/json': { schema } } },
          responses: { '204': { description: 'done' } },
        },
      },
    },
  });
  const bodyOf = (schema: unknown) =>
    (reduceDescription(describe1(schema), {}).operations as { body: unknown }[])[0]?.body;

  test.each([
    [
      { type: 'string', nullable: true, enum: ['a'] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [{ allOf: [{ type: 'object' }], nullable: true }, { type: ['object', 'null'] }],
    [{ allOf: [{ type: 'object' }], description: 'd', deprecated: true }, { type: 'object' }],
    [
      {
        type: 'object',
        properties: { description: { type: 'string', description: 'd' } },
      },
      { type: 'object', properties: { description: { type: 'string' } } },
    ],
  ])('%j becomes %j', (schema, expected) => {
    expect(bodyOf(schema)).toEqual(expected);
  });

  test('stops at a keyword it would lose', () => {
    expect(() => bodyOf({ type: 'string', multipleOf: 2 })).toThrow(ReductionError);
    expect(() => bodyOf({ allOf: [{}, {}] })).toThrow(ReductionError);
  });

  test('tells the endpoints apart and keeps an answer without a body', () => {
    expect((reduceDescription(describe1({}), {}).operations as unknown[])[0]).toMatchObject({
      endpoint: 'hetzner',
      responses: { 204: null },
    });
  });
});
