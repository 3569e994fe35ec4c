import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Waiver } from '@lukko/formats';
import { waiverText } from '@lukko/policy-engine';
import {
  type AllowedSigner,
  readAllowedSigners,
} from '../../../../packages/policy-engine/src/approval/allowed-signers.ts';
import { wireString } from '../../../../packages/policy-engine/src/approval/wire.ts';

export interface Approver {
  sign(waiver: Waiver, namespace?: string): Waiver;
  /** The line `name [options] key` of an allowed-signers file, read. */
  signers(name: string, options?: string): readonly AllowedSigner[];
}

export const signersOf = (publicKey: string) => (name: string, options?: string) =>
  readAllowedSigners(`# who may approve\n${name} ${options ?? ''} ${publicKey}`, 'approvers');

/**
 * An approver with an Ed25519 key made for this run, who signs as PROTOCOL.sshsig says, without OpenSSH. That OpenSSH writes
 * the same is what openssh.test.ts shows, where it is there.
 */
export function approver(): Approver {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' });
  const type = 'ssh-ed25519';
  const key = Buffer.concat([wireString(type), wireString(Buffer.from(jwk.x ?? '', 'base64url'))]);
  return {
    sign: (waiver, namespace = 'lukko-waiver') => ({
      ...waiver,
      signature: armour(privateKey, key, waiver, namespace),
    }),
    signers: signersOf(`${type} ${key.toString('base64')} test`),
  };
}

function armour(privateKey: KeyObject, key: Buffer, waiver: Waiver, namespace: string): string {
  const head = [wireString(namespace), wireString(''), wireString('sha512')];
  const digest = createHash('sha512').update(waiverText(waiver)).digest();
  const signature = sign(null, Buffer.concat([Buffer.from('SSHSIG'), ...head, wireString(digest)]), privateKey);
  const blob = Buffer.concat([wireString('ssh-ed25519'), wireString(signature)]);
  const body = Buffer.concat([
    Buffer.from('SSHSIG'),
    Buffer.from([0, 0, 0, 1]),
    wireString(key),
    ...head,
    wireString(blob),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}
