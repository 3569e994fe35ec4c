import fc from 'fast-check';
import { payloadDigest, renderPayload } from '../../../../packages/cli/src/host/payload.ts';

const known = (reference: string) => (reference === 'hcloud_volume.data_volume.id' ? '4711' : undefined);
const render = (template: string) => renderPayload(template, known, 'logs');

test('references become their values, escapes the characters they stand for', () => {
  expect(render('id=${hcloud_volume.data_volume.id} home=$${HOME} code=%%{http_code} $ % { } $$ %%')).toBe(
    'id=4711 home=${HOME} code=%{http_code} $ % { } $$ %%',
  );
});

test.each([
  ['a function', 'x ${upper(hcloud_volume.data_volume.id)} y'],
  ['a directive', 'x %{ if true }y%{ endif }'],
  ['a name alone', '${HOME}'],
  ['an open end', 'x ${hcloud_volume.data_volume.id'],
  ['a reference that nothing knows', '${data.terraform_remote_state.keys.outputs.tang-fsn1_ipv4}'],
])('%s is refused, never guessed', (_, template) => {
  expect(() => render(template)).toThrowErrorMatchingSnapshot();
});

test('what is escaped comes out as it was, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('$', '%', '{', '}', 'a', '\n', '.') }), (text) => {
      // As cloud-config.ts escapes constants.
      const escaped = text.replaceAll('${', () => '$${').replaceAll('%{', '%%{');
      expect(render(escaped)).toBe(text);
    }),
  );
});

test('the digest is Terraform’s: without the line that pins a disk, forty digits', () => {
  const payload = '#cloud-config\nwrite_files:\n  - content: |\n      A=1\n      B=2\n';
  const pinned = payload.replace('      B=2\n', '      LUKKO_LUKS_UUID=2f1c\n      B=2\n');
  expect(payloadDigest(pinned)).toBe(payloadDigest(payload));
  expect(payloadDigest(payload)).toMatch(/^[0-9a-f]{40}$/);
  expect(payloadDigest(payload)).not.toBe(payloadDigest(payload.replace('A=1', 'A=2')));
});
