import { readConfiguration, type Value, describe as words } from '@lukko/terraform-model';
import { resource } from '../stacks.ts';

const SIXTY = Array.from({ length: 60 }, (_, index) => index + 1);

/** Sixty locals, each made of the one before it, and what is made of the last. */
function grown(first: string, step: (before: string) => string, last = 'local.a60'): Value {
  const locals = SIXTY.map((index) => `  a${index} = ${step(`local.a${index - 1}`)}\n`);
  const text = `variable "v" {}\nlocals {\n  a0 = ${first}\n${locals.join('')}}\nresource "hcloud_server" "a" {\n  user_data = ${last}\n}\n`;
  return resource(readConfiguration([{ file: 'main.tf', text }]), 'hcloud_server.a').attr('user_data').value;
}

describe('what doubles sixty times is not followed', () => {
  it.each([
    ['a text', '"ab"', (a: string) => `"\${${a}}\${${a}}"`, undefined],
    ['a text that is not known', 'var.v', (a: string) => `"\${${a}}\${${a}}"`, undefined],
    ['a text of format', '"ab"', (a: string) => `format("%s%s", ${a}, ${a})`, undefined],
    ['a list', '["a"]', (a: string) => `concat(${a}, ${a})`, 'join("", local.a60)'],
    ['lists in lists', '["a"]', (a: string) => `[${a}, ${a}]`, 'jsonencode(local.a60)'],
    ['maps in maps', '{ x = "a" }', (a: string) => `{ x = ${a}, y = ${a} }`, 'jsonencode(local.a60)'],
    ['choices', '"a"', (a: string) => `var.v ? "x\${${a}}" : "y\${${a}}"`, undefined],
    [
      'loops within loops',
      'range(1000)',
      () => '[for a in local.a0 : [for b in local.a0 : [for c in local.a0 : a + b + c]]]',
      'jsonencode(local.a1)',
    ],
  ])('%s', (_, first, step, last) => {
    expect(['unknown', 'text']).toContain(grown(first, step, last).state);
  });

  it('and says so', () => {
    expect(words(grown('"ab"', (a) => `"\${${a}}\${${a}}"`))).toMatch(/more than 16777216 characters|local\.a\d+/);
  });
});

it('what stays small is known however often it is put together', () => {
  expect(words(grown('"ab"', (a) => `substr("\${${a}}\${${a}}", 0, 2)`))).toBe('"ab"');
});
