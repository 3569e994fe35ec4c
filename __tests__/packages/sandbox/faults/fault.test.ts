import fc from 'fast-check';
import { parseFault } from '../../../../packages/sandbox/src/faults/fault.ts';

test.each([
  ['resource_unavailable'],
  ['429,on=create_server,times=2'],
  ['drop,on=POST /servers,after=1'],
  ['drop-answer, on=POST /servers/*'],
  ['delay:1500,probability=0.25,project=main'],
  ['slow:60000,on=create_server'],
  ['fail,on=attach_*'],
  ['fail:action_timeout'],
])('%s is read', (text) => {
  expect(parseFault(text)).toMatchSnapshot();
});

test.each([
  [''],
  ['nonsense'],
  ['constructor'],
  ['drop:5'],
  ['delay'],
  ['delay:0'],
  ['slow:1e9'],
  ['fail:No Such'],
  ['503,times=0'],
  ['503,times=many'],
  ['503,probability=2'],
  ['503,after=-1'],
  ['503,on='],
  ['503,colour=red'],
  ['503,times=1,times=2'],
])('%j is refused', (text) => {
  expect(() => parseFault(text)).toThrowErrorMatchingSnapshot();
});

test('any text is read or refused with a sentence', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom('503', 'delay:', '5', ',', 'on=', '*', 'times=', '0.5', ':'), fc.string()), {
        maxLength: 8,
      }),
      (pieces) => {
        try {
          const fault = parseFault(pieces.join(''));
          expect(fault.probability).toBeGreaterThan(0);
          expect(fault.times).toBeGreaterThan(0);
        } catch (error) {
          expect((error as Error).message).toContain('fault ');
        }
      },
    ),
  );
});
