import path from 'node:path';
import type { Advertisements } from '@lukko/formats';
import type { Ports } from '../ports/ports.ts';
import { readAdvertisement, signersOf } from '../seal/advertisement.ts';
import type { Contact } from './contact.ts';
import { type EnvironmentFile, writeFields } from './environment-file.ts';
import { StepFailed } from './problem.ts';
import { waitsFor } from './serve.ts';

export interface Pinning {
  readonly file: EnvironmentFile;
  readonly files: Ports['files'];
  readonly now: () => Date;
  readonly say: (line: string) => void;
  /** Opens the way to a server by its name at Hetzner. @throws StepFailed when there is none */
  readonly reach: (server: string) => Promise<Contact>;
}

interface Pin {
  readonly path: readonly (string | number)[];
  readonly value: string;
}

/**
 * Reads the thumbprint of every key server over SSH, writes those nobody has pinned yet into the configuration, and keeps the
 * advertisements beside it. `changed` names servers whose key is meant to have changed; any other that changed is refused.
 */
export async function pinKeys(pinning: Pinning, changed: readonly string[] = []): Promise<void> {
  const { file, files, now, say } = pinning;
  const { environment, keys } = file.config;
  const pins: Pin[] = [];
  const servers: Record<string, Advertisements['servers'][string]> = {};
  for (const [index, { name, thumbprint }] of keys.servers.entries()) {
    const contact = await pinning.reach(`lukko-${environment.name}-${name}`);
    try {
      const found = (await answer(contact, name, 'tang-thumbprint')).trim();
      const advertisement = (await answer(contact, name, 'tang-advertisement')).trim();
      if (!signersOf(advertisement).includes(found))
        throw new StepFailed(
          `${name} says ${found}, and advertises other keys`,
          'sign in and look at /var/db/tang; nothing was pinned',
        );
      readAdvertisement(advertisement, found, name);
      if (thumbprint !== undefined && thumbprint !== found && !changed.includes(name))
        throw new StepFailed(
          `${name} answers with ${found}, pinned is ${thumbprint}: a changed key is refused`,
          `find out who changed it; if it was rotated on purpose, \`lukko keys rotate --server ${name}\` pins the new one`,
        );
      const recorded = contact.record();
      if (recorded !== undefined) say(recorded);
      say(thumbprint === found ? `${name}: pinned already` : `${name}: ${found}`);
      if (thumbprint !== found) pins.push({ path: ['keys', 'servers', index, 'thumbprint'], value: found });
      servers[name] = { advertisement, fetched: now().toISOString() };
    } finally {
      contact.close();
    }
  }
  writeFields(file, pins, files);
  const beside = file.beside('advertisements');
  files.write(beside, `${JSON.stringify({ schemaVersion: 1, servers } satisfies Advertisements, null, 2)}\n`);
  say(written(file, pins, [path.basename(beside)]));
}

/** Reads the LUKS UUID of every host's volume over SSH and writes those that are not pinned yet. One that differs is refused. */
export async function pinVolumes(pinning: Pinning): Promise<void> {
  const { file, files, say } = pinning;
  const { environment, hosts } = file.config;
  const pins: Pin[] = [];
  for (const [name, host] of Object.entries(hosts)) {
    if (host === undefined) continue;
    const { volume } = host;
    const contact = await pinning.reach(`lukko-${environment.name}-${name}`);
    try {
      const found = (await answer(contact, name, 'luks-uuid')).trim();
      if (volume.luksUuid !== undefined && volume.luksUuid !== found)
        throw new StepFailed(
          `the volume of ${name} is ${found}, pinned is ${volume.luksUuid}: another disk`,
          'find out where the pinned one is (docs/runbooks/); nothing was pinned',
        );
      const recorded = contact.record();
      if (recorded !== undefined) say(recorded);
      say(volume.luksUuid === found ? `${name}: pinned already` : `${name}: ${found}`);
      if (volume.luksUuid !== found) pins.push({ path: ['hosts', name, 'volume', 'luksUuid'], value: found });
    } finally {
      contact.close();
    }
  }
  writeFields(file, pins, files);
  say(written(file, pins, []));
}

async function answer(
  contact: Contact,
  name: string,
  command: Parameters<Contact['run']>[0],
  words: readonly string[] = [],
): Promise<string> {
  const said = await contact.run(command, words);
  if (said.code === 0) return said.out;
  throw new StepFailed(`${name} ${waitsFor(said)}`, 'make it answer and run the same command again');
}

function written({ name }: EnvironmentFile, pins: readonly Pin[], more: readonly string[]): string {
  const files = [...(pins.length === 0 ? [] : [name]), ...more];
  return files.length === 0
    ? 'Nothing to write.'
    : `Written: ${files.join(', ')}. Compare what stands there with what the servers show on their consoles, then commit it.`;
}

/**
 * Gives one key server new keys and pins them. It keeps the former ones, hidden, so every volume still opens; `rebindVolumes` binds
 * them to the new ones, once the hosts were deployed with the new thumbprint.
 * @throws StepFailed when the server is not of this environment, or does not rotate.
 */
export async function rotateKeys(pinning: Pinning, name: string): Promise<void> {
  const { environment, keys } = pinning.file.config;
  if (!keys.servers.some((server) => server.name === name))
    throw new StepFailed(
      `there is no key server ${name}`,
      `name one of ${keys.servers.map((server) => server.name).join(', ')}`,
    );
  const contact = await pinning.reach(`lukko-${environment.name}-${name}`);
  try {
    await answer(contact, name, 'tang-rotate');
  } finally {
    contact.close();
  }
  pinning.say(`${name}: has new keys, and keeps the former ones for what is still bound to them`);
  await pinKeys(pinning, [name]);
  pinning.say(
    'Next: commit the configuration, `npx cdktf deploy`, then `lukko keys rebind`. Move the sealed secrets away and seal them again.',
  );
}

/** One key server apart from what a host was deployed with: left out, or in with new keys. */
export type Otherwise = readonly ['without', url: string] | readonly ['with', url: string, thumbprint: string];

/**
 * Binds every volume to the key servers its host was deployed with, or `otherwise`: by the binding it has, which is then removed.
 * @throws StepFailed at the first host that cannot; those before it are bound.
 */
export async function rebindVolumes({ file, reach, say }: Pinning, otherwise?: Otherwise): Promise<void> {
  const { environment, hosts } = file.config;
  for (const name of Object.keys(hosts)) {
    const contact = await reach(`lukko-${environment.name}-${name}`);
    try {
      const said = await answer(contact, name, 'rebind', otherwise);
      say(`${name}: ${said.trim().split('\n').at(-1) ?? ''}`);
    } finally {
      contact.close();
    }
  }
}
