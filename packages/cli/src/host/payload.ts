import { createHash } from 'node:crypto';
import { InputError } from '../errors.ts';

/** What a reference in a payload stands for, by its text: `hcloud_volume.data_volume.id`. */
export type Known = (reference: string) => string | undefined;

const PLAIN = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)+$/;

/**
 * A payload as Terraform renders it: `$${` and `%%{` are the characters themselves, `${a.b.c}` the value of that reference.
 * A payload holds nothing else (references stand in one file of it, each alone), so anything else is refused rather than guessed.
 * @throws InputError for an expression that is no plain reference, and for a reference without value.
 */
export function renderPayload(template: string, known: Known, stack: string): string {
  let rendered = '';
  for (let at = 0; at < template.length; ) {
    const next = template.slice(at).search(/\$\$?\{|%%?\{/);
    if (next === -1) return rendered + template.slice(at);
    rendered += template.slice(at, at + next);
    at += next;
    const mark = template[at] as '$' | '%';
    if (template[at + 1] === mark) {
      rendered += `${mark}{`;
      at += 3;
      continue;
    }
    const end = template.indexOf('}', at);
    const inside = template.slice(at + 2, end === -1 ? at + 60 : end).trim();
    if (mark === '%' || end === -1 || !PLAIN.test(inside))
      throw new InputError(
        `stack ${stack}: the payload holds ${JSON.stringify(`${mark}{${inside.slice(0, 60)}`)}, expected plain references only; write it into host.env as one reference, in stacks/constructs/host-env.ts`,
      );
    const value = known(inside);
    if (value === undefined)
      throw new InputError(
        `stack ${stack}: the payload refers to ${inside}, which is in no state that can be read; deploy the stack it belongs to, then this one again`,
      );
    rendered += value;
    at = end + 1;
  }
  return rendered;
}

/**
 * The value of the label `lukko-payload`: the first 40 digits of the payload's SHA-256, taken without the line that
 * `lukko volumes pin` adds, so that pinning a disk rebuilds nothing. Terraform computes the same for the label and the trigger
 * (stacks/constructs/hardened-server.ts).
 */
export function payloadDigest(payload: string): string {
  const unpinned = payload.replace(/ *LUKKO_LUKS_UUID=[^\n]*\n/g, '');
  return createHash('sha256').update(unpinned).digest('hex').slice(0, 40);
}
