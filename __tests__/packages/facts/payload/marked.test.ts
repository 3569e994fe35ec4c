import type { Unknown, Value } from '@lukko/terraform-model';
import fc from 'fast-check';
import { hasHole, holesIn, mark, unmark, wholeHole } from '../../../../packages/facts/src/payload/marked.ts';

const hole = (text: string, certainty: 'certain' | 'possible' = 'certain'): Unknown => {
  const reference = { target: 'logs/hcloud_volume.data', attribute: ['id'], text, certainty } as const;
  return { state: 'unknown', causes: ['computed'], expression: text, references: [reference], traversal: reference };
};

describe('mark', () => {
  it('puts a mark for every hole, and tells what stands there', () => {
    const marked = mark({
      state: 'text',
      parts: ['a', hole('hcloud_volume.data.id'), 'b', hole('hcloud_volume.data.id', 'possible')],
    });
    expect(marked?.holes.map(({ target, attribute, causes }) => ({ target, attribute, causes }))).toEqual([
      { target: 'logs/hcloud_volume.data', attribute: 'id', causes: ['computed'] },
      { target: undefined, attribute: '', causes: ['computed'] },
    ]);
    expect(unmark(marked?.marked ?? '', marked?.holes ?? [])).toBe(
      'a${hcloud_volume.data.id}b${hcloud_volume.data.id}',
    );
  });

  it('what certainly is the same has the same mark, and nothing else has', () => {
    const same = hole('hcloud_volume.data.id');
    const maybe = hole('hcloud_volume.data.id', 'possible');
    const marked = mark({ state: 'text', parts: [same, 'a', same, 'b', maybe, 'c', maybe] });
    const [first, second, third, fourth] = (marked?.marked ?? '').split(/[abc]/);
    expect(second).toBe(first);
    expect(new Set([first, third, fourth]).size).toBe(3);
    expect(marked?.holes).toHaveLength(3);
  });

  it.each([
    [{ state: 'unset' }],
    [{ state: 'known', value: null }],
    [{ state: 'list', items: [], complete: true }],
    [{ state: 'unknown', causes: ['variable'], expression: 'var.x', references: [] }],
  ] as readonly [Value][])('is nothing for %j', (value) => {
    expect(mark(value)).toBeUndefined();
  });

  it('nobody can write a mark by hand', () => {
    const forged = mark({ state: 'text', parts: [`x\uE000\uE010\uE001y`, hole('a.b.c')] });
    expect(holesIn(forged?.marked.slice(0, 5) ?? '', forged?.holes ?? [])).toEqual([]);
    expect(wholeHole('\uE000\uE019\uE001', forged?.holes ?? [])).toBeUndefined();
    expect(wholeHole('\uE000', forged?.holes ?? [])).toBeUndefined();
  });

  it('any text with any holes comes back', () => {
    const plain = fc.string().filter((text) => !/[\uE000-\uE01F]/.test(text) && !text.includes('${'));
    fc.assert(
      fc.property(fc.array(fc.oneof(plain, fc.integer({ min: 0, max: 99 })), { maxLength: 300 }), (items) => {
        const parts = items.map((item) => (typeof item === 'string' ? item : hole(`r.h${item}.id`)));
        const marked = mark({ state: 'text', parts });
        expect(unmark(marked?.marked ?? '', marked?.holes ?? [])).toBe(
          items.map((item) => (typeof item === 'string' ? item : `\${r.h${item}.id}`)).join(''),
        );
        expect(holesIn(marked?.marked ?? '', marked?.holes ?? [])).toHaveLength(
          items.filter((item) => typeof item === 'number').length,
        );
        expect(hasHole(marked?.marked ?? '')).toBe(items.some((item) => typeof item === 'number'));
      }),
    );
  });
});
