import { join } from 'node:path';
import { manifestFile, readSums, sha256, sumsFile, type VerifyInput, verifyBundle } from '@lukko/evidence';
import { keyFingerprint, manifest } from '@lukko/formats';
import { printable } from '@lukko/policy-engine';
import { fileProblem, InputError } from '../errors.ts';
import { instantOf } from '../evidence/instant.ts';
import { entriesOf } from '../evidence/read-bundle.ts';
import { displayName, fromHere } from '../input-file.ts';
import type { Ports } from '../ports/ports.ts';

export interface VerifyOptions {
  readonly signer?: string;
  readonly previous?: string;
  readonly asOf?: string;
  readonly format: 'terminal' | 'json';
}

/**
 * Checks a bundle without network and without anything but its own files.
 * @returns 0 good, 1 forged or expired, 2 unusable, 3 intact but the signer is not known
 */
export function verifyEvidence(target: string, options: VerifyOptions, ports: Ports): number {
  const directory = fromHere(target, ports.cwd);
  const name = displayName(directory, ports.cwd);
  const asOf = instantOf('--as-of', options.asOf, ports.now());
  if (options.signer !== undefined && !keyFingerprint.safeParse(options.signer).success)
    throw new InputError(
      `--signer: expected a fingerprint as \`ssh-keygen -l\` prints it (SHA256: and 43 characters), found ${JSON.stringify(options.signer)}`,
    );
  if (ports.files.kind(directory) !== 'directory') {
    const moved = join(directory, '..', `.${name.split('/').at(-1)}.previous`);
    const next =
      ports.files.kind(moved) === 'directory'
        ? `an export was interrupted; the older one lies whole in ${displayName(moved, ports.cwd)}`
        : 'name the directory that `lukko evidence export` wrote';
    throw new InputError(`${name}: no such directory; ${next}`);
  }
  const found = verify(directory, name, options, asOf, ports);
  if (options.format === 'json') ports.out(`${JSON.stringify(found, null, 2)}\n`);
  else {
    for (const { code, message } of found.findings) ports.out(`${code}: ${printable(message)}\n`);
    ports.out(
      `${printable(name)}: ${verdicts[found.exit]}${found.exit === 0 ? `, signed by ${found.fingerprint}` : ''} (${found.files} files)\n`,
    );
  }
  return found.exit;
}

const verdicts = {
  0: 'good',
  1: 'FORGED or expired',
  2: 'cannot be verified',
  3: 'intact, signer unknown',
} as const;

function verify(directory: string, name: string, options: VerifyOptions, asOf: string, ports: Ports) {
  try {
    return verifyBundle({
      entries: entriesOf(directory),
      read: (path) => ports.files.read(join(directory, path)),
      asOf,
      ...(options.signer === undefined ? {} : { signer: options.signer }),
      ...(options.previous === undefined ? {} : previousOf(options.previous, ports)),
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${name}: cannot be read: ${fileProblem(error)}`);
  }
}

/** What the export before was, as far as the next must continue it. @throws InputError for what is none, or not whole */
function previousOf(option: string, ports: Ports): Pick<VerifyInput, 'previous' | 'previousHead'> {
  const directory = fromHere(option, ports.cwd);
  if (ports.files.kind(join(directory, sumsFile)) !== 'file')
    throw new InputError(`--previous: ${option}: holds no ${sumsFile}; name an export, or leave it out`);
  const read = (path: string) => Buffer.from(ports.files.read(join(directory, path))).toString('utf8');
  const previous = read(sumsFile);
  const sums = readSums(previous);
  const listed = 'problem' in sums ? undefined : sums.find(({ path }) => path === manifestFile)?.sha256;
  const text = ports.files.kind(join(directory, manifestFile)) === 'file' ? read(manifestFile) : '';
  if (listed !== sha256(text))
    throw new InputError(`--previous: ${option}: is not whole: ${manifestFile} is missing or changed; get it again`);
  const { storeHead } = manifest.parse(JSON.parse(text));
  return { previous, ...(storeHead === undefined ? {} : { previousHead: storeHead }) };
}
