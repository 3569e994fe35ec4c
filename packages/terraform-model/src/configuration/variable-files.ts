import type { Evaluator, Scope } from '../expression/evaluate.ts';
import { InputError } from '../input-error.ts';
import { isObject } from '../json/types.ts';
import { literal } from '../navigate.ts';
import type { Value } from '../value.ts';
import { unknown } from '../values.ts';
import { type ConfigurationFile, readDocument } from './source.ts';

/** Values may name nothing: neither variables nor functions. */
const bare: Scope = {
  names: { resolve: (_, __, text) => ({ value: unknown(['function'], text), used: 0 }), deepen: () => undefined },
  bound: new Map(),
};

/**
 * Values of variables by name, as a `*.tfvars` or `*.tfvars.json` file gives them. In JSON a text is itself, in HCL a template.
 * @throws InputError for what cannot be read.
 */
export function variablesIn(source: ConfigurationFile, evaluator: Evaluator): ReadonlyMap<string, Value> {
  const { value, file } = readDocument(source);
  if (!isObject(value)) {
    throw new InputError(file, 1, 'expected an object with the values of variables', 'correct the file');
  }
  const isJson = file.endsWith('.json');
  return new Map([...value].map(([name, json]) => [name, isJson ? literal(json) : evaluator.json(json, bare)]));
}
