import { type Facts, type InboundRule, inboundOf, type MovedSsh, movedSshBehind } from '@lukko/facts';
import { all, type Judgement, no, not, rule, shown, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Resource, TerraformJson } from '@lukko/terraform-model';
import { cloudConfig } from './shared/example-payloads.ts';
import { everybody, type FirewallRule, firewall, hcloud, inbound, operators, server } from './shared/examples.ts';
import { allRulesKnown, openedTogether } from './shared/firewall.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit, short } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

/** Ports by which a host, a database or a cluster is administered, with the service that IANA or its maker puts there. */
const adminPorts: ReadonlyMap<number, string> = new Map([
  [22, 'SSH'],
  [23, 'Telnet'],
  [111, 'rpcbind'],
  [389, 'LDAP'],
  [445, 'SMB'],
  [1433, 'SQL Server'],
  [2375, 'Docker'],
  [2376, 'Docker'],
  [2379, 'etcd'],
  [3306, 'MySQL'],
  [3389, 'RDP'],
  [5432, 'PostgreSQL'],
  [5601, 'Kibana'],
  [5900, 'VNC'],
  [5984, 'CouchDB'],
  [6379, 'Redis'],
  [6443, 'Kubernetes'],
  [8006, 'Proxmox'],
  [9090, 'Prometheus'],
  [9200, 'Elasticsearch'],
  [9428, 'VictoriaLogs'],
  [10250, 'kubelet'],
  [11211, 'memcached'],
  [27017, 'MongoDB'],
]);

/** The ports that count behind one firewall, with what they are for. */
interface Ports {
  readonly named: ReadonlyMap<number, string>;
  /** SSH of a server it guards, at a port that is not known. */
  readonly hidden: MovedSsh | undefined;
  /** Ports to which SSH was moved on a server that it only may guard. */
  readonly perhaps: ReadonlySet<number>;
}

/** The usual ports, and those to which SSH was moved on the servers behind this firewall. */
function portsOf(wall: Resource, facts: Facts): Ports {
  const moved = movedSshBehind(facts).get(wall.id);
  if (moved === undefined) return usual;
  const known = moved.flatMap(({ port, server, certain }) =>
    port === undefined || adminPorts.has(port)
      ? []
      : [{ port, certain, name: `SSH of ${short(addressOf(server), 40)}` }],
  );
  const sure = new Set(known.filter(({ certain }) => certain).map(({ port }) => port));
  return {
    named: new Map([...adminPorts, ...known.map(({ port, name }) => [port, name] as const)]),
    hidden: moved.find(({ port }) => port === undefined),
    perhaps: new Set(known.map(({ port }) => port).filter((port) => !sure.has(port))),
  };
}

const usual: Ports = { named: adminPorts, hidden: undefined, perhaps: new Set() };

const withSsh = (rule: FirewallRule, files: Readonly<Record<string, string>>, guarded = true) =>
  hcloud(
    {
      hcloud_server: {
        host: server({
          user_data: cloudConfig(files, []),
          ...(guarded ? { firewall_ids: ['${hcloud_firewall.host.id}'] } : {}),
        }),
      },
      hcloud_firewall: { host: firewall(rule) },
    },
    { variable: { ssh_port: { type: 'number' } } },
  );
const behind = (rule: FirewallRule, extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_server: { host: server({ firewall_ids: ['${hcloud_firewall.host.id}'] }) },
      hcloud_firewall: { host: firewall(rule, inbound('443', everybody)) },
    },
    extra,
  );

export const noWorldOpenAdminPorts = rule({
  id: 'no-world-open-admin-ports',
  title: 'No port by which a host is administered is open to the whole internet',
  severity: 'critical',
  waivable: false,
  controls: ['ISO27001:2022/A.8.20', 'ISO27001:2022/A.8.2', 'ISO27001:2022/A.8.5', 'NIS2/21(2)(e)'],
  rationale:
    'Ports of SSH, databases, container engines and clusters are tried from everywhere, all the time. Whoever administers the host comes from networks that are known: only those are let in, at whichever port SSH was moved to. Two halves of the internet in two blocks are the whole internet too, and a quarter of it is no network that anybody could name.',
  remediation: 'Name the networks operators connect from in source_ips; reach the rest through SSH',
  sources: [
    'https://docs.hetzner.com/cloud/firewalls/faq',
    'https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml',
  ],
  appliesTo: ['hcloud_firewall'],
  check: (wall, facts): readonly Judgement[] => {
    const ports = portsOf(wall, facts);
    const within = (range: NonNullable<InboundRule['ports']>) => portsIn(range, ports);
    const together = openedTogether(wall, facts, within, (port) => `${port} (${ports.named.get(port)})`);
    const found = inboundOf(wall, facts.graph).map((one): Judgement => {
      const halves = together.get(one.attr.at);
      if (halves !== undefined) return halves;
      const truth = unlessIgnored(wall, 'rule', not(all([administers(one, ports), shown(one.worldOpen)])));
      return { truth, message: said(addressOf(wall), one, truth, ports), at: one.attr.at };
    });
    const whole = allRulesKnown(wall);
    const more = { truth: whole, message: fit(`${addressOf(wall)} has rules that are not known`) };
    return whole.is === true && found.length > 0 ? found : [...found, more];
  },
  message: (wall) => fit(`${addressOf(wall)} opens a port of administration to everybody`),
  examples: [
    { name: "SSH from the operators' network", verdict: 'pass', terraform: behind(inbound('22', operators)) },
    { name: 'SSH from everywhere', verdict: 'fail', terraform: behind(inbound('22', everybody)) },
    {
      name: 'a range that holds a database, from everywhere',
      verdict: 'fail',
      terraform: behind(inbound('5000-6000', ['0.0.0.0/0'])),
    },
    {
      name: 'the whole internet in two halves',
      verdict: 'fail',
      terraform: behind(inbound('22', ['0.0.0.0/1', '128.0.0.0/1'])),
    },
    {
      name: 'the whole of IPv4, written as addresses of IPv6',
      verdict: 'fail',
      terraform: behind(inbound('22', ['::ffff:0:0/96'])),
    },
    {
      name: 'the other half in another firewall of the same server',
      verdict: 'fail',
      terraform: hcloud({
        hcloud_server: {
          host: server({ firewall_ids: ['${hcloud_firewall.west.id}', '${hcloud_firewall.east.id}'] }),
        },
        hcloud_firewall: {
          west: firewall(inbound('22', ['0.0.0.0/1'])),
          east: firewall(inbound('22', ['128.0.0.0/1'])),
        },
      }),
    },
    {
      name: 'SSH at another port, which everybody reaches',
      verdict: 'fail',
      terraform: withSsh(inbound('2222', everybody), { '/etc/ssh/sshd_config.d/10-port.conf': 'Port 2222\n' }),
    },
    {
      name: "SSH at another port, from the operators' network",
      verdict: 'pass',
      terraform: withSsh(inbound('2222', operators), { '/etc/ssh/sshd_config.d/10-port.conf': 'Port 2222\n' }),
    },
    {
      name: 'SSH at a port that a variable without value names, behind a port that is open to everybody',
      verdict: 'unknown',
      terraform: withSsh(inbound('2222', everybody), {
        '/etc/ssh/sshd_config.d/10-port.conf': 'Port ${var.ssh_port}\n',
      }),
    },
    {
      name: 'networks that a variable without value names',
      verdict: 'unknown',
      terraform: behind(
        { direction: 'in', protocol: 'tcp', port: '22', source_ips: '${var.operators}' },
        { variable: { operators: { type: 'list(string)' } } },
      ),
    },
  ],
});

/** Whether a rule lets an administration port in. */
function administers({ protocol, ports, attr }: InboundRule, { named, hidden, perhaps }: Ports): Truth {
  if (protocol !== undefined && protocol !== 'tcp' && protocol !== 'udp')
    return no({ at: attr.at, saw: `protocol ${protocol}` });
  if (ports === undefined) return unknown({ at: attr.at, saw: 'ports that are not known', causes: causesAt(attr) });
  const found = portsIn(ports, { named });
  const text = ports.from === ports.to ? `port ${ports.from}` : `ports ${ports.from}-${ports.to}`;
  if (found.length === 0) {
    if (hidden === undefined || protocol === 'udp') return no({ at: attr.at, saw: text });
    return unknown({
      at: hidden.at,
      saw: `${addressOf(hidden.server)} takes SSH on a port that is not known`,
      causes: ['function'],
    });
  }
  if (protocol === undefined)
    return unknown({ at: attr.at, saw: `${text}, protocol not known`, causes: causesAt(attr) });
  const saw = `${text} (${found
    .map((port) => named.get(port))
    .slice(0, 3)
    .join(', ')})`;
  return found.every((port) => perhaps.has(port))
    ? unknown({ at: attr.at, saw: `${saw}, perhaps behind it`, causes: ['possible'] })
    : yes({ at: attr.at, saw });
}

function portsIn(
  { from, to }: { readonly from: number; readonly to: number },
  { named }: Pick<Ports, 'named'>,
): readonly number[] {
  return [...named.keys()].filter((port) => port >= from && port <= to);
}

function causesAt(attr: InboundRule['attr']) {
  const open = [attr, attr.attr('port'), attr.attr('protocol')].flatMap(({ value }) =>
    value.state === 'unknown' ? value.causes : [],
  );
  return open.length > 0 ? [...new Set(open)].sort() : ['function' as const];
}

function said(address: string, { ports, attr }: InboundRule, truth: Truth, known: Ports): string {
  const port = attr.attr('port').text ?? (ports === undefined ? 'that is not known' : `${ports.from}-${ports.to}`);
  const names = ports === undefined ? [] : portsIn(ports, known).map((one) => known.named.get(one));
  const services = names.length === 0 ? '' : ` (${names.slice(0, 2).join(', ')}${names.length > 2 ? ' and more' : ''})`;
  return truth.is === 'unknown'
    ? fit(`${address} is not shown to keep port ${port}${services} closed to the internet`)
    : fit(`${address} opens port ${port}${services} to the whole internet`);
}
