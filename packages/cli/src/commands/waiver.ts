import { nearest, printable, waiverText } from '@lukko/policy-engine';
import { InputError } from '../errors.ts';
import { type PolicyOptions, policyAt } from '../policy-files.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Prints exactly the bytes an approver signs: `lukko waiver <id> | ssh-keygen -Y sign -n lukko-waiver -f <key>`.
 * @returns 0. @throws InputError for an id that is no waiver of the policy.
 */
export async function waiver(id: string, options: PolicyOptions, ports: Ports): Promise<number> {
  const { waivers, waiversFile } = await policyAt(options, ports);
  const found = waivers.find((candidate) => candidate.id === id);
  if (found === undefined) {
    const near = nearest(
      id,
      waivers.map((candidate) => candidate.id),
    );
    const next = near === undefined ? 'lukko.yaml names the file in its field waivers' : `did you mean ${near}?`;
    throw new InputError(`${printable(id)}: no such waiver in ${waiversFile}; ${next}`);
  }
  ports.out(waiverText(found));
  return 0;
}
