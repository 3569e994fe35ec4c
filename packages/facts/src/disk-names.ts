import { cryptsetupCall } from './disk-commands.ts';
import { hasHole } from './payload/marked.ts';
import type { Command } from './types.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Further names of devices, by the name: what `cryptsetup luksFormat --uuid` or `--label` wrote into the header is how crypttab(5) and udev then
 * call the device (`UUID=…`, `/dev/disk/by-uuid/…`). A name given to two devices names none.
 */
export function givenNames(commands: readonly Command[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const twice = new Set<string>();
  for (const { program, args, declared } of commands) {
    if (program !== 'cryptsetup' || declared !== undefined) continue;
    const { words, options } = cryptsetupCall(args);
    const [action, device] = words;
    if (action !== 'luksFormat' || device === undefined) continue;
    const uuid = options.get('--uuid');
    const label = options.get('--label');
    const given = [
      ...(uuid !== undefined && UUID.test(uuid)
        ? [`UUID=${uuid.toLowerCase()}`, `/dev/disk/by-uuid/${uuid.toLowerCase()}`]
        : []),
      ...(label !== undefined && label !== '' && !hasHole(label)
        ? [`LABEL=${label}`, `/dev/disk/by-label/${label}`]
        : []),
    ];
    for (const name of given) {
      if (names.has(name) && names.get(name) !== device) twice.add(name);
      names.set(name, device);
    }
  }
  for (const name of twice) names.delete(name);
  return names;
}

/** The device a word means, by its own name where it was given another. */
export function ownName(word: string | undefined, names: ReadonlyMap<string, string>): string | undefined {
  if (word === undefined || names.size === 0) return word;
  const folded = /^(UUID=|\/dev\/disk\/by-uuid\/)/.test(word)
    ? word
        .replace(/"/g, '')
        .toLowerCase()
        .replace(/^uuid=/, 'UUID=')
    : word;
  return names.get(folded) ?? word;
}
