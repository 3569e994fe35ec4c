import { type Value, describe as words } from '@lukko/terraform-model';
import { list, map, unknown } from '../../../packages/terraform-model/src/values.ts';

const known = (value: string | number | boolean | null): Value => ({ state: 'known', value });

describe('describe', () => {
  it.each<[string, Value]>([
    ['a string', known('hel1')],
    ['a number', known(10)],
    ['null', known(null)],
    ['control characters', known('a\u001b[31m\nb\u202e\u{E000}')],
    ['a long string', known('x'.repeat(200))],
    ['an escape at the cut', known(`${'x'.repeat(75)}\u001b\u001b\u001b`)],
    ['unset', { state: 'unset' }],
    ['text', { state: 'text', parts: ['vol-', unknown(['computed'], 'hcloud_volume.a.id'), '\n'] }],
    ['a sensitive hole', { state: 'text', parts: ['pw=', unknown(['sensitive'], 'var.password')] }],
    ['a short list', list([known('a'), known(1)])],
    ['an open list', list([known('a')], false)],
    ['a long list', list(Array.from({ length: 9 }, () => known('a')))],
    ['a list of unknowns', list([unknown(['computed'], 'x')])],
    ['an empty list', list([])],
    [
      'a map',
      map(
        new Map([
          ['a', known(1)],
          ['b', known(2)],
        ]),
      ),
    ],
    ['an empty map', map(new Map())],
    ['an unknown', unknown(['computed'], 'hcloud_volume.data.id')],
    ['an unknown without expression', unknown(['computed', 'source'], '')],
    [
      'candidates',
      unknown(['possible'], 'a ? b : c', [], { candidates: [known('hel1'), unknown(['computed'], 'x.y.z')] }),
    ],
    ['sensitive', unknown(['sensitive', 'variable'], 'var.password')],
  ])('%s', (_, value) => {
    expect(words(value)).toMatchSnapshot();
  });
});
