import { createHash } from 'node:crypto';
import type { Value } from '../value.ts';
import { carrying, causesOf, known, referencesOf, unknown, weaken } from '../values.ts';
import type { Call } from './ast.ts';
import type { Evaluator, Names, Scope } from './evaluate.ts';
import { failure } from './failure.ts';
import { normal, plainOf } from './plain.ts';

type Digest = readonly [algorithm: string, encoding: 'hex' | 'base64'];

const digests: Readonly<Record<string, Digest>> = {
  filebase64sha256: ['sha256', 'base64'],
  filebase64sha512: ['sha512', 'base64'],
  filemd5: ['md5', 'hex'],
  filesha1: ['sha1', 'hex'],
  filesha256: ['sha256', 'hex'],
  filesha512: ['sha512', 'hex'],
};

export const fileFunctions: ReadonlySet<string> = new Set([
  'file',
  'filebase64',
  'fileexists',
  'templatefile',
  ...Object.keys(digests),
]);

/**
 * `file`, `templatefile` and their like (https://developer.hashicorp.com/terraform/language/functions#filesystem-functions). What
 * lies outside the tree, or was not handed in, is unknown by `outside`.
 */
export function callFile(expression: Call, scope: Scope, evaluator: Evaluator): Value {
  if (scope.names.inTemplate === true && expression.name === 'templatefile') return failure(expression.text);
  const [path, variables] = expression.args.map((arg) => evaluator.evaluate(arg, scope));
  const name = path === undefined ? undefined : plainOf(path);
  const references = weaken([path, variables].flatMap((value) => (value === undefined ? [] : referencesOf(value))));
  if (path === undefined || typeof name !== 'string') {
    const causes = path === undefined ? [] : causesOf(path);
    return unknown(causes.length === 0 ? ['function'] : causes, expression.text, references);
  }
  const bytes = scope.names.readFile?.(name);
  if (bytes === undefined) return unknown(['outside'], expression.text, references);
  if (expression.name === 'fileexists') return known(bytes !== 'absent');
  if (bytes === 'absent') return failure(expression.text);
  const carried = weaken(referencesOf(path));
  if (Object.hasOwn(digests, expression.name)) {
    const [algorithm, encoding] = digests[expression.name] as Digest;
    return carrying(known(createHash(algorithm).update(bytes).digest(encoding)), carried);
  }
  if (expression.name === 'filebase64') return carrying(known(Buffer.from(bytes).toString('base64')), carried);
  let text: string;
  try {
    text = normal(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return failure(expression.text);
  }
  if (expression.name === 'file') return carrying(known(text), carried);
  return rendered(expression, text, variables, scope, evaluator);
}

/** The file is a template in which only the given names mean something. */
function rendered(expression: Call, text: string, given: Value | undefined, scope: Scope, evaluator: Evaluator): Value {
  if (given?.state !== 'map' || !given.complete) {
    const causes = given === undefined ? [] : causesOf(given);
    return unknown(
      causes.length === 0 ? ['function'] : causes,
      expression.text,
      weaken(given === undefined ? [] : referencesOf(given)),
    );
  }
  const names: Names = {
    deepen: scope.names.deepen,
    // Terraform forbids one template to call another; files may be read.
    ...(scope.names.readFile === undefined ? {} : { readFile: (path: string) => scope.names.readFile?.(path) }),
    resolve: (_, steps, source) => ({ value: failure(source), used: steps.length }),
    inTemplate: true,
  };
  return evaluator.template(text, { names, bound: given.entries });
}
