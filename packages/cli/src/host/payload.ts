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
  return pieces(template, stack)
    .map((piece) => {
      if ('text' in piece) return piece.text;
      const value = known(piece.reference);
      if (value === undefined)
        throw new InputError(
          `stack ${stack}: the payload refers to ${piece.reference}, which is in no state that can be read; deploy the stack it belongs to, then this one again`,
        );
      return value;
    })
    .join('');
}

/**
 * What the references of a payload stood for when Terraform rendered it.
 * @throws InputError unless the text is the template with plain values (names, numbers, addresses) in the place of its references.
 */
export function valuesIn(rendered: string, template: string, stack: string): Known {
  const values = new Map<string, string>();
  let at = 0;
  const differs = (): never => {
    throw new InputError(
      `stack ${stack}: LUKKO_PAYLOAD is not the payload that cdktf.out declares, from line ${rendered.slice(0, at).split('\n').length} on; it is set by terraform for this command alone: unset it, or run \`npx cdktf synth\` and deploy again`,
    );
  };
  const parts = pieces(template, stack);
  for (const [index, piece] of parts.entries()) {
    if ('text' in piece) {
      if (!rendered.startsWith(piece.text, at)) differs();
      at += piece.text.length;
      continue;
    }
    // A value ends where the text behind it begins; it holds no quote, space or line of its own.
    const next = parts[index + 1];
    const value = /^[\w.:/-]*/.exec(rendered.slice(at, at + LONGEST_VALUE))?.[0] ?? '';
    const behind = next !== undefined && 'text' in next ? next.text.slice(0, LONGEST_VALUE) : '';
    const end =
      behind === ''
        ? value.length
        : `${value}${rendered.slice(at + value.length, at + value.length + behind.length)}`.indexOf(behind);
    const found = value.slice(0, Math.max(0, end));
    if (end < 0 || (values.get(piece.reference) ?? found) !== found) differs();
    values.set(piece.reference, found);
    at += found.length;
  }
  if (at !== rendered.length) differs();
  return (reference) => values.get(reference);
}

/** Longer than an id, a name or an address of a network. */
const LONGEST_VALUE = 256;

type Piece = { readonly text: string } | { readonly reference: string };

function pieces(template: string, stack: string): readonly Piece[] {
  const found: Piece[] = [];
  let text = '';
  for (let at = 0; at < template.length; ) {
    const next = template.slice(at).search(/\$\$?\{|%%?\{/);
    if (next === -1) return [...found, { text: text + template.slice(at) }];
    text += template.slice(at, at + next);
    at += next;
    const mark = template[at] as '$' | '%';
    if (template[at + 1] === mark) {
      text += `${mark}{`;
      at += 3;
      continue;
    }
    const end = template.indexOf('}', at);
    const inside = template.slice(at + 2, end === -1 ? at + 60 : end).trim();
    if (mark === '%' || end === -1 || !PLAIN.test(inside))
      throw new InputError(
        `stack ${stack}: the payload holds ${JSON.stringify(`${mark}{${inside.slice(0, 60)}`)}, expected plain references only; write it into host.env as one reference, in stacks/constructs/host-env.ts`,
      );
    found.push({ text }, { reference: inside });
    text = '';
    at = end + 1;
  }
  return [...found, { text }];
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
