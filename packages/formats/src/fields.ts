import type { z } from 'zod';
import type { Path } from './path.ts';

/** What the fields of a schema's object are called, as far as the path leads into objects, lists and choices. */
export function fieldsAt(schema: z.ZodType, path: Path): string[] {
  let candidates = unwrap(schema);
  for (const step of path) candidates = candidates.flatMap((candidate) => stepInto(candidate, step)).flatMap(unwrap);
  return [...new Set(candidates.flatMap((candidate) => Object.keys(shapeOf(candidate) ?? {})))];
}

/** The values a field may have, over all choices that have it as a fixed value: `local`, `s3`. */
export function choicesAt(schema: z.ZodType, path: Path): string[] {
  let candidates = unwrap(schema);
  for (const step of path) candidates = candidates.flatMap((candidate) => stepInto(candidate, step)).flatMap(unwrap);
  return candidates.flatMap((candidate) => {
    const { values, entries } = definition(candidate);
    return [...(values ?? []), ...Object.values(entries ?? {})].map(String);
  });
}

/** The part of zod's own description of a schema that is needed here (https://zod.dev/library-authors). */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string>>;
}

function definition(schema: z.ZodType): Definition {
  return schema.def as unknown as Definition;
}

/** The schema without what makes it optional, and every member of a choice. */
function unwrap(schema: z.ZodType): z.ZodType[] {
  const { innerType, in: input, options } = definition(schema);
  if (options !== undefined) return options.flatMap(unwrap);
  const inner = innerType ?? input;
  return inner === undefined ? [schema] : unwrap(inner);
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  return definition(schema).shape;
}

function stepInto(schema: z.ZodType, step: PropertyKey): z.ZodType[] {
  const { element, valueType } = definition(schema);
  const shape = shapeOf(schema);
  const next =
    typeof step === 'number'
      ? element
      : shape === undefined
        ? valueType
        : Object.hasOwn(shape, step)
          ? shape[String(step)]
          : undefined;
  return next === undefined ? [] : [next];
}
