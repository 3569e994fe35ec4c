import { type Expression, ExpressionError } from '../expression/ast.ts';
import { parseExpression } from '../expression/parse.ts';
import {
  asBoolean,
  asNumber,
  asText,
  isList,
  isMap,
  NotEvaluated,
  type Plain,
  plainOf,
  setItems,
  toValue,
} from '../expression/plain.ts';
import type { Value } from '../value.ts';
import { carrying, referencesOf, unknown } from '../values.ts';

/**
 * A variable's value as its `type` turns it: Terraform converts on the way in, leaves out attributes an object type does not
 * name, fills in `optional` ones and makes lists into sets (https://developer.hashicorp.com/terraform/language/expressions/type-constraints).
 * Wholly known values are converted; of others only those are kept that no conversion changes.
 */
export function converted(value: Value, type: string | undefined, text: string): Value {
  if (type === undefined || type === '' || type === 'any') return value;
  let expression: Expression;
  try {
    expression = parseExpression(type);
  } catch (error) {
    if (error instanceof ExpressionError) return unknown(['function'], text, referencesOf(value));
    throw error;
  }
  const plain = plainOf(value);
  if (plain === undefined) return partly(value, expression, text);
  try {
    const result = convert(plain, expression);
    const made = toValue(result);
    const isSet = expression.kind === 'call' && expression.name === 'set' && made.state === 'list';
    return carrying(isSet ? { ...made, set: true } : made, referencesOf(value));
  } catch (error) {
    if (error instanceof NotEvaluated) return unknown(['function'], text, referencesOf(value));
    throw error;
  }
}

/** A reference or a text with holes stays what it is as text or number; collections of them only where nothing is added. */
function partly(value: Value, type: Expression, text: string): Value {
  const deep = type.kind === 'call' && /\b(?:object|set|optional)\b/.test(type.text);
  return deep && value.state !== 'unknown' ? unknown(['function'], text, referencesOf(value)) : value;
}

function convert(plain: Plain, type: Expression): Plain {
  if (plain === null) return null;
  if (type.kind === 'name') {
    switch (type.name) {
      case 'string':
        return asText(plain);
      case 'number':
        return asNumber(plain);
      case 'bool':
        return asBoolean(plain);
      case 'any':
        return plain;
      default:
        throw new NotEvaluated('a type');
    }
  }
  if (type.kind !== 'call') throw new NotEvaluated('a type');
  const [inner, ...more] = type.args;
  if (inner === undefined || (more.length > 0 && type.name !== 'optional')) throw new NotEvaluated('a type');
  const anyItems = inner.kind === 'name' && inner.name === 'any';
  switch (type.name) {
    case 'list':
      if (!isList(plain) || anyItems) throw new NotEvaluated('a list');
      return plain.map((item) => nested(item, inner));
    case 'set':
      if (!isList(plain)) throw new NotEvaluated('a set');
      return setItems(anyItems ? plain : plain.map((item) => nested(item, inner)));
    case 'map':
      if (!isMap(plain) || anyItems) throw new NotEvaluated('a map');
      return new Map([...plain].map(([key, item]) => [key, nested(item, inner)]));
    case 'object':
      return object(plain, inner);
    case 'tuple':
      if (!isList(plain) || inner.kind !== 'tuple' || inner.items.length !== plain.length)
        throw new NotEvaluated('a tuple');
      return plain.map((item, index) => nested(item, inner.items[index] as Expression));
    default:
      throw new NotEvaluated('a type');
  }
}

/** A set inside something else would be taken for a list there. */
function nested(plain: Plain, type: Expression): Plain {
  if (type.kind === 'call' && type.name === 'set') throw new NotEvaluated('a set within');
  return convert(plain, type);
}

function object(plain: Plain, type: Expression): Plain {
  if (!isMap(plain) || type.kind !== 'object') throw new NotEvaluated('an object');
  const made = new Map<string, Plain>();
  for (const { key, value: wanted } of type.entries) {
    if (key.kind !== 'literal') throw new NotEvaluated('a type');
    const name = String(key.value);
    const optional = wanted.kind === 'call' && wanted.name === 'optional';
    const [inner = wanted, standard] = optional ? wanted.args : [];
    const given = plain.get(name) ?? null;
    if (given === null && !optional && !plain.has(name)) throw new NotEvaluated('an attribute is missing');
    const item = given === null && standard !== undefined ? constant(standard) : given;
    made.set(name, nested(item, inner));
  }
  return made;
}

/** Defaults of optional attributes are constants. */
function constant(expression: Expression): Plain {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'template': {
      const [only = ''] = expression.template;
      if (expression.template.length > 1 || typeof only !== 'string') break;
      return only;
    }
    case 'tuple':
      return expression.items.map(constant);
    case 'object':
      return new Map(
        expression.entries.map(({ key, value }) => {
          const name = constant(key);
          return [asText(name), constant(value)];
        }),
      );
    default:
  }
  throw new NotEvaluated('a default');
}
