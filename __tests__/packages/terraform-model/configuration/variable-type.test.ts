import { readConfiguration, describe as words } from '@lukko/terraform-model';

/** What `terraform plan` of version 1.11.4 showed for the same root. */
test.each([
  ['string', 7, '${var.v}', '"7"'],
  ['bool', 'true', '${var.v}', 'true'],
  ['set(string)', ['b', 'a', 'b'], '${[for key, item in var.v : key][0]}', '"a"'],
  ['object({a=string, b=optional(string, "ash")})', { a: 1, z: 9 }, '${var.v.b}', '"ash"'],
  ['object({a=string})', { a: 1, z: 9 }, '${try(var.v.z, "gone")}', '"gone"'],
  ['map(object({place=optional(string, "ash"), n=number}))', { x: { n: '1' } }, '${var.v["x"].place}', '"ash"'],
  ['tuple([string, number])', [1, '2'], '${var.v[0]}', '"1"'],
])('a variable of type %s given %j: %s is %s', (type, value, expression, shown) => {
  const text = JSON.stringify({ variable: { v: { type, default: value } }, output: { o: { value: expression } } });
  const [output] = readConfiguration([{ file: 'main.tf.json', text }]).roots[0]?.outputs ?? [];
  expect(output && words(output.value.value)).toBe(shown);
});

test('a type that cannot be worked out makes the value unknown, never a guess', () => {
  const text = JSON.stringify({
    variable: { v: { type: 'list(set(string))', default: [['b', 'a']] } },
    output: { o: { value: '${var.v[0]}' } },
  });
  const [output] = readConfiguration([{ file: 'main.tf.json', text }]).roots[0]?.outputs ?? [];
  expect(output?.value.value).toMatchObject({ state: 'unknown', causes: ['function'] });
});
