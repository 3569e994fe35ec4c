import type * as Helpers from './built.ts';

/** Builds the example with what stands behind the name `cdktf` replaced. */
function builtWith(library: 'cdktf' | 'cdktn'): ReadonlyMap<string, Helpers.Document> {
  let documents: ReadonlyMap<string, Helpers.Document> = new Map();
  jest.isolateModules(() => {
    jest.doMock('cdktf', () => jest.requireActual(library));
    const { built, shipped } = require('./built.ts') as typeof Helpers;
    documents = built(shipped('example.yaml')).documents;
  });
  jest.dontMock('cdktf');
  return documents;
}

test('CDK Terrain, which continues cdktf, synthesises the same stacks: only its version differs', () => {
  // Both from one line: it stands in their stack traces.
  const [now = new Map(), next = new Map()] = (['cdktf', 'cdktn'] as const).map(builtWith);
  expect([...next.keys()]).toEqual([...now.keys()]);
  for (const [name, document] of next) {
    const before = now.get(name);
    expect(document['//'].metadata.version).not.toBe(before?.['//'].metadata.version);
    expect(withoutVersion(document)).toEqual(withoutVersion(before));
  }
});

function withoutVersion(document: Helpers.Document | undefined): unknown {
  return JSON.parse(JSON.stringify(document), (key, value: unknown) => {
    if (key !== 'metadata' || typeof value !== 'object' || value === null) return value;
    const { version: _, ...rest } = value as Record<string, unknown>;
    return rest;
  });
}
