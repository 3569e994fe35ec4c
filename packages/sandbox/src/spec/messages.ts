import type { ErrorObject } from 'ajv';

/** A field that is wrong and why, as `error.details.fields` of an `invalid_input` answer lists it. */
export interface FieldError {
  /** Dotted path; `[]` for any element of a list, as Hetzner writes it: `rules[].source_ips`. */
  readonly name: string;
  readonly messages: string[];
}

/** More fields than this help nobody. */
const fieldLimit = 25;

/**
 * What a validator found, by field. The words for a length follow an answer of the API ("Length must be between 0 and
 * 32768."), the others are in its style; nothing depends on them.
 */
export function fieldErrors(errors: readonly ErrorObject[], whole: string): FieldError[] {
  const alternatives = new Set(
    errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath),
  );
  const fields = new Map<string, Set<string>>();
  for (const error of errors) {
    // Of a choice only the choice itself is told, not why each of its members failed.
    if (error.keyword !== 'anyOf' && alternatives.has(error.instancePath)) continue;
    const name = fieldName(error) || whole;
    const messages = fields.get(name) ?? new Set();
    if (!fields.has(name) && fields.size >= fieldLimit) break;
    fields.set(name, messages.add(message(error)));
  }
  return [...fields].map(([name, messages]) => ({ name, messages: [...messages] }));
}

function fieldName({ instancePath, keyword, params }: ErrorObject): string {
  const path = instancePath.split('/').slice(1).map(unescapeKey);
  if (keyword === 'required') path.push(String(params.missingProperty));
  if (keyword === 'additionalProperties') path.push(String(params.additionalProperty));
  return path.reduce((name, key) => (/^\d+$/.test(key) ? `${name}[]` : name === '' ? key : `${name}.${key}`), '');
}

function message({ keyword, params, parentSchema, data }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'Missing data for required field.';
    case 'additionalProperties':
      return `unknown field name '${String(params.additionalProperty)}'`;
    case 'type':
      return data === null ? 'Field may not be null.' : `Not a valid ${typeName(params.type)}.`;
    case 'enum':
      return `Must be one of: ${(params.allowedValues as readonly unknown[]).filter((value) => value !== null).join(', ')}.`;
    case 'minLength':
    case 'maxLength':
      return between(parentSchema?.minLength ?? 0, parentSchema?.maxLength);
    case 'minItems':
    case 'maxItems':
      return between(parentSchema?.minItems ?? 0, parentSchema?.maxItems);
    case 'minimum':
      return `Must be greater than or equal to ${String(params.limit)}.`;
    case 'maximum':
      return `Must be less than or equal to ${String(params.limit)}.`;
    case 'pattern':
      return 'String does not match expected pattern.';
    default:
      return 'Not a valid value.';
  }
}

function between(low: unknown, high: unknown): string {
  return high === undefined
    ? `Length must be at least ${String(low)}.`
    : `Length must be between ${String(low)} and ${String(high)}.`;
}

function typeName(type: unknown): string {
  const names = (Array.isArray(type) ? type : [type]).filter((name) => name !== 'null');
  return names.map((name) => (name === 'array' ? 'list' : name === 'object' ? 'mapping' : String(name))).join(' or ');
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
