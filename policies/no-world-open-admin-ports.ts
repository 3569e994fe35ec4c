import { type InboundRule, inboundOf } from '@lukko/facts';
import { all, type Judgement, no, not, rule, shown, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { everybody, type FirewallRule, firewall, hcloud, inbound, operators, server } from './shared/examples.ts';
import { allRulesKnown, openedTogether } from './shared/firewall.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
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
    const together = openedTogether(wall, facts, portsIn, (port) => `${port} (${adminPorts.get(port)})`);
    const found = inboundOf(wall, facts.graph).map((one): Judgement => {
      const halves = together.get(one.attr.at);
      if (halves !== undefined) return halves;
      const truth = unlessIgnored(wall, 'rule', not(all([administers(one), shown(one.worldOpen)])));
      return { truth, message: said(addressOf(wall), one, truth), at: one.attr.at };
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
function administers({ protocol, ports, attr }: InboundRule): Truth {
  if (protocol !== undefined && protocol !== 'tcp' && protocol !== 'udp')
    return no({ at: attr.at, saw: `protocol ${protocol}` });
  if (ports === undefined) return unknown({ at: attr.at, saw: 'ports that are not known', causes: causesAt(attr) });
  const found = portsIn(ports);
  const text = ports.from === ports.to ? `port ${ports.from}` : `ports ${ports.from}-${ports.to}`;
  if (found.length === 0) return no({ at: attr.at, saw: text });
  if (protocol === undefined)
    return unknown({ at: attr.at, saw: `${text}, protocol not known`, causes: causesAt(attr) });
  return yes({
    at: attr.at,
    saw: `${text} (${found
      .map((port) => adminPorts.get(port))
      .slice(0, 3)
      .join(', ')})`,
  });
}

function portsIn({ from, to }: { readonly from: number; readonly to: number }): readonly number[] {
  return [...adminPorts.keys()].filter((port) => port >= from && port <= to);
}

function causesAt(attr: InboundRule['attr']) {
  const open = [attr, attr.attr('port'), attr.attr('protocol')].flatMap(({ value }) =>
    value.state === 'unknown' ? value.causes : [],
  );
  return open.length > 0 ? [...new Set(open)].sort() : ['function' as const];
}

function said(address: string, { ports, attr }: InboundRule, truth: Truth): string {
  const port = attr.attr('port').text ?? (ports === undefined ? 'that is not known' : `${ports.from}-${ports.to}`);
  const names = ports === undefined ? [] : portsIn(ports).map((one) => adminPorts.get(one));
  const services = names.length === 0 ? '' : ` (${names.slice(0, 2).join(', ')}${names.length > 2 ? ' and more' : ''})`;
  return truth.is === 'unknown'
    ? fit(`${address} is not shown to keep port ${port}${services} closed to the internet`)
    : fit(`${address} opens port ${port}${services} to the whole internet`);
}
