import type { Value } from '@lukko/terraform-model';
import { describe as words } from '@lukko/terraform-model';
import fc from 'fast-check';
import { plainOf } from '../../../../packages/terraform-model/src/expression/plain.ts';
import { one, resource } from '../stacks.ts';

const base = {
  variable: { open: {}, loc: { default: 'hel1' }, secret: { default: 'x', sensitive: true } },
  locals: {
    names: ['a', 'b'],
    map: { k: 'v', n: 2 },
    chain: '${local.loc2}',
    loc2: '${var.loc}',
    self: '${local.self}',
    whole: '${hcloud_server.a}',
  },
  data: { hcloud_image: { debian: { name: 'debian-13' } } },
  resource: {
    hcloud_server: {
      a: { name: 'a', server_type: 'cx22', location: 'hel1' },
      b: { count: 2, name: 'b${count.index}', server_type: 'cx22' },
      c: { for_each: '${toset(["x", "y"])}', name: 'c-${each.key}', server_type: 'cx22' },
      d: { count: '${var.open}', name: 'd', server_type: 'cx22' },
    },
  },
};

/** The value of an expression where all of the above can be named. */
function value(expression: unknown): Value {
  const resources = { ...base.resource, terraform_data: { probe: { input: expression } } };
  return resource(one({ ...base, resource: resources }), 'terraform_data.probe').attr('input').value;
}

const refs = (found: Value) => {
  const graph = one({ ...base, resource: { ...base.resource, terraform_data: { probe: { input: 'x' } } } });
  return resource(graph, 'terraform_data.probe') && found.state === 'unknown'
    ? found.references.map((ref) => `${ref.target ?? '?'}.${ref.attribute.join('.')} ${ref.certainty}`)
    : [];
};

describe('expressions that are known', () => {
  it.each([
    ['$${HOME} and %%{x}', '${HOME} and %{x}'],
    ['${var.loc}', 'hel1'],
    ['${local.chain}-1', 'hel1-1'],
    ['${hcloud_server.a.location}', 'hel1'],
    ['${local.whole.location}', 'hel1'],
    ['${hcloud_server.b[1].name}', 'b1'],
    ['${join(",", hcloud_server.b[*].name)}', 'b0,b1'],
    ['${hcloud_server.c["x"].name}', 'c-x'],
    ['${join(",", values(hcloud_server.c)[*].name)}', 'c-x,c-y'],
    ['${1 + 2 * 3 - -4 / 2}', 9],
    ['${7 % 4}', 3],
    ['${!(1 < 2) || "a" == "a" && null == null}', true],
    ['${true ? "yes" : var.open}', 'yes'],
    ['${false && var.open}', false],
    ['${[for k, v in local.map : "${k}=${v}"][0]}', 'k=v'],
    ['${{for n in local.names : n => upper(n)}["b"]}', 'B'],
    ['${[for n in local.names : n if n != "a"][0]}', 'b'],
    ['${{for n in local.names : "all" => n...}["all"][1]}', 'b'],
    ['%{ if var.loc == "hel1" }in%{ else }out%{ endif }', 'in'],
    ['%{ for n in local.names }<${n}>%{ endfor }', '<a><b>'],
    ['a %{~ if true ~} b %{~ endif ~} c', 'abc'],
    ['${path.module}/x', './x'],
    ['${"${"nested"}"}', 'nested'],
    ['${local.names.1}', 'b'],
  ])('%s', (expression, expected) => {
    expect(plainOf(value(expression))).toBe(expected);
  });

  it.each([
    ['sha256("a")', 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    ['base64sha256("a")', 'ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='],
    ['substr("hello", 1, 3)', 'ell'],
    ['substr("hello", -2, -1)', 'lo'],
    ['jsonencode({b = [1, true, null], a = "<"})', '{"a":"\\u003c","b":[1,true,null]}'],
    ['jsondecode("{\\"a\\": [1]}").a[0]', 1],
    ['format("%s-%03d %5.1f%% %q", "a", 7, 2.25, "x")', 'a-007   2.3% "x"'],
    ['split(",", "a,b")[1]', 'b'],
    ['concat(["a"], ["b"])[1]', 'b'],
    ['merge({a = 1}, {a = 2}).a', 2],
    ['lookup({a = 1}, "b", "no")', 'no'],
    ['replace("a.b", ".", "-")', 'a-b'],
    ['trimspace("  a ")', 'a'],
    ['length("h\u00e9")', 2],
    ['tonumber("12")', 12],
    ['tostring(12)', '12'],
    ['length(toset(["a", "a"]))', 1],
    ['element(["a", "b"], 3)', 'b'],
    ['keys({b = 1, a = 2})[0]', 'a'],
    ['coalesce(null, "", "c")', 'c'],
    ['try(jsondecode("{"), "fallback")', 'unknown'],
    ['try({}.a, "fallback")', 'fallback'],
    ['cidrsubnet("10.0.0.0/16", 8, 2)', '10.0.2.0/24'],
    ['cidrhost("10.0.2.0/24", 5)', '10.0.2.5'],
    ['cidrhost("2001:db8::/32", 1)', '2001:db8::1'],
    ['cidrnetmask("10.0.0.0/12")', '255.240.0.0'],
    ['base64encode("h\u00e9")', 'aMOp'],
    ['base64decode("aMOp")', 'h\u00e9'],
    ['lower("ABC")', 'abc'],
    ['flatten([["a"], [["b"]]])[1]', 'b'],
    ['range(3)[2]', 2],
    ['min(3, 1, 2)', 1],
    ['one(["x"])', 'x'],
    ['max([4, 9]...)', 9],
    ['setproduct(["a"], ["b", "c"])[1][1]', 'c'],
    ['zipmap(["a"], [1])["a"]', 1],
    ['urlencode("a b&c")', 'a+b%26c'],
    ['trim("--a-", "-")', 'a'],
    ['title("hello world")', 'Hello World'],
    ['yamlencode({a = 1})', '"a": 1\n'],
    ['base64gzip("a")', 'unknown'],
    ['abspath(".")', 'unknown'],
    ['uuid()', 'unknown'],
    ['timestamp()', 'unknown'],
    ['file("x")', 'unknown'],
    ['replace("a", "/a/", "b")', 'b'],
  ])('%s', (expression, expected) => {
    const found = value(`\${${expression}}`);
    expect(found.state === 'unknown' ? 'unknown' : plainOf(found)).toBe(expected);
  });
});

describe('expressions that are not known', () => {
  it.each([
    '${var.open}',
    '${var.secret}',
    '${hcloud_server.a.id}',
    '${hcloud_server.a.ipv4_address}',
    '${local.whole.id}',
    '${hcloud_server.b[0].id}',
    '${hcloud_server.b[var.open].id}',
    '${hcloud_server.d[0].id}',
    '${hcloud_server.d[*].id}',
    '${data.hcloud_image.debian.id}',
    '${hcloud_server.missing.id}',
    '${module.missing.out}',
    '${var.open ? hcloud_server.a.id : hcloud_server.b[0].id}',
    '${var.open == "x" ? "hel1" : "ash"}',
    '${var.open == "x" ? "hel1" : "hel1"}',
    '${sha256(hcloud_server.a.id)}',
    '${sha256(var.open)}',
    '${tonumber(hcloud_server.a.id)}',
    '${yamlencode(hcloud_server.a.id)}',
    '${yamlencode({ users = [hcloud_server.a.id, "x ${var.open}"], a = true })}',
    '${jsonencode({ id = hcloud_server.a.id, text = "x ${var.open}" })}',
    '${jsonencode(var.open)}',
    '${base64encode("id ${hcloud_server.a.id}")}',
    '${base64gzip("known")}',
    '${indent(2, "a\\n${var.open}\\nb")}',
    '${replace("a-${var.open}-b", "-", "_")}',
    '${zipmap(["a"], [var.open])}',
    '${regex("a", var.open)}',
    '${timestamp()}',
    '${local.self}',
    '${terraform.workspace}',
    'id ${hcloud_server.a.id} at ${var.loc}, ${var.open}',
    '${format("%s-%s", "a", hcloud_server.a.id)}',
    '${join(",", hcloud_server.b[*].id)}',
    '${[for s in hcloud_server.b : s.id]}',
    '%{ if var.open }${hcloud_server.a.id}%{ endif }',
    '${sensitive("x")}',
    '${a b}',
    '${data.hcloud_image.debian.name}',
  ])('%s', (expression) => {
    const found = value(expression);
    expect({ words: words(found), value: found }).toMatchSnapshot();
  });

  it('is certain of a plain reference and of nothing else', () => {
    expect(refs(value('${hcloud_server.a.id}'))).toEqual(['hcloud_server.a.id certain']);
    expect(refs(value('${hcloud_server.c["x"].id}'))).toEqual(['hcloud_server.c["x"].id certain']);
    expect(refs(value('${var.open ? hcloud_server.a.id : hcloud_server.b[0].id}'))).toEqual([
      'hcloud_server.a.id possible',
      'hcloud_server.b[0].id possible',
    ]);
    expect(refs(value('${sha256(hcloud_server.a.id)}'))).toEqual(['hcloud_server.a.id possible']);
  });

  it('gives up on locals that lead on for ever, without overflowing', () => {
    const locals: Record<string, string> = { l0: 'end' };
    for (let i = 1; i <= 5000; i++) locals[`l${i}`] = `\${local.l${i - 1}}`;
    const graph = one({
      locals,
      resource: { terraform_data: { deep: { input: '${local.l5000}' }, flat: { input: '${local.l50}' } } },
    });
    expect(resource(graph, 'terraform_data.deep').attr('input').value).toMatchObject({
      state: 'unknown',
      causes: ['function'],
    });
    expect(resource(graph, 'terraform_data.flat').attr('input').text).toBe('end');
  });

  it('never knows something else when less is known', () => {
    const leaf = fc.constantFrom('var.a', 'var.b', '"x"', '1', 'true', '["x", var.a]', '{k = var.b}', 'null');
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(tie('expression'), fc.constantFrom('==', '!=', '&&', '||', '+', '<'), tie('expression'))
          .map((parts) => `(${parts.join(' ')})`),
        fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
        fc
          .tuple(
            fc.constantFrom('upper', 'sha256', 'length', 'tostring', 'jsonencode', 'try', 'tolist', 'toset'),
            tie('expression'),
          )
          .map(([f, a]) => `${f}(${a})`),
        fc
          .tuple(
            fc.constantFrom('concat', 'merge', 'coalesce', 'format', 'join', 'try', 'lookup', 'element'),
            tie('expression'),
            tie('expression'),
          )
          .map(([f, a, b]) => `${f}(${a}, ${b})`),
        tie('expression').map((a) => `[for v in [${a}] : v if v != "x"]`),
        tie('expression').map((a) => `"<\${${a}}>"`),
        tie('expression').map((a) => `${a}.k`),
      ),
    }));
    const scalar = fc.constantFrom<unknown>('x', 'y', '', 1, 0, true, false, null, ['x'], { k: 'x' });
    fc.assert(
      fc.property(expression, scalar, scalar, fc.boolean(), (source, a, b, hide) => {
        const document = {
          variable: { a: {}, b: {} },
          resource: { terraform_data: { probe: { input: `\${${source}}` } } },
        };
        const probe = (variables: Record<string, unknown>) =>
          plainOf(resource(one(document, { variables }), 'terraform_data.probe').attr('input').value);
        const whole = probe({ a, b });
        const less = probe(hide ? { a } : { b });
        if (less !== undefined && whole !== undefined) expect(less).toEqual(whole);
      }),
      { numRuns: 1000 },
    );
  });
});
