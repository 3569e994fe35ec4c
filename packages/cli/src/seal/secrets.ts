import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { advertisements, parseFile, type Sealed, sealed } from '@lukko/formats';
import { InputError } from '../errors.ts';
import type { EnvironmentFile } from '../host/environment-file.ts';
import type { Ports } from '../ports/ports.ts';
import { readAdvertisement } from './advertisement.ts';
import { sealToTangs, type Tang } from './clevis.ts';
import { encryptTo } from './jwe.ts';
import type { EcJwk } from './jwk.ts';

export interface Sealing {
  readonly file: EnvironmentFile;
  readonly files: Ports['files'];
  readonly now: () => Date;
  /** Where hosts ask a key server, by its name in the configuration. */
  readonly urlOf: (server: string) => string | undefined;
}

/** The longest secret: it travels in a payload of 24 KiB together with everything else. */
const LONGEST = 4096;

/** Secrets of an environment as they are kept; undefined when none was sealed yet. */
export function readSealed({ file, files }: Pick<Sealing, 'file' | 'files'>): Sealed | undefined {
  const path = file.beside('sealed');
  if (files.kind(path) !== 'file') return undefined;
  return parseFile(sealed, new TextDecoder().decode(files.read(path)), path.slice(path.lastIndexOf('/') + 1)).value;
}

/**
 * Seals one secret into `config/<environment>.sealed.json`. The first makes a key pair, whose private part only the key servers
 * can open; later ones need its public part alone. A change of key servers makes a new pair, and asks for every secret again.
 * @throws InputError when key servers are not pinned, their advertisements are not at hand, or others were sealed to before.
 */
export function sealSecret(sealing: Sealing, name: string, secret: Uint8Array): Sealed {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new InputError(
      `${JSON.stringify(name)}: expected a name of lower-case letters, digits and hyphens, such as acme-account`,
    );
  if (secret.length === 0 || secret.length > LONGEST)
    throw new InputError(
      `the secret has ${secret.length} bytes, expected 1 to ${LONGEST}; give it on standard input or with --from`,
    );
  const { file, files, now } = sealing;
  const before = readSealed(sealing);
  if (before !== undefined) refuseOthers(sealing, before);
  const base = before ?? begin(sealing);
  const secrets = { ...base.secrets, [name]: { sealed: encryptTo(base.public, secret), at: now().toISOString() } };
  const sorted = Object.fromEntries(Object.entries(secrets).sort(([a], [b]) => (a < b ? -1 : 1)));
  const after: Sealed = { ...base, secrets: sorted };
  files.write(file.beside('sealed'), `${JSON.stringify(after, null, 2)}\n`);
  return after;
}

function begin(sealing: Sealing): Sealed {
  const { environment, keys } = sealing.file.config;
  const tangs = tangsOf(sealing);
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = createPublicKey(pair.privateKey).export({ format: 'jwk' }) as unknown as EcJwk;
  const own = JSON.stringify(pair.privateKey.export({ format: 'jwk' }));
  return {
    schemaVersion: 1,
    environment: environment.name,
    threshold: keys.threshold,
    servers: tangs.map(({ name, url, thumbprint }) => ({ name, url, thumbprint })),
    public: { kty, crv: crv as 'P-256', x, y },
    key: sealToTangs(keys.threshold, tangs, Buffer.from(own)),
    secrets: {},
  };
}

function tangsOf({ file, files, urlOf }: Sealing): readonly (Tang & { name: string; thumbprint: string })[] {
  const path = file.beside('advertisements');
  const shown = `${file.name.replace(/\.ya?ml$/, '')}.advertisements.json`;
  if (files.kind(path) !== 'file')
    throw new InputError(
      `${shown} is missing: what the key servers advertise is not known; run \`lukko keys pin\` first`,
    );
  const { servers } = parseFile(advertisements, new TextDecoder().decode(files.read(path)), shown).value;
  return file.config.keys.servers.map(({ name, thumbprint }) => {
    const kept = Object.hasOwn(servers, name) ? servers[name] : undefined;
    const url = urlOf(name);
    if (thumbprint === undefined || kept === undefined)
      throw new InputError(`the key server ${name} is not pinned; run \`lukko keys pin\` first`);
    if (url === undefined)
      throw new InputError(`the address of the key server ${name} is in no state; deploy network and keys first`);
    return { name, url, thumbprint, advertisement: readAdvertisement(kept.advertisement, thumbprint, name) };
  });
}

/** What was sealed to others is opened by others: hosts would ask servers that are gone. */
function refuseOthers({ file }: Sealing, before: Sealed): void {
  const now = file.config.keys.servers.map(({ name, thumbprint }) => `${name} ${thumbprint}`);
  const then = before.servers.map(({ name, thumbprint }) => `${name} ${thumbprint}`);
  if (now.join() !== then.join() || file.config.keys.threshold !== before.threshold)
    throw new InputError(
      `the secrets were sealed to other key servers than the pinned ones; move ${file.beside('sealed').split('/').at(-1)} away and seal each again: ${Object.keys(before.secrets).join(', ')}`,
    );
}
