import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Waiver } from '@lukko/formats';
import { waiverText } from '@lukko/policy-engine';
import {
  type AllowedSigner,
  readAllowedSigners,
} from '../../../../packages/policy-engine/src/approval/allowed-signers.ts';

export interface Approver {
  /** Signs with OpenSSH itself. */
  sign(waiver: Waiver, namespace?: string): Waiver;
  /** The line `name [options] key` of an allowed-signers file, read. */
  signers(name: string, options?: string): readonly AllowedSigner[];
}

/** An approver with a key made by ssh-keygen for this run and thrown away. */
export function approver(type: readonly string[] = ['ed25519']): Approver {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-approver-'));
  const key = path.join(folder, 'key');
  try {
    const [kind = '', ...bits] = type;
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      kind,
      ...bits.flatMap((size) => ['-b', size]),
      '-N',
      '',
      '-C',
      'test',
      '-f',
      key,
    ]);
    const [privateKey, publicKey] = [readFileSync(key), readFileSync(`${key}.pub`, 'utf8')];
    return {
      sign(waiver, namespace = 'lukko-waiver') {
        const here = mkdtempSync(path.join(tmpdir(), 'lukko-approver-'));
        try {
          const file = path.join(here, 'key');
          writeFileSync(file, privateKey, { mode: 0o600 });
          const signature = execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', file], {
            input: waiverText(waiver),
            encoding: 'utf8',
            stdio: ['pipe', 'pipe', 'ignore'],
          });
          return { ...waiver, signature };
        } finally {
          rmSync(here, { recursive: true });
        }
      },
      signers: (name, options = '') =>
        readAllowedSigners(`# who may approve\n${name} ${options} ${publicKey}`, 'approvers'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
