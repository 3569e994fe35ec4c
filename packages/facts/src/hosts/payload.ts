import type { Operator } from '@lukko/formats';
import { registryOf } from '../images.ts';
import { byText } from '../memo.ts';
import { isLoopback } from '../payload/urls.ts';
import type { HostUse, ImageUse, Payload } from '../types.ts';
import { knownNames } from './attributes.ts';
import { hostUse } from './place-of.ts';

/** Hosts that what servers run names: by position, then names of known operators in any file. */
export function payloadHosts(payload: Payload, operators: readonly Operator[]): HostUse[] {
  const holes = payload.holes;
  const owner = payload.server.id;
  const { place } = payload.server;
  const found = payload.hosts.flatMap((each): HostUse[] => {
    const spot = {
      position: each.position,
      class: each.class,
      at: `${each.at}:${each.line}`,
      place,
      owner,
      implicit: each.implicit,
    };
    const use = hostUse(each.text, holes, spot);
    return use === undefined ? [] : [use];
  });
  const seen = new Set(found.map((use) => `${use.at}\n${use.host ?? ''}`));
  return [...found, ...textHosts(payload, operators, seen)];
}

/** The registries images are pulled from. */
export function imageHosts(images: readonly ImageUse[]): HostUse[] {
  const pulled = images.filter(({ registry }) => !isLoopback(registry.replace(/:\d+$/, '')));
  return pulled.map(({ text, registry, at, place, owner, causes }) => {
    const known = registry !== '' && !registry.includes('${');
    return {
      host: known ? registry.replace(/:\d+$/, '') : undefined,
      class: 'pull',
      position: 'container image',
      at,
      place,
      owner,
      implicit: registryOf(text).implicit,
      causes: known ? [] : causes.length > 0 ? causes : ['computed'],
    };
  });
}

/** Every line that is no comment; a registry that is only blocked is named in registries.conf, and used nowhere. */
function textHosts(payload: Payload, operators: readonly Operator[], seen: ReadonlySet<string>): HostUse[] {
  const owner = payload.server.id;
  const { place } = payload.server;
  const namesIn = namesOf(operators);
  const inFiles = payload.files.flatMap((file) => {
    if (/\/registries\.conf/.test(file.path)) return [];
    return namesIn(file.text.marked).flatMap(({ host, line }): HostUse[] => {
      const at = `${file.at}:${line}`;
      if (seen.has(`${at}\n${host}`)) return [];
      return [{ host, class: 'data', position: 'text', at, causes: [], place, owner, implicit: false }];
    });
  });
  const files = new Set(payload.files.map((file) => file.at));
  const inCommands = payload.commands.flatMap((command) => {
    if (files.has(command.at) || NAMES_PACKAGES.test(command.program)) return [];
    const at = `${command.at}:${command.line}`;
    return command.args.flatMap((arg) =>
      (arg === undefined ? [] : namesIn(arg)).flatMap(({ host }): HostUse[] =>
        seen.has(`${at}\n${host}`)
          ? []
          : [{ host, class: 'data', position: 'text', at, causes: [], place, owner, implicit: false }],
      ),
    );
  });
  return [...inFiles, ...inCommands];
}

/** What these take are names of packages, units and images, some of which look like names of hosts: `docker.io`. */
const NAMES_PACKAGES = /^(apt|apt-get|apt-mark|dpkg|systemctl|podman|docker|nerdctl|grep|sed|awk|rm|mkdir)$/;

type NamesIn = (text: string) => readonly { readonly host: string; readonly line: number }[];
const readers = new WeakMap<readonly Operator[], NamesIn>();

/** Names of these operators in the lines of a text that are no comments. */
function namesOf(operators: readonly Operator[]): NamesIn {
  const known = readers.get(operators);
  if (known !== undefined) return known;
  const suffixes = new Set(
    operators.flatMap((operator) => [...(operator.hosts ?? []), ...(operator.registries ?? [])]),
  );
  const reader = byText((text) =>
    text.split('\n').flatMap((line, index) => {
      if (!line.includes('.') || /^\s*(#|;|\/\/)/.test(line)) return [];
      return knownNames(line, suffixes).map((host) => ({ host, line: index + 1 }));
    }),
  );
  readers.set(operators, reader);
  return reader;
}
