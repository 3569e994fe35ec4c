import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeFiles } from '../ports/node.ts';
import { type HostCommand, onHost, type Reach, recordedKey, type Said } from './ssh.ts';

/** A host as the verbs speak to it. */
export interface Contact {
  /** Runs one of the fixed commands. A host whose key is recorded must answer with it; one that is not is trusted for now. */
  run(command: HostCommand, words?: readonly string[]): Promise<Said>;
  /** Records the key that answered, once it is known to be the one to keep. @returns what to tell people, when it is new */
  record(): string | undefined;
  /** Fingerprint of the recorded key, else of the one that answered last; undefined before any did. `SHA256:…` */
  hostKey(): string | undefined;
  close(): void;
}

/**
 * Speaks to a host over SSH. Until its key is recorded, whatever answers is trusted, and kept apart: a host that waits for its
 * volume answers with a key of its root disk, which the next rebuild replaces, so only the key of a host that serves is recorded.
 */
export function contactOver(reach: Reach, environment: NodeJS.ProcessEnv): Contact {
  const scratch = mkdtempSync(path.join(tmpdir(), 'lukko-ssh-'));
  const first = path.join(scratch, 'known_hosts');
  const known = () => recordedKey(reach.knownHosts, reach.name) !== undefined;
  return {
    run: async (command, words) => {
      if (known()) return onHost(reach, command, 'recorded', environment, words);
      // Each contact before the first record stands alone: the key may change when the volume opens.
      rmSync(first, { force: true });
      return onHost({ ...reach, knownHosts: first }, command, 'first', environment, words);
    },
    record: () => {
      const key = known() ? undefined : recordedKey(first, reach.name);
      if (key === undefined) return undefined;
      const before = nodeFiles.kind(reach.knownHosts) === 'file' ? readFileSync(reach.knownHosts, 'utf8') : '';
      nodeFiles.write(reach.knownHosts, `${before}${reach.name} ${key}\n`);
      return `trusted on first use: ${reach.name} answers with ${fingerprint(key)}; from now on only this key is accepted`;
    },
    hostKey: () => {
      const key = recordedKey(reach.knownHosts, reach.name) ?? recordedKey(first, reach.name);
      return key === undefined ? undefined : fingerprint(key).split(' ')[0];
    },
    close: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

/** As `ssh-keygen -l` prints it. */
export function fingerprint(key: string): string {
  const [type = '', bytes = ''] = key.split(' ');
  const digest = createHash('sha256').update(Buffer.from(bytes, 'base64')).digest('base64').replace(/=+$/, '');
  return `SHA256:${digest} (${type.replace(/^ssh-/, '').toUpperCase()})`;
}
