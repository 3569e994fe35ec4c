import { asBoolean, asList, asNumber, asText, asWhole, exactly, isList, NotEvaluated, type Plain } from '../plain.ts';
import type { PlainFunctions } from './table.ts';

/** https://developer.hashicorp.com/terraform/language/functions#numeric-functions */
export const numbers: PlainFunctions = {
  abs: ([value]) => Math.abs(asNumber(value)),
  alltrue: ([list]) => asList(list).every(asBoolean),
  anytrue: ([list]) => asList(list).some(asBoolean),
  ceil: ([value]) => Math.ceil(asNumber(value)) + 0,
  floor: ([value]) => Math.floor(asNumber(value)) + 0,
  max: (args) => Math.max(...some(args)),
  min: (args) => Math.min(...some(args)),
  parseint: ([text, base]) => {
    const radix = asWhole(base);
    const parsed = radix < 2 || radix > 36 ? Number.NaN : Number.parseInt(asText(text), radix);
    // A digit the base has not would only end the number.
    const digits = [...asText(text).replace(/^-/, '')].every((digit) => !Number.isNaN(Number.parseInt(digit, radix)));
    if (!digits || !/^-?[0-9a-zA-Z]+$/.test(asText(text)) || !Number.isSafeInteger(parsed))
      throw new NotEvaluated('parseint');
    return parsed;
  },
  pow: ([base, exponent]) => exactly(finite(asNumber(base) ** asNumber(exponent)), asNumber(base), asNumber(exponent)),
  range: (args) => range(args.map(asNumber)),
  signum: ([value]) => Math.sign(asNumber(value)),
  sum: ([list]) => some(asList(list)).reduce((total, value) => exactly(total + value, total, value), 0),
};

function some(args: readonly Plain[]): readonly number[] {
  if (args.length === 0 || args.length > 10_000 || args.some(isList)) throw new NotEvaluated('numbers are needed');
  return args.map(asNumber);
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new NotEvaluated('a number too large');
  return value;
}

function range(args: readonly number[]): readonly number[] {
  const [start, limit] = args.length === 1 ? [0, args[0]] : [args[0], args[1]];
  if (start === undefined || limit === undefined) throw new NotEvaluated('range');
  for (const arg of args) exactly(arg);
  const step = args[2] ?? (limit < start ? -1 : 1);
  const length = Math.ceil((limit - start) / step);
  // Terraform itself allows 1,024 at most.
  if (step === 0 || !(length <= 1024)) throw new NotEvaluated('range');
  return Array.from({ length: Math.max(0, length) }, (_, i) => start + i * step);
}
