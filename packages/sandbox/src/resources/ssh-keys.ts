import { createHash } from 'node:crypto';
import { instant } from '../actions.ts';
import { commonHandlers, found, removeNow } from '../collection.ts';
import { type Context, created, type Handlers } from '../context.ts';
import { ApiError, invalidField } from '../errors.ts';
import { checkName } from '../names.ts';
import type { Json, Labels, SshKey } from '../types.ts';

const render = (_: Context, { id, name, fingerprint, labels, created: at, publicKey }: SshKey): Json => ({
  id,
  name,
  fingerprint,
  public_key: publicKey,
  labels,
  created: instant(at),
});

export const sshKeys: Handlers = {
  ...commonHandlers({
    kind: 'ssh_key',
    plural: 'ssh_keys',
    render,
    filters: { fingerprint: ({ fingerprint }) => fingerprint },
  }),
  create_ssh_key: (context) => {
    const body = context.body as { name: string; public_key: string; labels?: Labels };
    const fingerprint = fingerprintOf(body.public_key);
    checkName(context, 'ssh_key', body.name);
    if (context.store.all('ssh_key').some((each) => each.fingerprint === fingerprint))
      throw new ApiError('uniqueness_error', 'SSH key with the same fingerprint already exists', {
        fields: [{ name: 'public_key' }],
      });
    const { name, labels = {} } = body;
    const id = context.nextId();
    const key = { id, name, labels, created: context.now, publicKey: body.public_key, fingerprint };
    return created({ ssh_key: render(context, context.store.put('ssh_key', key)) });
  },
  delete_ssh_key: (context) => removeNow(context, 'ssh_key', found(context, 'ssh_key').id),
};

const TYPES =
  /^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** The bytes of a public key, or undefined for what is none. */
function bytesOf(publicKey: string): Buffer | undefined {
  const [type = '', base64 = ''] = publicKey.trim().split(/\s+/);
  const bytes = Buffer.from(base64, 'base64');
  // The bytes begin with the length and text of the type again (RFC 4253 §6.6).
  const inner = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1') : '';
  return TYPES.test(type) && inner === type ? bytes : undefined;
}

export const isPublicKey = (text: string): boolean => bytesOf(text) !== undefined;

/** MD5 of the key's bytes, with colons (RFC 4716 §4). @throws ApiError invalid_input for what is no public key. */
function fingerprintOf(publicKey: string): string {
  const bytes = bytesOf(publicKey);
  if (bytes === undefined) throw invalidField('public_key', 'SSH key is invalid');
  return (createHash('md5').update(bytes).digest('hex').match(/../g) ?? []).join(':');
}
