import { spawnSync } from 'node:child_process';
import { InputError } from '../errors.ts';

/**
 * Signs a text as `ssh-keygen -Y sign` does, so that keys in an agent and on hardware tokens work as well.
 * @param key path of a private key, or of a public one whose private part an agent holds
 * @returns the armoured signature. @throws InputError when there is no ssh-keygen, no key, or it does not sign
 */
export function signWithKey(text: string, key: string, namespace: string): string {
  const args = ['-Y', 'sign', '-q', '-n', namespace, '-f', key];
  const { error, status, stdout, stderr } = spawnSync('ssh-keygen', args, {
    input: text,
    encoding: 'utf8',
    // A question for a passphrase goes to the terminal; without one it fails instead of waiting.
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  if (error !== undefined) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(
      code === 'ENOENT'
        ? '--key: needs ssh-keygen (OpenSSH 8.2 or newer), found none; install it'
        : `--key: ssh-keygen did not answer: ${error.message}`,
    );
  }
  if (status !== 0 || !stdout.includes('BEGIN SSH SIGNATURE')) {
    const [why = 'it gave no signature'] = stderr.split('\n').filter((line) => line.trim() !== '');
    throw new InputError(`--key: ${why.trim()}; name a private key of OpenSSH, or the public one of a key in an agent`);
  }
  return stdout;
}
