import { holds, rule } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { hcloud } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { weaknessOf } from './shared/ssh-key.ts';
import { addressOf } from './shared/words.ts';

const key = (publicKey: string, extra: TerraformJson = {}) =>
  hcloud({ hcloud_ssh_key: { operator: { name: 'operator', public_key: publicKey } } }, extra);
const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW operator';
/** The public half of a key of 1,024 bits: made once for this example, its private half thrown away. */
const short =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDFGubAPqeXeaWkt2YR0/bAAnA8aspO9sPykRjZkssmxoMe2vJ045ZeoJ8uBUrMeUcBuPijQs8/9oFeqx30eKNHPxLgF6qCwvMDS3aUlyIYriB69CgpAbU9qPnP6OngMKNX7DmDuFVfEw4ifX1VUkfdSBbLBB/kJltDfqIxERplAQ== operator';

export const sshKeysStrong = rule({
  id: 'ssh-keys-strong',
  title: 'SSH keys are Ed25519, ECDSA, or RSA of at least 3,072 bits',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.5'],
  rationale:
    'A key that is placed on every server is worth what all servers are worth. DSA has 1,024 bits and OpenSSH no longer knows it; RSA below 3,072 bits stays below the 120 bits of strength that BSI asks for beyond 2023.',
  remediation: 'Make a new key: ssh-keygen -t ed25519',
  sources: [
    'https://www.bsi.bund.de/SharedDocs/Downloads/EN/BSI/Publications/TechGuidelines/TG02102/BSI-TR-02102-1.html',
    'https://www.openssh.com/releasenotes.html',
  ],
  appliesTo: ['hcloud_ssh_key'],
  check: (resource) => holds(resource.attr('public_key'), (text) => weaknessOf(String(text)) === undefined),
  message: (resource, truth) => {
    const why = weaknessOf(resource.attr('public_key').text ?? '');
    return truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to be strong: the key is not known`)
      : fit(`${addressOf(resource)} is ${why ?? 'weak'}`);
  },
  examples: [
    { name: 'Ed25519', verdict: 'pass', terraform: key(ed25519) },
    { name: 'RSA of 1,024 bits', verdict: 'fail', terraform: key(short) },
    { name: 'not a key', verdict: 'fail', terraform: key('ssh-dss AAAA operator') },
    {
      name: 'a key that a variable without value holds',
      verdict: 'unknown',
      terraform: key('${var.key}', { variable: { key: { type: 'string' } } }),
    },
  ],
});
