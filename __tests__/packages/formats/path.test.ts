import fc from 'fast-check';
import { printPath, readPath } from '../../../packages/formats/src/path.ts';

test('a printed path is read back', () => {
  const step = fc.oneof(fc.string({ unit: 'binary' }), fc.nat({ max: 1000 }));
  fc.assert(fc.property(fc.array(step, { maxLength: 6 }), (path) => expect(readPath(printPath(path))).toEqual(path)));
});

test('is written as people write it', () => {
  expect(printPath(['keys', 'servers', 0, 'thumbprint'])).toBe('keys.servers[0].thumbprint');
  expect(printPath(['a b', 'c'])).toBe('["a b"].c');
});
