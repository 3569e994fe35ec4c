import type { CollectorName } from '@lukko/formats';

/** One thing a collector looks for, and the controls it is a part of the evidence for. */
export interface Check {
  readonly id: string;
  readonly collector: CollectorName;
  /** The fact that holds when it is met. */
  readonly title: string;
  /** Numbers of Annex A. No check covers the whole of a control. */
  readonly controls: readonly string[];
}

const of =
  (collector: CollectorName) =>
  (id: string, title: string, ...controls: readonly string[]): Check => ({ id, collector, title, controls });

const hetzner = of('hetzner');
const tls = of('tls');
const dns = of('dns');
const text = of('security-txt');
const ports = of('ports');
const host = of('host-report');
const logs = of('logs-canary');
const errors = of('errors-canary');
const alert = of('alert-canary');
const forge = of('forge');

/** Every check there is. A check that stands in no observation is a blank, never a pass. */
export const checks: readonly Check[] = [
  hetzner('stands-in-the-eu', 'It stands in a location of the European Union', 'A.5.23', 'A.8.9'),
  hetzner('behind-a-firewall', 'A firewall applies to the server', 'A.8.20', 'A.8.22'),
  hetzner('no-plain-disk-copies', 'The provider makes no copies of the plain root disk', 'A.8.24'),
  hetzner('rescue-is-off', 'The server does not boot into rescue', 'A.8.9', 'A.8.18'),
  hetzner('volume-guarded', 'The volume cannot be deleted by mistake', 'A.8.13'),
  hetzner('volume-attached', 'The volume is attached to a server', 'A.8.9'),
  hetzner('spread', 'The server stands in a placement group', 'A.8.14'),
  hetzner('labelled-with-class', 'It says which environment it belongs to', 'A.8.31'),
  hetzner('admin-ports-closed', 'The firewall admits nobody from everywhere to SSH', 'A.8.20', 'A.8.2'),
  tls('tls-version', 'The negotiated version is at least the declared one', 'A.8.24', 'A.8.21'),
  tls('tls-old-refused', 'TLS 1.1 and older are refused', 'A.8.24', 'A.8.21'),
  tls('tls-chain', 'The chain of certificates is valid, as far as signatures and dates show', 'A.8.24', 'A.8.21'),
  tls('tls-name', 'The certificate is for this name', 'A.8.24'),
  tls('tls-lasts', 'The certificate lasts two more weeks', 'A.8.24', 'A.8.9'),
  tls('hsts', 'Browsers are told to come back over TLS only', 'A.8.24'),
  tls('http-redirects', 'Plain HTTP leads to HTTPS', 'A.8.24'),
  tls('issuer-in-the-eu', 'The authority that issued it is in the European Union', 'A.5.21', 'A.8.21'),
  dns('caa-pinned', 'Only the declared authorities may issue certificates', 'A.8.21', 'A.8.24'),
  dns('records-as-declared', 'The zone says what was declared', 'A.8.9', 'A.8.21'),
  text('security-txt-valid', 'security.txt names a contact and has not expired', 'A.8.8'),
  ports('declared-ports-answer', 'What is declared open answers', 'A.8.20'),
  ports('other-ports-closed', 'What is not declared does not answer', 'A.8.20', 'A.8.22', 'A.8.12'),
  host('report-signed', 'The report is signed by the recorded host key', 'A.5.28'),
  host('data-encrypted', 'Where data lies, an open LUKS2 volume and nothing else is mounted', 'A.8.24'),
  host('data-paths-encrypted', 'Every path a container may write to lies above LUKS, or in memory', 'A.8.24'),
  host('clevis-bound', 'The volume opens through the key servers', 'A.8.24'),
  host('swap-off', 'Nothing is swapped to disk', 'A.8.24'),
  host('packets-dropped-by-default', 'The host drops what it does not expect', 'A.8.20', 'A.8.22'),
  host('no-password-login', 'sshd takes no passwords, and root none either', 'A.8.5', 'A.8.2'),
  host('clock-agrees', 'Its clock is synchronised, and not far from ours', 'A.8.17'),
  host('updates-applied', 'No security update is pending', 'A.8.8'),
  host('images-by-digest', 'What runs is what was declared, by digest', 'A.8.19', 'A.8.9'),
  host('units-active', 'Every service that should run does', 'A.8.9', 'A.8.16'),
  host('backup-fresh', 'The last backup is younger than 26 hours', 'A.8.13'),
  host('restore-tried', 'A restore was tried within 35 days', 'A.8.13', 'A.5.30'),
  host('backups-locked', 'The bucket of backups locks what is written to it, so that nobody can delete it', 'A.8.13'),
  host('payload-as-declared', 'What it booted with is what was declared', 'A.8.9', 'A.8.32'),
  logs('log-line-found', 'A line that was written was found again', 'A.8.15'),
  logs('log-line-masked', 'A synthetic address did not reach the store', 'A.8.11', 'A.5.34'),
  logs('records-within-retention', 'No record is older than its retention', 'A.8.10', 'A.8.15'),
  errors('error-found', 'An error that was reported was found again', 'A.8.16', 'A.8.15'),
  errors('error-masked', 'A synthetic address did not reach the store', 'A.8.11', 'A.5.34'),
  errors('records-within-retention', 'No record is older than its retention', 'A.8.10', 'A.8.15'),
  alert('alert-delivered', 'A synthetic alert was delivered', 'A.8.16'),
  forge('branch-protected', 'Nobody pushes past review', 'A.8.4', 'A.8.32'),
  forge('reviewed-by-another', 'Every merged change was approved by somebody else', 'A.8.32', 'A.8.25', 'A.5.3'),
  forge('gate-passed', 'The gate passed every merged change', 'A.8.29', 'A.8.32'),
  forge('gate-required', 'The verdict of the gate is required before a merge', 'A.8.29', 'A.8.27', 'A.8.32'),
];

/** How long what a collector saw counts, in days. Scans and settings age slower than the state of hosts. */
export const lasts: { readonly [C in CollectorName]: number } = {
  hetzner: 7,
  tls: 7,
  dns: 7,
  'security-txt': 7,
  ports: 30,
  'host-report': 7,
  'logs-canary': 7,
  'errors-canary': 7,
  'alert-canary': 30,
  forge: 30,
};

const byId = new Map(checks.map((check) => [`${check.collector}\0${check.id}`, check]));

export function checkOf(collector: CollectorName, id: string): Check | undefined {
  return byId.get(`${collector}\0${id}`);
}
