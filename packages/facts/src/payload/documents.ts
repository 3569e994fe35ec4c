import type { MarkedText, PayloadFile } from '../types.ts';
import { type CloudConfig, readCloudConfig } from './cloud-config.ts';
import { archived, formOf, isMultipart, type Part, type Parts, partsOf } from './multipart.ts';
import { isTalos, readTalos } from './talos.ts';

const NOTHING: CloudConfig = { files: [], bootcmd: [], runcmd: [], packages: [], settings: [], unread: [], keys: [] };

/**
 * What user_data asks for, in any form cloud-init takes: one cloud-config or script, a boot hook, a MIME message of several parts, an archive of
 * parts (cloud-init, user-data formats). What is fetched at boot, generated from a template or handled by code of its own is unread.
 */
export function documentOf({ marked, holes }: MarkedText, at: string): CloudConfig {
  if (isMultipart(marked)) return several(partsOf(marked), holes, at);
  const start = marked.trimStart();
  const type = formOf(start);
  if (type === undefined && isTalos(start)) return readTalos(start, holes, at);
  if (type === undefined) return { ...NOTHING, unread: [{ at, why: unknownForm(start) }] };
  if (type === 'text/cloud-config-archive') return several(archived(marked), holes, at);
  return one({ type, text: marked, number: 1 }, holes, at, '/var/lib/cloud/instance/user-data.txt');
}

function unknownForm(start: string): string {
  return start.startsWith('#')
    ? `user_data of the form ${JSON.stringify(start.split('\n')[0]?.slice(0, 40))} is not read`
    : 'user_data of a form cloud-init does not run';
}

function one({ type, text }: Part, holes: MarkedText['holes'], at: string, path: string): CloudConfig {
  const scriptAt = (place: string): PayloadFile => ({
    path: place,
    text: { marked: text.trimStart(), holes },
    permissions: undefined,
    owner: undefined,
    at,
  });
  switch (type) {
    case 'text/cloud-config':
      return readCloudConfig(text, holes, at);
    case 'text/x-shellscript':
    case 'text/cloud-boothook': {
      const run = { words: [path], line: 1 };
      const files = [scriptAt(path)];
      return type === 'text/x-shellscript'
        ? { ...NOTHING, files, runcmd: [run] }
        : { ...NOTHING, files, bootcmd: [run] };
    }
    case 'text/x-shellscript-per-boot':
    case 'text/x-shellscript-per-once':
    case 'text/x-shellscript-per-instance': {
      // Whatever lies there is run (follow in read.ts).
      const place = type.slice('text/x-shellscript-'.length);
      return {
        ...NOTHING,
        files: [scriptAt(`/var/lib/cloud/scripts/${place}/${path.slice(path.lastIndexOf('/') + 1)}`)],
      };
    }
    default:
      return { ...NOTHING, unread: [{ at, why: `a part of type ${JSON.stringify(type.slice(0, 60))} is not read` }] };
  }
}

/**
 * Several parts together. By default a later cloud-config replaces lists of an earlier one (cloud-init, merging user-data sections): a key in two
 * of them is told, since what then counts is in doubt. Scripts run after all of it, in their order.
 */
function several({ parts, unread }: Parts, holes: MarkedText['holes'], at: string): CloudConfig {
  const name = ({ number }: Part): string => `part-${String(number).padStart(3, '0')}`;
  const all = parts.map((part) => {
    return one(part, holes, `${at}:${name(part)}`, `/var/lib/cloud/instance/scripts/${name(part)}`);
  });
  const keys = all.flatMap((each) => each.keys);
  const twice = [
    ...new Set(keys.filter((key, index) => keys.indexOf(key) !== index && !/^merge_(how|type)$/.test(key))),
  ];
  return {
    files: all.flatMap((each) => each.files),
    bootcmd: all.flatMap((each) => each.bootcmd),
    runcmd: all.flatMap((each) => each.runcmd),
    packages: all.flatMap((each) => each.packages),
    settings: all.flatMap((each) => each.settings),
    keys,
    unread: [
      ...unread.map((why) => ({ at, why })),
      ...twice.map((key) => ({ at, why: `${key} stands in several parts: which one counts is decided by merging` })),
      ...all.flatMap((each) => each.unread),
    ],
  };
}
