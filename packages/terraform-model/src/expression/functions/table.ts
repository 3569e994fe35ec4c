import type { Plain } from '../plain.ts';
import { collections } from './collections.ts';
import { encoding } from './encoding.ts';
import { network } from './network.ts';
import { numbers } from './numbers.ts';
import { paths } from './paths.ts';
import { patterns } from './patterns.ts';
import { strings } from './strings.ts';

/** Pure functions of wholly known arguments. They throw `NotEvaluated` for what Terraform refuses or we do not compute. */
export type PlainFunctions = Readonly<Record<string, (args: readonly Plain[]) => Plain>>;

/** One family per file. What is neither here nor in files.ts (clocks, randomness, what depends on the machine) is unknown by `function`. */
export const plainFunctions: ReadonlyMap<string, (args: readonly Plain[]) => Plain> = new Map(
  [collections, encoding, network, numbers, paths, patterns, strings].flatMap((family) => Object.entries(family)),
);
