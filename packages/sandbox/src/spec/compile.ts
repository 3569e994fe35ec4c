import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { type Schema, specDocument } from './document.ts';

/**
 * Three compilers over one document, each made when first needed:
 * `request` stops at the first mistake and accepts no field that the description does not name; `everyMistake` is the same
 * and goes on; `response` takes the description as it is.
 */
type Purpose = 'request' | 'everyMistake' | 'response';

const compilers = new Map<Purpose, Ajv>();
const validators = new Map<string, ValidateFunction>();

/** The validator of a schema of the document that stands at a JSON pointer, compiled when first asked for. */
export function validatorAt(schema: Schema, pointer: string, purpose: Purpose): ValidateFunction {
  const place = `${purpose} ${pointer}`;
  const known = validators.get(place);
  if (known !== undefined) return known;
  // Most paths and many queries are alike: what has the same text is compiled once.
  const text = `${purpose} ${JSON.stringify(schema)}`;
  const validate = validators.get(text) ?? compilerFor(purpose).getSchema(`sandbox#${pointer}`);
  if (validate === undefined) throw new Error(`no schema at ${pointer}`);
  validators.set(text, validate);
  validators.set(place, validate);
  return validate;
}

function compilerFor(purpose: Purpose): Ajv {
  const made = compilers.get(purpose) ?? makeCompiler(purpose);
  compilers.set(purpose, made);
  return made;
}

function makeCompiler(purpose: Purpose): Ajv {
  const ajv = new Ajv({
    allErrors: purpose !== 'request',
    allowUnionTypes: true,
    // The file is our own and held by a test; checking it again at each start would cost more than compiling what is used.
    validateSchema: false,
    verbose: purpose === 'everyMistake',
    ownProperties: true,
    keywords: ['about', 'schemas', 'operations'],
  });
  addFormats(ajv, ['date-time', 'double', 'int32', 'int64']);
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
  ajv.addSchema(purpose === 'response' ? specDocument : closed(specDocument), 'sandbox');
  return ajv;
}

/** The same schemas where objects hold only the properties named. Schemas are ours, so the recursion is bounded. */
function closed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(closed) as T;
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, closed(member)])) as Schema & T;
  // `properties` is also a fine name for a property: then its value has no `type` beside it.
  const open = copy.type === 'object' && copy.properties !== undefined && copy.additionalProperties === undefined;
  return open ? { ...copy, additionalProperties: false } : copy;
}
