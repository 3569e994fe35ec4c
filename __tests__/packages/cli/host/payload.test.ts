import fc from 'fast-check';
import { payloadDigest, renderPayload, valuesIn } from '../../../../packages/cli/src/host/payload.ts';

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

describe('values of a payload that Terraform rendered', () => {
  const TEMPLATE =
    'a=/dev/disk/by-id/scsi-0HC_Volume_${hcloud_volume.data.id}\nb=http://${data.x.y.outputs.v4}:7500 $${HOME}\nc="${data.x.y.outputs.v4} ${data.x.y.outputs.net6}"\n';
  const values: Readonly<Record<string, string>> = {
    'hcloud_volume.data.id': '4711',
    'data.x.y.outputs.v4': '10.0.0.7',
    'data.x.y.outputs.net6': '2a01:4f9::/64',
  };
  const rendered = renderPayload(TEMPLATE, (reference) => values[reference], 'logs');

  test('are found again', () => {
    const known = valuesIn(rendered, TEMPLATE, 'logs');
    expect(Object.keys(values).map(known)).toEqual(Object.values(values));
    expect(renderPayload(TEMPLATE, known, 'logs')).toBe(rendered);
  });

  test.each([
    ['another text', rendered.replace('b=', 'B=')],
    ['more at its end', `${rendered}runcmd: []\n`],
    ['less', rendered.slice(0, -10)],
    ['two values for one reference', rendered.replace('c="10.0.0.7', 'c="10.0.0.8')],
    ['a value with a line of its own', rendered.replace('4711', '4711\nruncmd: []')],
    ['nothing', ''],
  ])('%s is refused', (_, text) => {
    expect(() => valuesIn(text, TEMPLATE, 'logs')).toThrow('LUKKO_PAYLOAD is not the payload that cdktf.out declares');
  });

  test('whatever plain values there are', () => {
    const plain = fc.stringMatching(/^[a-z0-9.-]{1,20}$/);
    fc.assert(
      fc.property(plain, plain, plain, (id, v4, net6) => {
        const given: Readonly<Record<string, string>> = {
          'hcloud_volume.data.id': id,
          'data.x.y.outputs.v4': v4,
          'data.x.y.outputs.net6': net6,
        };
        const text = renderPayload(TEMPLATE, (reference) => given[reference], 'logs');
        expect(Object.keys(given).map(valuesIn(text, TEMPLATE, 'logs'))).toEqual(Object.values(given));
      }),
    );
  });

  test('are refused with the line from which it differs', () => {
    expect(() => valuesIn(rendered.replace('c=', 'C='), TEMPLATE, 'logs')).toThrowErrorMatchingSnapshot();
  });
});

test('the digest is Terraform’s: without the line that pins a disk, forty digits', () => {
  const payload = '#cloud-config\nwrite_files:\n  - content: |\n      A=1\n      B=2\n';
  const pinned = payload.replace('      B=2\n', '      LUKKO_LUKS_UUID=2f1c\n      B=2\n');
  expect(payloadDigest(pinned)).toBe(payloadDigest(payload));
  expect(payloadDigest(payload)).toMatch(/^[0-9a-f]{40}$/);
  expect(payloadDigest(payload)).not.toBe(payloadDigest(payload.replace('A=1', 'A=2')));
});
