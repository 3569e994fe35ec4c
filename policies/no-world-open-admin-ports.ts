import { type Facts, type InboundRule, inboundOf, sshPorts } from '@lukko/facts';
import { all, type Judgement, no, not, rule, shown, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Resource, TerraformJson } from '@lukko/terraform-model';
import { everybody, type FirewallRule, firewall, hcloud, inbound, operators, server } from './shared/examples.ts';
import { allRulesKnown, openedTogether } from './shared/firewall.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

/** Ports by which a host, a database or a cluster is administered, with the service that IANA or its maker puts there. */
type Ports = ReadonlyMap<number, string>;
const adminPorts: Ports = new Map([
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
    'Ports of SSH, databases, container engines and clusters are tried from everywhere, all the time. Whoever administers the host comes from networks that are known: only those are let in. Two halves of the internet in two blocks are the whole internet too, and a quarter of it is no network that anybody could name.',
  remediation: 'Name the networks operators connect from in source_ips; reach the rest through SSH',
  sources: [
    'https://docs.hetzner.com/cloud/firewalls/faq',
    'https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml',
  ],
  appliesTo: ['hcloud_firewall'],
  check: (wall, facts): readonly Judgement[] => {
    const ports = portsOf(wall, facts);
    const together = openedTogether(wall, facts, portsIn(ports), (port) => `${port} (${ports.get(port)})`);
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
      name: 'SSH on the port of the web, which is open to everybody',
      verdict: 'fail',
      terraform: hcloud({
        hcloud_server: {
          host: server({
            firewall_ids: ['${hcloud_firewall.host.id}'],
            user_data:
              '#cloud-config\nwrite_files:\n  - path: /etc/ssh/sshd_config.d/port.conf\n    content: Port 443\n',
          }),
        },
        hcloud_firewall: { host: firewall(inbound('443', everybody)) },
      }),
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
function administers({ protocol, ports, attr }: InboundRule, known: Ports): Truth {
  if (protocol !== undefined && protocol !== 'tcp' && protocol !== 'udp')
    return no({ at: attr.at, saw: `protocol ${protocol}` });
  if (ports === undefined) return unknown({ at: attr.at, saw: 'ports that are not known', causes: causesAt(attr) });
  const found = portsIn(known)(ports);
  const text = ports.from === ports.to ? `port ${ports.from}` : `ports ${ports.from}-${ports.to}`;
  if (found.length === 0) return no({ at: attr.at, saw: text });
  if (protocol === undefined)
    return unknown({ at: attr.at, saw: `${text}, protocol not known`, causes: causesAt(attr) });
  return yes({
    at: attr.at,
    saw: `${text} (${found
      .map((port) => known.get(port))
      .slice(0, 3)
      .join(', ')})`,
  });
}

const portsIn =
  (known: Ports) =>
  ({ from, to }: { readonly from: number; readonly to: number }): readonly number[] =>
    [...known.keys()].filter((port) => port >= from && port <= to);

/** By facts and firewall: servers are looked at once, not once a firewall. */
const moved = new WeakMap<Facts, ReadonlyMap<string, Ports>>();

/** The ports that are known, and those to which a host behind this firewall moved its SSH. */
function portsOf(wall: Resource, facts: Facts): Ports {
  const all = moved.get(facts) ?? movedPorts(facts);
  moved.set(facts, all);
  return all.get(wall.id) ?? adminPorts;
}

function movedPorts({ servers }: Facts): ReadonlyMap<string, Ports> {
  const found = new Map<string, Map<number, string>>();
  for (const { payload, exposure } of servers) {
    for (const { value } of sshPorts(payload)) {
      for (const { firewall } of exposure.firewalls) {
        const ports = found.get(firewall.id) ?? new Map(adminPorts);
        if (!ports.has(Number(value))) ports.set(Number(value), 'SSH');
        found.set(firewall.id, ports);
      }
    }
  }
  return found;
}

function causesAt(attr: InboundRule['attr']) {
  const open = [attr, attr.attr('port'), attr.attr('protocol')].flatMap(({ value }) =>
    value.state === 'unknown' ? value.causes : [],
  );
  return open.length > 0 ? [...new Set(open)].sort() : ['function' as const];
}

function said(address: string, { ports, attr }: InboundRule, truth: Truth, known: Ports): string {
  const port = attr.attr('port').text ?? (ports === undefined ? 'that is not known' : `${ports.from}-${ports.to}`);
  const names = ports === undefined ? [] : portsIn(known)(ports).map((one) => known.get(one));
  const services = names.length === 0 ? '' : ` (${names.slice(0, 2).join(', ')}${names.length > 2 ? ' and more' : ''})`;
  return truth.is === 'unknown'
    ? fit(`${address} is not shown to keep port ${port}${services} closed to the internet`)
    : fit(`${address} opens port ${port}${services} to the whole internet`);
}
