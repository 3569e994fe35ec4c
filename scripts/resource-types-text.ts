/** `terraform providers schema -json`, as far as types are made from it. */
export interface Schemas {
  readonly provider_schemas: Readonly<Record<string, ProviderSchema>>;
}

interface ProviderSchema {
  readonly resource_schemas: Readonly<Record<string, { readonly block: Block }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: Block }>>;
}

interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, BlockType>>;
}

interface Attribute {
  readonly type?: unknown;
  readonly nested_type?: { readonly attributes: Readonly<Record<string, Attribute>>; readonly nesting_mode: string };
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
}

interface BlockType {
  readonly block: Block;
  readonly nesting_mode: string;
  readonly min_items?: number;
}

const header = `// Made by scripts/resource-types.ts from packages/provider-hcloud/schema.json: do not edit.
`;

const fixedPart = `
/** A template that holds references or calls instead of the value: \`\${hcloud_volume.data.id}\`. */
export type Expression = \`\${string}\\\${\${string}}\${string}\`;

/** Arguments every resource may have. */
export interface MetaArguments {
  '//'?: unknown;
  count?: number | Expression;
  for_each?: Expression | Readonly<Record<string, unknown>>;
  provider?: string;
  depends_on?: readonly string[];
  lifecycle?: {
    prevent_destroy?: boolean;
    create_before_destroy?: boolean;
    ignore_changes?: 'all' | readonly string[];
    replace_triggered_by?: readonly string[];
    precondition?: unknown;
    postcondition?: unknown;
  };
  provisioner?: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
  connection?: Readonly<Record<string, unknown>>;
  dynamic?: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
}

/** A repeated block: one object where it stands once, or a list. */
type Repeated<B> = B | readonly B[];

export type ResourceType = keyof ResourceArguments;

/** One body, or instances of the JSON syntax that stand in a list. */
type Body<A> = (A & MetaArguments) | readonly (A & MetaArguments)[];

/** Resources by type and name: a misspelt argument of a known type is a compile error; types of other providers are free. */
export type TerraformResources = { readonly [K in ResourceType]?: Readonly<Record<string, Body<ResourceArguments[K]>>> } & {
  readonly [K in string as K extends ResourceType ? never : K]?: unknown;
};

/** One document in Terraform's JSON syntax. */
export interface TerraformJson {
  readonly '//'?: unknown;
  readonly terraform?: Readonly<Record<string, unknown>>;
  readonly provider?: Readonly<Record<string, unknown>>;
  readonly resource?: TerraformResources;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly module?: Readonly<Record<string, unknown>>;
  readonly variable?: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly locals?: Readonly<Record<string, unknown>>;
  readonly ephemeral?: Readonly<Record<string, unknown>>;
  readonly check?: Readonly<Record<string, unknown>>;
  readonly action?: Readonly<Record<string, unknown>>;
  readonly removed?: readonly Readonly<Record<string, unknown>>[];
}
`;

/** The text of \`zz_resource_types.ts\`. */
export function resourceTypes(schemas: Schemas): string {
  const provider = Object.entries(schemas.provider_schemas).find(([source]) =>
    source.endsWith('/hetznercloud/hcloud'),
  )?.[1];
  if (provider === undefined) throw new Error('the schema holds no provider hetznercloud/hcloud');
  const lines = [
    header,
    '/** Arguments of each resource type, as they stand in JSON syntax. */',
    'export interface ResourceArguments {',
  ];
  for (const [type, { block }] of sorted(provider.resource_schemas)) {
    lines.push(`  ${type}: {`, ...members(block, '    '), '  };');
  }
  lines.push('  terraform_data: {', '    input?: unknown;', '    triggers_replace?: unknown;', '  };', '}', '');
  lines.push('export type DataSourceType =', ...sorted(provider.data_source_schemas).map(([type]) => `  | '${type}'`));
  lines[lines.length - 1] += ';';
  lines.push(fixedPart, '/** Attributes only the provider sets, by resource type. */');
  lines.push('export const computedAttributes: Readonly<Record<string, readonly string[]>> = {');
  for (const [type, { block }] of sorted(provider.resource_schemas)) {
    const names = sorted(block.attributes ?? {}).filter(([name, attribute]) => name === 'id' || isComputed(attribute));
    lines.push(`  ${type}: [${quotedNames(names)}],`);
  }
  lines.push("  terraform_data: ['id', 'output'],", '};', '');
  lines.push('/** Attributes that may be written and are decided by the provider otherwise, by resource type. */');
  lines.push('export const optionalComputed: Readonly<Record<string, readonly string[]>> = {');
  for (const [type, { block }] of sorted(provider.resource_schemas)) {
    const names = sorted(block.attributes ?? {}).filter(
      ([, { computed, optional }]) => computed === true && optional === true,
    );
    lines.push(`  ${type}: [${quotedNames(names)}],`);
  }
  lines.push(
    '};',
    '',
    '/** Nested blocks, which stand in a plan as empty lists when nobody wrote them, by resource type. */',
  );
  lines.push('export const nestedBlocks: Readonly<Record<string, readonly string[]>> = {');
  for (const [type, { block }] of sorted(provider.resource_schemas)) {
    lines.push(`  ${type}: [${quotedNames(sorted(block.block_types ?? {}))}],`);
  }
  lines.push('};', '');
  return lines.join('\n');
}

function quotedNames(names: readonly (readonly [string, unknown])[]): string {
  return names.map(([name]) => `'${name}'`).join(', ');
}

function isComputed(attribute: Attribute): boolean {
  return attribute.computed === true && attribute.optional !== true && attribute.required !== true;
}

function members(block: Block, indent: string): readonly string[] {
  const lines: string[] = [];
  for (const [name, attribute] of sorted(block.attributes ?? {})) {
    if (name === 'id' || isComputed(attribute)) continue;
    lines.push(`${indent}${name}${attribute.required === true ? '' : '?'}: ${attributeType(attribute, indent)};`);
  }
  for (const [name, nested] of sorted(block.block_types ?? {})) {
    const mark = (nested.min_items ?? 0) > 0 ? '' : '?';
    const body = object(members(nested.block, `${indent}  `), indent);
    lines.push(`${indent}${name}${mark}: ${nested.nesting_mode === 'single' ? body : `Repeated<${body}>`};`);
  }
  return lines;
}

function object(lines: readonly string[], indent: string): string {
  return ['{', ...lines, `${indent}}`].join('\n');
}

function attributeType(attribute: Attribute, indent: string): string {
  const { type, nested_type: nested } = attribute;
  if (nested === undefined) return attribute.required === true ? typeText(type) : `${typeText(type)} | null`;
  const body = object(members({ attributes: nested.attributes }, `${indent}  `), indent);
  return nested.nesting_mode === 'single' ? `${body} | Expression | null` : `readonly (${body})[] | Expression | null`;
}

function typeText(type: unknown): string {
  switch (type) {
    case 'string':
      return 'string';
    case 'number':
      return 'number | Expression';
    case 'bool':
      return 'boolean | Expression';
    default:
  }
  const [kind, inner] = Array.isArray(type) ? type : [];
  if (kind === 'list' || kind === 'set') return `readonly (${typeText(inner)})[] | Expression`;
  if (kind === 'map') return `Readonly<Record<string, ${typeText(inner)}>> | Expression`;
  return 'unknown';
}

function sorted<T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
