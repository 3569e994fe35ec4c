import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { PayloadFacts } from '@lukko/evidence';
import type { Found } from '../find.ts';
import { recordAt, textAt } from '../host/json.ts';
import { renderPayload } from '../host/payload.ts';
import { declaredServer, type HostStack, readHostStack, serverNames } from '../host/stack.ts';
import { knownFrom, readState } from '../host/state.ts';
import { fromHere } from '../input-file.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * The payload of every server of a cdktf.out: its text with the ids of a local state, and what that state keeps of it. What
 * cannot be rendered is left without digests, and so is not proven.
 */
export function payloadFacts(found: Found, { cwd }: Ports): readonly PayloadFacts[] {
  if (found.kind !== 'cdktf.out') return [];
  return found.stacks.flatMap(({ stack: name, file }) => {
    const stack = stackAt(name, fromHere(file, cwd));
    if (stack === undefined) return [];
    const state =
      textAt(stack.document, 'terraform', 'backend', 'local', 'path') === undefined ? undefined : readState(stack, {});
    return serverNames(stack).flatMap((server) => factsOf(stack, server, state));
  });
}

/** Stacks that are not ours have no environment, and no payload of this kind. */
function stackAt(name: string, file: string): HostStack | undefined {
  try {
    const folder = dirname(file);
    return readHostStack(name, join(folder, '..', '..', '..'), join(folder, '..', '..'));
  } catch {
    return undefined;
  }
}

function factsOf(stack: HostStack, server: string, state: unknown): readonly PayloadFacts[] {
  const declared = declaredServer(stack, server);
  if (declared === undefined) return [];
  const known = knownFrom(stack, state);
  const address = `${stack.name}/${declared.address}`;
  const [type = '', key = ''] = declared.address.split('.');
  const created = createdWith(state, type, key);
  try {
    const text = renderPayload(declared.template, known, stack.name);
    // A disk that was pinned since is a line the running text does not have yet.
    const texts = new Set([text, text.replace(/ *LUKKO_LUKS_UUID=[^\n]*\n/g, '')]);
    const digest = (algorithm: string, of: string) => createHash(algorithm).update(of).digest('hex');
    return [
      {
        server,
        address,
        created,
        declared: [...texts].map((of) => ({ sha256: digest('sha256', of), sha1: digest('sha1', of) })),
      },
    ];
  } catch {
    return [{ server, address, created, declared: [] }];
  }
}

function createdWith(state: unknown, type: string, name: string): string | undefined {
  const { resources } = Object(state) as { resources?: unknown };
  const found = (Array.isArray(resources) ? resources : []).find(
    (one) => textAt(one, 'type') === type && textAt(one, 'name') === name,
  );
  const [instance] = Array.isArray(Object(found).instances) ? (Object(found).instances as unknown[]) : [];
  return textAt(recordAt(instance, 'attributes'), 'user_data');
}
