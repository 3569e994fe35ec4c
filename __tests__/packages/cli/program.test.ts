import { directoryWith, lukko } from './fake-ports.ts';

test.each([
  ['no command', []],
  ['a command that does not exist', ['chekc']],
  ['an option that does not exist', ['check', '--strict']],
  ['a posture that does not exist', ['check', '--posture', 'lenient']],
  ['a format that does not exist', ['check', '--format', 'xml']],
  ['two paths', ['check', 'a', 'b']],
  ['no rule to explain', ['explain']],
])('%s: exit 2 and one message on standard error', async (_, argv) => {
  const { code, out, err } = await lukko(directoryWith({}), argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatchSnapshot();
});

test.each([['--help'], ['-h'], ['--version'], ['-V']])('%s: exit 0 on standard output', async (flag) => {
  const { code, out, err } = await lukko(directoryWith({}), [flag]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).not.toBe('');
});
