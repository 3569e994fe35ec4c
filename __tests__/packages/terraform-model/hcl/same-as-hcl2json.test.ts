import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { InputError, readHcl } from '@lukko/terraform-model';
import fc from 'fast-check';
import type { Expression, Template, TemplatePart } from '../../../../packages/terraform-model/src/expression/ast.ts';
import { parseTemplate } from '../../../../packages/terraform-model/src/expression/parse.ts';
import { toPlain } from '../../../../packages/terraform-model/src/json/read.ts';
import { startHcl2json } from './hcl2json.ts';

let parse: (text: string) => Promise<unknown>;

beforeAll(async () => {
  parse = await startHcl2json();
});

/** One form for what two readers write differently: texts as the parts they consist of, none wrapped in another. */
function same(json: unknown): unknown {
  if (typeof json === 'string') return whole(parseTemplate(json));
  if (Array.isArray(json)) return json.map(same);
  if (json === null || typeof json !== 'object') return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, same(value)]));
}

/** A text that is one list, object or constant is that. */
function whole(template: Template): unknown {
  const kept = template.filter((part) => part !== '');
  const [only, ...more] = kept;
  if (only === undefined || typeof only === 'string' || only.kind !== 'interpolation' || more.length > 0)
    return flat(template);
  const { expression } = only;
  const inner = (one: Expression) => whole([{ kind: 'interpolation', expression: one }]);
  if (expression.kind === 'template') return whole(expression.template);
  // Beside text that was trimmed away a constant is text.
  if (expression.kind === 'literal') return kept.length < template.length ? flat(template) : expression.value;
  if (expression.kind === 'tuple') return expression.items.map(inner);
  if (expression.kind === 'object' && expression.entries.every(({ key }) => key.kind === 'literal')) {
    return Object.fromEntries(
      expression.entries.map(({ key, value }) => [key.kind === 'literal' ? String(key.value) : '', inner(value)]),
    );
  }
  return flat(template);
}

function flat(template: Template): unknown {
  const parts: unknown[] = [];
  const add = (part: TemplatePart) => {
    if (part === '') return;
    if (typeof part === 'string') {
      if (typeof parts.at(-1) === 'string') parts.push(String(parts.pop()) + part);
      else parts.push(part);
    } else if (part.kind === 'interpolation' && part.expression.kind === 'template') {
      for (const inner of part.expression.template) add(inner);
    } else if (part.kind === 'interpolation' && part.expression.kind === 'literal' && part.expression.value !== null) {
      add(String(part.expression.value));
    } else parts.push(bare(part));
  };
  for (const part of template) add(part);
  return parts;
}

/** Without what only says where something stood. */
function bare(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(bare);
  if (node === null || typeof node !== 'object') return node;
  if ('template' in node) return { template: flat(node.template as Template) };
  const kept = Object.entries(node).filter(([key]) => !['text', 'at', 'starts'].includes(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      ['body', 'whenTrue', 'whenFalse'].includes(key) && Array.isArray(value) ? flat(value) : bare(value),
    ]),
  );
}

/** Both readers on one text: what each made of it, or that it refused. */
async function both(text: string): Promise<{ ours: unknown; theirs: unknown }> {
  const theirs = await parse(text).then(same, () => 'refused');
  try {
    return { ours: same(toPlain(readHcl(text, 'main.tf').value)), theirs };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ours: 'refused', theirs };
  }
}

function* filesBelow(directory: string): Generator<string> {
  for (const name of readdirSync(directory)) {
    const file = path.join(directory, name);
    if (statSync(file).isDirectory()) yield* filesBelow(file);
    else if (/\.(tf|hcl|tfvars)$/.test(name)) yield file;
  }
}

const root = path.join(__dirname, '../../../..');
const files = ['__tests__/fixtures', 'examples'].flatMap((directory) => [...filesBelow(path.join(root, directory))]);

test.each(files.map((file) => [path.relative(root, file), file]))('%s', async (_, file) => {
  const { ours, theirs } = await both(readFileSync(file, 'utf8'));
  expect(theirs).not.toBe('refused');
  expect(ours).toEqual(theirs);
});

test.each([
  'a = 1\nb = -2.5\nc = 1e3\nd = true\ne = null\n',
  'a = "x ${y} $${z} %%{w} \\n \\" \\\\ \\u00e9 $ % {"\n',
  'a = "${b}"\nc = "${"d"}"\ne = "$$${f}"\n',
  'a = [\n  1, # one\n  "two", // two\n  /* three */ [3],\n]\n',
  'a = {\n  b = 1\n  c = 2, d: 3\n  "e f" = g\n}\n',
  'a = b ? c : d # why\ne = f(1, g..., )\n'.replace(', )', ')'),
  'a = f(\n  1,\n  b\n  + c,\n)\n',
  'a {\n}\nb "c" {\n  d = 1\n}\nb "e" { f = 2 }\nb c {}\n',
  'a = <<EOT\nx ${y}\n  $${z}\nEOT\nb = 1\n',
  'a = <<-EOT\n    x\n      y\n\n    z\n  EOT\n',
  'a = <<-EOT\n    %{ if b ~}\n    x\n    %{ endif ~}\n    y\n  EOT\n',
  'a = <<-EOT\n  ${b}\n    c\n  EOT\n',
  'a = <<-EOT\n      EOT x\n    y\n    EOT\n',
  'a = <<EOT\n${b}EOT\nc\nEOT\n',
  'a = f(<<EOT\nx\nEOT\n, 1)\n',
  'a = b[*].c[0]\nd = e.*.f\ng = h[i]["j"]\n',
  'a = [for k, v in b : "${k}=${v}" if c]\nd = { for x in y : x => z... }\n',
  'a = !b && c || d == e\nf = -g * (h + i) % 2\n',
  '\ufeffa = 1\n',
  'a = 1\r\nb {\r\n  c = <<EOT\r\nx\r\nEOT\r\n}\r\n',
  'a = b\n  ? c : d\n',
  'a = 1 b = 2\n',
  'a { b = 1, c = 2 }\n',
  'a { b { c = 1 } }\n',
  'a = {\n  b = c\n    + d\n}\n',
  'a "b${c}" {\n}\n',
  'a = <<EOT\nx\nEOT',
  'a =\n  1\n',
  'a = "x\ny"\n',
  'a = 1\na = 2\n',
  'a',
  '= 1\n',
  '}\n',
  '/* open\n',
  '',
  '# only a comment',
])('%j', async (text) => {
  const { ours, theirs } = await both(text);
  expect(ours).toEqual(theirs);
});

const name = fc.constantFrom('a', 'b', 'name', 'for_each', 'x-1', 'é');
const { expression, template } = fc.letrec<{ expression: string; template: string }>((tie) => ({
  template: fc
    .array(
      fc.oneof(
        // A lone $ before a brace is what the other reader's form cannot tell from the start of a sequence.
        fc.constantFrom('text', ' ', '$.', '%.', '$${x}', '%%{y}', '{', '}', '#', '//', "'", 'é'),
        // The other reader drops an empty text from a template, and takes what is left for the whole of it.
        tie('expression').map((inner) => `\${${inner === '""' ? '"."' : inner}}`),
        tie('expression').map((inner) => `\${~ ${inner === '""' ? '"."' : inner} ~}`),
        fc
          .tuple(tie('expression'), tie('template'))
          .map(([inner, text]) => `%{ if ${inner} }${text}%{ else ~}no%{ endif }`),
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.join('')),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('1', '0.5', 'true', 'var.a', 'local.b[0]', 'x.y["z"].w', 'm.*.id', 'm[*].id', '-var.a', '!c'),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(name, tie('expression')), { maxLength: 2 })
      .map((items) => `{ ${items.map(([key, value], i) => `${key}${i} = ${value}`).join(', ')} }`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `f(${items.join(',\n  ')})`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '==', '&&', '<='), tie('expression'))
      .map((parts) => `(${parts.join(' ')})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `[for k, v in ${a} : ${b} if k]`),
    tie('template').map((text) => `"${text}"`),
  ),
}));
const heredoc = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(fc.nat(4), template), { maxLength: 4 }))
  .map(
    ([flush, lines]) =>
      `<<${flush ? '-' : ''}EOT\n${lines.map(([indent, text]) => `${' '.repeat(indent)}${text}\n`).join('')}EOT`,
  );
const argument = fc.oneof(expression, heredoc);
const block: fc.Arbitrary<string> = fc.letrec<{ block: string }>((tie) => ({
  block: fc
    .tuple(
      fc.constantFrom('resource', 'rule', 'dynamic'),
      fc.array(fc.constantFrom('"a"', '"b c"', 'd'), { minLength: 1, maxLength: 2 }),
      fc.array(fc.tuple(name, argument), { maxLength: 3 }),
      fc.option(tie('block'), { maxDepth: 2, nil: '' }),
      fc.constantFrom('', ' # note', ' // note', ' /* note */'),
    )
    .map(
      ([type, labels, items, inner, note]) =>
        `${type} ${labels.join(' ')} {${note}\n${items.map(([key, value], i) => `  ${key}${i} = ${value}${value.startsWith('<<') ? '' : note}\n`).join('')}${inner}}\n`,
    ),
})).block;

test('random configurations', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 2 }), async (blocks) => {
      const { ours, theirs } = await both(blocks.join('\n'));
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 200 },
  );
}, 60_000);

test('texts with a piece taken out or doubled end in the same, or in a refusal, never in anything else', async () => {
  const whole = readFileSync(path.join(root, '__tests__/fixtures/plans/foreign-loops/main.tf'), 'utf8');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length),
      fc.nat(6),
      fc.constantFrom('', '"', '{', '}', '${', '<<A\n', '\n', '\u0000', '\\'),
      async (at, length, piece) => {
        const text = whole.slice(0, at) + piece + whole.slice(at + length);
        const { ours, theirs } = await both(text);
        // What is refused here must be refused there: nobody is turned away with a file that terraform takes.
        if (ours === 'refused') expect(theirs).toBe('refused');
        else if (theirs !== 'refused') expect(ours).toEqual(theirs);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);
