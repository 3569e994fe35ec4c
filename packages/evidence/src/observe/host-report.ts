import { hostReport, type Observation, type ObservedCheck } from '@lukko/formats';
import { canonical } from '../canonical.ts';
import { checkSignature } from '../integrity/ssh-signature.ts';

/** Namespace in which a host signs its report with its SSH key. */
export const hostReportNamespace = 'lukko-host-report';

export interface HostReportContext {
  /** Recorded fingerprint of the host's key. */
  readonly hostKey: string;
  /** When the report was asked for, by the clock that asks. */
  readonly now: string;
  /** Whether it is one that was kept, and may be of any day. */
  readonly kept?: boolean;
}

type Entry = Readonly<Record<string, unknown>>;

const hour = 60 * 60 * 1000;
/** How far a report's own date may lie from ours: one that is older was made before it was asked for, or by a clock nobody can use. */
const stale = 10 * 60 * 1000;
const day = 24 * hour;

/**
 * Reads what /usr/local/lib/lukko/report prints on a host: JSON with a signature over the same text without it, keys sorted.
 * A report that is not signed by the recorded key, or is not of now, is refused as a whole: a signature holds for ever, what it
 * stands under does not. What a report leaves out is unknown.
 * @throws Error in words when it is no report
 */
export function readHostReport(
  text: string,
  context: HostReportContext,
): { readonly checks: readonly ObservedCheck[]; readonly facts: Observation['facts'] } {
  let report: Entry;
  try {
    report = group(JSON.parse(text));
  } catch {
    throw new Error('its report is not JSON');
  }
  const { signature, ...body } = report;
  if (typeof signature !== 'string') throw new Error('its report carries no signature');
  const signed = checkSignature(signature, `${canonical(body)}\n`);
  if ('problem' in signed) throw new Error(`the signature of its report does not hold: ${signed.problem}`);
  if (signed.namespace !== hostReportNamespace) throw new Error(`its report is signed for ${signed.namespace}`);
  if (signed.fingerprint !== context.hostKey)
    throw new Error(`its report is signed by ${signed.fingerprint}, which is not the recorded host key`);
  // After the signature: what nobody vouches for is not worth a word about its form.
  const form = hostReport.safeParse(report);
  if (!form.success) {
    const [issue] = form.error.issues;
    throw new Error(`its report is of another form: ${issue?.path.join('.') || 'its fields'}: ${issue?.message ?? ''}`);
  }
  const off = Date.parse(context.now) - Date.parse(form.data.madeAt);
  if (context.kept !== true && Math.abs(off) > stale)
    throw new Error(
      `its report is dated ${form.data.madeAt}, ${Math.round(Math.abs(off) / 60_000)} minutes ${off > 0 ? 'before' : 'after'} it was asked for: it is an old one, or its clock is wrong`,
    );
  return { checks: checksOf(body, context), facts: factsOf(body) };
}

function checksOf(body: Entry, { now }: HostReportContext): readonly ObservedCheck[] {
  const volume = body.volume;
  const of = group(volume);
  const made = Date.parse(String(body.madeAt));
  const offset = Math.abs(Date.parse(now) - made);
  const policies = group(group(body.firewall).policies);
  const drops = ['input', 'forward', 'output'].filter((hook) => policies[hook] !== 'drop');
  const sshd = group(body.sshd);
  const pending = strings(group(body.updates).pending);
  const failed = strings(body.failedUnits);
  const images = strings(body.images);
  const loose = images?.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image));
  const swap = strings(body.swap);
  const check = (id: string, holds: boolean | 'unknown', saw: string): ObservedCheck => ({
    id,
    holds,
    saw: saw.slice(0, 300),
  });
  return [
    check('report-signed', true, 'by the recorded host key'),
    ...(volume === null
      ? []
      : [
          check(
            'data-encrypted',
            known(of.unlocked) ? of.unlocked === true && /^aes-xts|^xchacha|^aegis/.test(String(of.cipher)) : 'unknown',
            `LUKS2 ${String(of.cipher ?? 'without a cipher')}, ${of.unlocked === true ? 'open and mounted' : 'not open'}`,
          ),
          check('data-paths-encrypted', ...pathsOf(body.dataPaths)),
          check(
            'clevis-bound',
            typeof of.threshold === 'number'
              ? of.threshold >= 2 && (strings(of.keyServers)?.length ?? 0) > of.threshold
              : 'unknown',
            `${String(of.threshold ?? '?')} of ${strings(of.keyServers)?.length ?? 0} key servers`,
          ),
          check('backup-fresh', ...backup(group(body.backup), now)),
          check(
            'restore-tried',
            ...age(group(body.drill).at, now, 35 * day, lastRestore(group(body.drill).openedWith)),
          ),
          // Only of a host that backs up into a bucket: elsewhere there is nothing to ask.
          ...('bucket' in body ? [check('backups-locked', ...locked(group(body.bucket), now))] : []),
        ]),
    check('swap-off', swap === undefined ? 'unknown' : swap.length === 0, swap?.join(', ') || 'no swap'),
    check(
      'packets-dropped-by-default',
      body.firewall === undefined ? 'unknown' : drops.length === 0,
      drops.length === 0 ? 'input, forward and output drop' : `${drops.join(', ')} do not drop`,
    ),
    check(
      'no-password-login',
      known(sshd.passwords) && known(sshd.keyboardInteractive)
        ? sshd.passwords === false && sshd.keyboardInteractive === false && sshd.rootLogin !== 'yes'
        : 'unknown',
      `passwords ${sshd.passwords === false ? 'off' : 'on'}, root ${String(sshd.rootLogin ?? 'not told')}`,
    ),
    check(
      'clock-agrees',
      Number.isNaN(made) ? 'unknown' : group(body.clock).synchronised === true && offset < 60_000,
      `${group(body.clock).synchronised === true ? 'synchronised' : 'not synchronised'}, ${Math.round(offset / 1000)} s from ours with the way there`,
    ),
    check(
      'updates-applied',
      pending === undefined ? 'unknown' : pending.length === 0 && group(body.updates).rebootRequired === false,
      pending === undefined
        ? 'not told'
        : `${pending.length} pending${group(body.updates).rebootRequired === true ? ', a restart is due' : ''}`,
    ),
    check('units-active', failed === undefined ? 'unknown' : failed.length === 0, failed?.join(', ') || 'none failed'),
    check(
      'images-by-digest',
      loose === undefined || images?.length === 0 ? 'unknown' : loose.length === 0,
      loose === undefined
        ? 'not told'
        : loose.length === 0
          ? `${images?.length ?? 0} by digest`
          : `without digest: ${loose.join(', ')}`,
    ),
  ];
}

function factsOf(body: Entry): Observation['facts'] {
  const volume = group(body.volume);
  const pick = (name: string, value: unknown) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { [name]: value } : {};
  return {
    ...pick('made', body.madeAt),
    ...pick('booted', body.bootedAt),
    ...pick('system', body.system),
    ...pick('kernel', body.kernel),
    ...pick('payload', body.payloadSha256),
    ...pick('luks-uuid', volume.uuid),
    ...pick('cipher', volume.cipher),
    ...pick('key-bits', volume.keyBits),
    ...pick('threshold', volume.threshold),
    ...pick('used-percent', volume.usedPercent),
    ...pick('journal-on', body.journalOn),
    ...pick('oldest-record', group(body.records).oldest),
    ...pick('newest-record', group(body.records).newest),
    ...pick('clock-offset', group(body.clock).offsetSeconds),
    ...pick('rules', group(body.firewall).rulesSha256),
    ...pick('backup-at', group(body.backup).at),
    ...pick('drill-at', group(body.drill).at),
    ...pick('backups-lock-mode', group(body.bucket).mode),
    ...pick('backups-lock-days', group(body.bucket).lockDays),
    ...pick('backups-removed-after-days', group(body.bucket).removedAfterDays),
    ...pick('drill-opened-with', group(body.drill).openedWith),
    images: [...(strings(body.images) ?? [])],
    listening: [...(strings(body.listening) ?? [])],
    'data-paths': dataPaths(body.dataPaths).map(
      ({ path, source, layers }) => `${String(path)} on ${[String(source), ...(strings(layers) ?? [])].join(' < ')}`,
    ),
    'egress-refused': [...(strings(body.egressRefused) ?? [])],
  };
}

const dataPaths = (value: unknown): readonly Entry[] => (Array.isArray(value) ? value.map(group) : []);

/** Every path lies above an open LUKS volume, or in memory. */
function pathsOf(value: unknown): readonly [boolean | 'unknown', string] {
  if (!Array.isArray(value)) return ['unknown', 'not told'];
  const paths = dataPaths(value);
  const plain = paths.filter(
    ({ source, layers }) => source !== 'tmpfs' && !strings(layers)?.some((layer) => layer.startsWith('crypt ')),
  );
  return [
    plain.length === 0,
    plain.length === 0
      ? `${paths.length === 1 ? '1 path' : `${paths.length} paths`} that containers may write to, above LUKS or in memory`
      : plain.map(({ path, source }) => `${String(path)} on ${String(source)}`).join(', '),
  ];
}

/** A backup whose sealed password nobody ever fetched cannot be relied on: who would open it, when the host is gone? */
function backup({ at, passwordFetched }: Entry, now: string): readonly [boolean | 'unknown', string] {
  const [holds, saw] = age(at, now, 26 * hour, 'the last backup');
  return holds === true && typeof passwordFetched !== 'string'
    ? [false, `${saw}; its password was never fetched`]
    : [holds, saw];
}

/** A lock that somebody may lift is none, and one that was not asked for lately may have been taken off. */
function locked(
  { at, mode, lockDays, removedAfterDays, refused }: Entry,
  now: string,
): readonly [boolean | 'unknown', string] {
  const [fresh, saw] = age(at, now, 26 * hour, "the bucket's last answer");
  if (fresh === 'unknown') return [fresh, 'the bucket was not asked yet'];
  if (typeof refused === 'string') return [false, `no backup, the bucket ${refused}`];
  return [
    fresh && mode === 'COMPLIANCE' && typeof lockDays === 'number' && typeof removedAfterDays === 'number',
    `locked for ${String(lockDays)} days (${String(mode)}), removed after ${String(removedAfterDays)}; ${saw}`,
  ];
}

function age(at: unknown, now: string, most: number, what: string): readonly [boolean | 'unknown', string] {
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(time)) return ['unknown', `${what} is not told`];
  const old = Date.parse(now) - time;
  return [old <= most, `${what} is ${Math.round(old / hour)} hours old`];
}

/** Only what an operator unsealed proves that the copy opens which is left when the host is gone. */
function lastRestore(openedWith: unknown): string {
  if (openedWith === 'sealed') return 'the last restore, with the unsealed copy of the password,';
  return openedWith === 'host' ? "the last restore, with the host's own password," : 'the last restore';
}

function known(value: unknown): boolean {
  return typeof value === 'boolean';
}

function group(value: unknown): Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : {};
}

function strings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? (value as string[]) : undefined;
}
