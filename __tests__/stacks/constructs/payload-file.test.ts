import { payloadFile } from '../../../stacks/constructs/payload-file.ts';

test('values are filled in', () => {
  expect(payloadFile('caddy/security.txt', { contact: 'security@lukko.example' })).toContain(
    'Contact: mailto:security@lukko.example\n',
  );
});

test('a value that is not given, and one that stands nowhere, are mistakes', () => {
  expect(() => payloadFile('caddy/security.txt')).toThrow(
    'stacks/payload/caddy/security.txt names @contact@, which it is not given',
  );
  expect(() => payloadFile('base/journald-tang.conf', { size: '1' })).toThrow(
    'stacks/payload/base/journald-tang.conf does not use size',
  );
});

test('what a value says is not filled in again', () => {
  expect(payloadFile('caddy/security.txt', { contact: '@contact@$&' })).toContain('mailto:@contact@$&\n');
});
