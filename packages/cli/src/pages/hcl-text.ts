/**
 * Terraform JSON as the HCL people write, for pages that show an example. Blocks and attributes look alike in JSON: a list of
 * objects is printed as repeated blocks, an object as a map, which is how the examples are written.
 * https://developer.hashicorp.com/terraform/language/syntax/json
 */
export function hclText(document: object): string {
  const blocks: string[] = [];
  for (const [type, body] of Object.entries(document)) {
    if (type === 'resource' || type === 'data') {
      for (const [kind, named] of Object.entries(body as object)) {
        for (const [name, attributes] of Object.entries(named as object)) {
          blocks.push(...each(attributes).map((one) => block([type, quote(kind), quote(name)], one, '')));
        }
      }
    } else if (type === 'terraform') blocks.push(...each(body).map((one) => terraformBlock(one)));
    else if (type === 'locals') blocks.push(block([type], body as object, ''));
    else {
      for (const [name, attributes] of Object.entries(body as object)) {
        blocks.push(...each(attributes).map((one) => block([type, quote(name)], one, '')));
      }
    }
  }
  return `${blocks.join('\n\n')}\n`;
}

function terraformBlock(body: object): string {
  const inner = Object.entries(body).flatMap(([name, value]) => {
    if (name === 'required_providers') return each(value).map((one) => block([name], one, '  '));
    if (name !== 'backend') return [entry(name, value, '  ')];
    return Object.entries(value as object).flatMap(([type, settings]) =>
      each(settings).map((one) => block([name, quote(type)], one, '  ')),
    );
  });
  return ['terraform {', ...inner, '}'].join('\n');
}

function block(words: readonly string[], body: object, indent: string): string {
  const head = `${indent}${words.join(' ')} {`;
  const lines = Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => entry(name, value, `${indent}  `));
  return lines.length === 0 ? `${head}}` : [head, ...lines, `${indent}}`].join('\n');
}

function entry(name: string, value: unknown, indent: string): string {
  if (isBlocks(value)) return value.map((one) => block([name], one, indent)).join('\n');
  return `${indent}${name} = ${literal(value, indent)}`;
}

function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return value.includes('\n') ? heredoc(value, indent) : textOf(value);
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, indent)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const lines = entries.map(
    ([key, item]) => `${indent}  ${/^[\w-]+$/.test(key) ? key : quote(key)} = ${literal(item, `${indent}  `)}`,
  );
  return `{\n${lines.join('\n')}\n${indent}}`;
}

/** A text that is one whole expression stands bare: `"${var.location}"` is `var.location`. */
function textOf(text: string): string {
  const [, expression] = /^\$\{([^{}]+)\}$/.exec(text) ?? [];
  return expression ?? quote(text);
}

function heredoc(text: string, indent: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  return ['<<-EOT', ...lines.map((line) => (line === '' ? '' : `${indent}  ${line}`)), `${indent}EOT`].join('\n');
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function each(value: unknown): readonly object[] {
  return (Array.isArray(value) ? value : [value]) as readonly object[];
}

function isBlocks(value: unknown): value is readonly object[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
  );
}
