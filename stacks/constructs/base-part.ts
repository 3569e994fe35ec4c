import type { Config } from '@lukko/formats';
import type { CloudFile } from './cloud-config.ts';
import { egressPorts, furtherPorts } from './egress-ports.ts';
import type { HostName } from './hosts.ts';
import { payloadFile } from './payload-file.ts';
import { hostOf, type Part, type PayloadOrigin, script } from './payload-types.ts';
import { upgradeWindow } from './upgrade-window.ts';

const DATA_HOST_KEY = 'HostKey /srv/lukko/identity/ssh_host_ed25519_key\n';

/** What every server has, key servers too: firewall, way out, SSH, clock, resolvers, journal, updates, alerts, report. */
export function basePart(config: Config, name: string, host: HostName | 'keys'): Part {
  const { clocks, resolvers, packageMirror, securityMirror } = config.system;
  const window = upgradeWindow(config, name);
  const data = host !== 'keys';
  const further = egressPorts(config, host);
  const ports = ['443', ...further.map(({ port }) => port)];
  const told = receivers(config);
  const bucket = bucketParts(config, host);
  const files: readonly CloudFile[] = [
    { path: '/etc/ssh/lukko_user_ca.pub', content: `${config.access.sshUserCa}\n` },
    { path: '/etc/ssh/lukko_revoked_keys', content: payloadFile('base/revoked-keys') },
    {
      path: '/etc/ssh/sshd_config.d/10-lukko.conf',
      content: payloadFile('base/sshd.conf', { hostKey: data ? DATA_HOST_KEY : '' }),
    },
    {
      path: '/etc/nftables.conf',
      content: payloadFile('base/nftables.conf', {
        resolvers4: family(resolvers, 4),
        resolvers6: family(resolvers, 6),
        ports: data ? '22, 80, 443' : '22, 7500',
        further: furtherPorts(config, host)
          .map(({ port }) => `, ${port}`)
          .join(''),
      }),
    },
    { path: '/etc/systemd/system/nftables.service.d/10-lukko.conf', content: payloadFile('base/nftables-sets.conf') },
    script('/usr/local/lib/lukko/firewall-sets', payloadFile('base/firewall-sets')),
    {
      path: '/etc/lukko/tinyproxy.conf',
      content: payloadFile('base/tinyproxy.conf', { connect: ports.map((port) => `ConnectPort ${port}\n`).join('') }),
    },
    { path: '/etc/systemd/system/lukko-egress.service', content: payloadFile('base/lukko-egress.service') },
    // Put in place once the proxy runs: the first packages come before it, and before the firewall.
    { path: '/etc/lukko/apt-proxy.conf', content: payloadFile('base/apt-proxy.conf') },
    {
      path: '/etc/chrony/chrony.conf',
      content: payloadFile('base/chrony.conf', { servers: clocks.map((clock) => `server ${clock} iburst`).join('\n') }),
    },
    {
      path: '/etc/systemd/resolved.conf.d/10-lukko.conf',
      content: payloadFile('base/resolved.conf', { resolvers: resolvers.join(' ') }),
    },
    {
      path: '/etc/systemd/journald.conf.d/10-lukko.conf',
      content: data
        ? payloadFile('base/journald.conf', { days: String(config.retention.audit) })
        : payloadFile('base/journald-tang.conf'),
    },
    {
      path: '/etc/apt/apt.conf.d/90-lukko',
      content: payloadFile('base/apt.conf', { days: window.days, reboot: window.reboot }),
    },
    {
      path: '/etc/systemd/system/apt-daily-upgrade.timer.d/10-lukko.conf',
      content: payloadFile('base/upgrade.timer.conf', { calendar: window.calendar }),
    },
    { path: '/etc/sysusers.d/lukko.conf', content: payloadFile('base/sysusers.conf') },
    { path: '/etc/sysctl.d/90-lukko.conf', content: payloadFile('base/sysctl.conf') },
    script('/usr/local/lib/lukko/report', payloadFile('base/report', bucket.report)),
    script('/usr/local/lib/lukko/serving', payloadFile('base/serving', { bucket: bucket.waiting })),
    ...alertFiles(config),
  ];
  return {
    packages: ['chrony', 'curl', 'jose', 'jq', 'nftables', 'systemd-resolved', 'tinyproxy-bin', 'unattended-upgrades'],
    files,
    units: ['lukko-egress.service', 'lukko-watch.timer'],
    egress: [hostOf(packageMirror), hostOf(securityMirror), ...told.map(({ value }) => hostOf(value))],
    origins: [
      { value: packageMirror, path: 'system.packageMirror' },
      { value: securityMirror, path: 'system.securityMirror' },
      ...clocks.map((value, index) => ({ value, path: `system.clocks[${index}]` })),
      ...resolvers.map((value, index) => ({ value, path: `system.resolvers[${index}]` })),
      ...told,
    ],
  };
}

/** What a host says of the bucket it backs up into: in its report, and while the key to it was not opened. */
function bucketParts({ backups }: Config, host: HostName | 'keys') {
  return backups === undefined || host === 'keys'
    ? { report: { bucketState: '', bucket: '' }, waiting: '' }
    : {
        report: { bucketState: '--argjson bucket "$(state bucket.json)" ', bucket: ', bucket: $bucket' },
        waiting: payloadFile('backup/waiting'),
      };
}

function alertFiles(config: Config): readonly CloudFile[] {
  return [
    ...['service', 'socket', 'mount', 'path', 'timer'].map((type) => ({
      path: `/etc/systemd/system/${type}.d/10-lukko.conf`,
      content: payloadFile('alerts/on-failure.conf'),
    })),
    { path: '/etc/systemd/system/lukko-alert@.service.d/20-lukko.conf', content: payloadFile('alerts/none.conf') },
    { path: '/etc/systemd/system/lukko-alert@.service', content: payloadFile('alerts/lukko-alert@.service') },
    { path: '/etc/systemd/system/lukko-watch.service', content: payloadFile('alerts/lukko-watch.service') },
    { path: '/etc/systemd/system/lukko-watch.timer', content: payloadFile('alerts/lukko-watch.timer') },
    { path: '/etc/lukko/alerts.env', content: alertsEnv(config) },
    script('/usr/local/lib/lukko/alert', payloadFile('alerts/alert')),
    script('/usr/local/lib/lukko/checks', payloadFile('alerts/checks')),
  ];
}

/** What the alert script reads: where it tells, each by a URL that the proxy is asked for. */
function alertsEnv({ alerts }: Config): string {
  const { webhook, errors, mail } = alerts ?? {};
  const lines = [
    ...(webhook === undefined ? [] : [`LUKKO_WEBHOOK=${webhook}`]),
    ...(errors === undefined ? [] : [`LUKKO_ERRORS='${envelopeUrl(errors)}'`]),
    ...(mail === undefined
      ? []
      : [`LUKKO_MAIL=${mail.relay}`, `LUKKO_MAIL_FROM="${mail.from}"`, `LUKKO_MAIL_TO="${mail.to}"`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Where an SDK with this DSN sends its envelopes: https://develop.sentry.dev/sdk/overview/#parsing-the-dsn. */
function envelopeUrl(dsn: string): string {
  const { username, host, pathname } = new URL(dsn);
  return `https://${host}/api${pathname}/envelope/?sentry_version=7&sentry_key=${username}`;
}

function receivers({ alerts }: Config): readonly PayloadOrigin[] {
  return [
    { value: alerts?.webhook, path: 'alerts.webhook' },
    { value: alerts?.errors === undefined ? undefined : envelopeUrl(alerts.errors), path: 'alerts.errors' },
    { value: alerts?.mail?.relay, path: 'alerts.mail.relay' },
  ].flatMap(({ value, path }) => (value === undefined ? [] : [{ value, path }]));
}

/** Addresses of one family, as the elements of an nftables set; never empty, since a set of no elements is a syntax error. */
function family(addresses: readonly string[], version: 4 | 6): string {
  const found = addresses.filter((address) => address.includes(':') === (version === 6));
  return found.length > 0 ? found.join(', ') : version === 4 ? '127.0.0.1' : '::1';
}
