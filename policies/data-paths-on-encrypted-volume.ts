import { type Judgement, rule, shown } from '@lukko/policy-engine';
import { encryptedHost, logs } from './shared/encrypted-host.ts';
import { hcloud, server } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { proofMessage } from './shared/proof.ts';
import { isPayload, unreadable } from './shared/unreadable.ts';

export const dataPathsOnEncryptedVolume = rule({
  id: 'data-paths-on-encrypted-volume',
  title: 'Services keep their data on the encrypted volume, and wait for it',
  severity: 'critical',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.15', 'GDPR/32(1)(a)', 'NIS2/21(2)(h)'],
  rationale:
    'An encrypted volume protects only what lies on it. A service whose directory lies beside the mount, or that starts before the mount is there, writes to the root disk, which Hetzner does not encrypt.',
  remediation:
    'Put the directory below the mount of the encrypted volume, write RequiresMountsFor= into its unit, and a mount unit or line of fstab for that mount',
  sources: [
    'https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html',
    'https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html',
  ],
  appliesTo: ['data-path', 'payload'],
  appliesWhen: (subject) => unreadable.appliesWhen(subject),
  check: (subject): readonly Judgement[] => {
    if (isPayload(subject)) return unreadable.judge(subject, 'directories');
    const { path } = subject;
    const message = proofMessage(`${path.path} of ${path.service}`, 'on an encrypted volume', path.encrypted);
    return [{ truth: shown(path.encrypted), message: fit(message), at: path.at }];
  },
  message: () => 'a service keeps its data outside the encrypted volume',
  examples: [
    { name: 'below the mount, and waiting for it', verdict: 'pass', terraform: encryptedHost() },
    { name: 'on the root disk', verdict: 'fail', terraform: encryptedHost({ quadlet: logs('/var/lib/logs') }) },
    {
      name: 'not waiting for the mount',
      verdict: 'fail',
      terraform: encryptedHost({ quadlet: logs('/srv/lukko/logs', false) }),
    },
    {
      name: 'waiting for a mount that systemd does not know',
      verdict: 'fail',
      terraform: encryptedHost({ mountUnit: false }),
    },
    {
      name: 'a payload that a variable without value decides',
      verdict: 'unknown',
      terraform: hcloud(
        { hcloud_server: { host: server({ user_data: '${var.payload}' }) } },
        { variable: { payload: { type: 'string' } } },
      ),
    },
  ],
});
