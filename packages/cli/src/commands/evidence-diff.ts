import { join } from 'node:path';
import { diffEvidence, verifyBundle } from '@lukko/evidence';
import { type EvidenceExport, evidenceExport } from '@lukko/formats';
import { printable } from '@lukko/policy-engine';
import { InputError } from '../errors.ts';
import { entriesOf } from '../evidence/read-bundle.ts';
import { displayName, fromHere } from '../input-file.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Prints what is different between two exports, both of which must be whole.
 * @returns 0 nothing, 1 something. @throws InputError for exit 2
 */
export function diffOf(before: string, after: string, ports: Ports): number {
  const [was, now] = [read(before, ports), read(after, ports)];
  for (const [what, one, other] of [
    ['profile', was.profile, now.profile],
    ['selection', was.selection, now.selection],
  ] as const)
    if (one !== other)
      throw new InputError(
        `expected two exports of one ${what}, found ${one} and ${other}: what one of them leaves out would look like a change; export again with the same --${what === 'profile' ? 'profile' : 'control'}`,
      );
  const found = diffEvidence(was, now);
  for (const { kind, change, subject, what } of found)
    ports.out(`${change.padEnd(7)} ${kind.padEnd(11)} ${printable(subject)}: ${printable(what)}\n`);
  ports.out(
    found.length === 0 ? 'no difference\n' : `${found.length} ${found.length === 1 ? 'difference' : 'differences'}\n`,
  );
  return found.length === 0 ? 0 : 1;
}

function read(target: string, ports: Ports): EvidenceExport {
  const directory = fromHere(target, ports.cwd);
  const name = displayName(directory, ports.cwd);
  if (ports.files.kind(directory) !== 'directory')
    throw new InputError(`${name}: no such directory; name what \`lukko evidence export\` wrote`);
  const bytes = (path: string) => ports.files.read(join(directory, path));
  // An observation that has expired since is no reason against comparing; everything else is.
  const { findings } = verifyBundle({ entries: entriesOf(directory), read: bytes, asOf: '0000' });
  const broken = findings.find(({ code }) => code !== 'signer-unknown' && code !== 'demo-signer');
  if (broken !== undefined) throw new InputError(`${name}: ${broken.code}: ${broken.message}`);
  const parsed = evidenceExport.safeParse(JSON.parse(Buffer.from(bytes('evidence.json')).toString('utf8')));
  if (!parsed.success) throw new InputError(`${name}: evidence.json is of another version of lukko; export again`);
  return parsed.data;
}
