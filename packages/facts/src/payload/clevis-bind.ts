import type { Command, KeyOrigin } from '../types.ts';

const DEEPEST = 4;
const known = (saw: string): KeyOrigin => ({ is: false, saw });
const unknown = (saw: string): KeyOrigin => ({ is: 'unknown', saw });

/**
 * Who can open the slot that `clevis luks bind` adds to a volume (clevis-luks-bind(1), clevis-encrypt-sss(1), clevis-encrypt-tang(1)): the pin and its
 * configuration, which may hold references. Nothing when it is another command, or Tang servers have to be asked.
 */
export function boundTo({ program, args }: Command): KeyOrigin | undefined {
  const words = program === 'clevis' ? args.slice(1) : [program.replace('clevis-luks-', ''), ...args];
  if (!/^clevis(-luks-bind)?$/.test(program) || words[0] !== 'bind') return undefined;
  const [pin, configuration] = positional(words.slice(1));
  // What a script works out, from what it read or was given, is not followed here.
  if (pin === undefined || configuration === undefined) return undefined;
  return ofPin(pin, parsed(configuration), 0);
}

/** Words that are neither options nor their values. */
function positional(words: readonly (string | undefined)[]): (string | undefined)[] {
  const found: (string | undefined)[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (/^-[dkste]$/.test(word ?? '')) index += 1;
    else if (word === undefined || !word.startsWith('-')) found.push(word);
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ofPin(pin: string, configuration: unknown, depth: number): KeyOrigin | undefined {
  if (pin === 'null') return known('bound by clevis to nobody (pin null): it opens for everybody');
  if (!isObject(configuration) || depth > DEEPEST) return unknown(`what clevis binds it to (pin ${pin}) is not shown`);
  // Keys that are not pinned (`thp`) are trusted when they are first seen, by whoever runs the script; nobody who comes later learns anything.
  if (pin === 'tang') return undefined;
  if (pin === 'sss') return ofShares(configuration, depth);
  return unknown(`bound by clevis to ${pin}, which this machine is not shown to have`);
}

function ofShares({ t, pins }: Readonly<Record<string, unknown>>, depth: number): KeyOrigin | undefined {
  if (typeof t !== 'number' || !Number.isInteger(t) || t < 1 || !isObject(pins))
    return unknown('bound to shares (pin sss) without a threshold of at least 1');
  const shares = Object.entries(pins).flatMap(([pin, each]) =>
    (Array.isArray(each) ? each : [each]).map((one) => ofPin(pin, one, depth + 1)),
  );
  if (shares.length < t) return unknown(`bound to ${shares.length} shares of which ${t} are asked for`);
  const open = shares.filter((share) => share?.is === false);
  if (open.length >= t) return open[0];
  return open[0] === undefined
    ? shares.find((share) => share !== undefined)
    : unknown(`one of the shares it is bound to is known: ${open[0].saw}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
