import type { Facts, InboundRule, ServerFacts } from '@lukko/facts';
import { all, type Judgement, no, not, rule, shown, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Resource } from '@lukko/terraform-model';
import { caddyImage, cloudConfig, quadlet } from './shared/example-payloads.ts';
import { everybody, type FirewallRule, firewall, hcloud, inbound, server } from './shared/examples.ts';
import { allRulesKnown } from './shared/firewall.ts';
import { plainUpstreams, speaksTls } from './shared/listeners.ts';
import { fit } from './shared/message.ts';
import { passedThrough } from './shared/passed-through.ts';
import { tangException } from './shared/tang.ts';
import { addressOf } from './shared/words.ts';

const site = (text: string) => ({
  '/etc/caddy/Caddyfile': `{\n  acme_ca https://acme-api.actalis.com/acme/directory\n}\n${text}\n`,
  '/etc/containers/systemd/caddy.container': quadlet(caddyImage, [
    'Network=host',
    'Volume=/etc/caddy/Caddyfile:/etc/caddy/Caddyfile:ro',
  ]),
});
const serving = (files: Record<string, string>, rules: readonly FirewallRule[]) =>
  hcloud({
    hcloud_server: {
      host: server({
        firewall_ids: ['${hcloud_firewall.host.id}'],
        user_data: cloudConfig(files, [['systemctl', 'daemon-reload']]),
      }),
    },
    hcloud_firewall: { host: firewall(...rules) },
  });
const web = [inbound('443', everybody), inbound('80', everybody)];
const tangSocket = {
  '/etc/systemd/system/tangd.socket': '[Socket]\nListenStream=7500\nAccept=yes\n[Install]\nWantedBy=sockets.target\n',
};
const tang = (sources: readonly string[]) =>
  hcloud({
    hcloud_primary_ip: {
      logs: { name: 'logs', type: 'ipv4', location: 'hel1', assignee_type: 'server', auto_delete: false },
    },
    hcloud_server: {
      host: server({
        firewall_ids: ['${hcloud_firewall.host.id}'],
        user_data: cloudConfig(tangSocket, [['systemctl', 'enable', '--now', 'tangd.socket']]),
      }),
    },
    hcloud_firewall: { host: firewall(inbound('7500', sources)) },
  });

export const publicServicesOverTls = rule({
  id: 'public-services-over-tls',
  title: 'Services that a network reaches speak TLS',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.21', 'ISO27001:2022/A.5.14', 'GDPR/32(1)(a)', 'NIS2/21(2)(h)'],
  rationale:
    'What crosses a network in the clear can be read on the way, on private networks too: Hetzner does not encrypt them. Every port that the firewall opens must have something behind it that the payload shows to speak TLS. Tang is the one exception: its exchange keeps the key from whoever listens, so it passes where nothing else answers and only single addresses are let in.',
  remediation: 'Let Caddy terminate TLS on the host, and give upstreams on other hosts https',
  sources: [
    'https://www.rfc-editor.org/rfc/rfc9325',
    'https://caddyserver.com/docs/automatic-https',
    'https://github.com/latchset/tang',
    'https://docs.hetzner.com/cloud/networks/faq',
  ],
  appliesTo: ['server', 'hcloud_load_balancer_service'],
  check: (subject, facts): readonly Judgement[] => {
    if ('address' in subject) {
      const truth = balanced(subject, facts);
      return [{ truth, message: fit(`${addressOf(subject)} ${balancedSaid(subject, truth)}`) }];
    }
    const ports = subject.exposure.inbound.map((one) => judged(subject, one));
    return [...unguarded(subject), ...moreRules(subject), ...ports, ...plainUpstreams(subject)];
  },
  message: () => 'a service speaks no TLS',
  examples: [
    {
      name: 'Caddy on 443, redirecting 80',
      verdict: 'pass',
      terraform: serving(site('logs.lukko.example {\n  reverse_proxy 127.0.0.1:9428\n}'), web),
    },
    {
      name: 'a site in the clear',
      verdict: 'fail',
      terraform: serving(site('http://logs.lukko.example {\n  reverse_proxy 127.0.0.1:9428\n}'), web),
    },
    {
      name: 'an upstream in the clear on another host',
      verdict: 'fail',
      terraform: serving(site('logs.lukko.example {\n  reverse_proxy 10.20.1.11:9428\n}'), web),
    },
    {
      name: 'a port behind which nothing is shown',
      verdict: 'unknown',
      terraform: serving({}, [inbound('8080', everybody)]),
    },
    {
      name: 'Tang alone, for one address',
      verdict: 'pass',
      terraform: tang(['${hcloud_primary_ip.logs.ip_address}/32']),
    },
    { name: 'Tang for everybody', verdict: 'fail', terraform: tang(everybody) },
  ],
});

/** Without a firewall every port is open, and which of them answer is not told by the configuration. */
function unguarded({ resource, exposure }: ServerFacts): readonly Judgement[] {
  const reached = all([shown(exposure.public), not(shown(exposure.guarded))]);
  if (reached.is === false) return [];
  const because = reached.because.map((reason) => ({ ...reason, causes: reason.causes ?? (['outside'] as const) }));
  return [
    {
      truth: unknown(...because),
      message: fit(`${addressOf(resource)} may answer on any port: no firewall is shown to limit them`),
    },
  ];
}

/** Rules of its firewalls that cannot be read may open more. */
function moreRules({ resource, exposure }: ServerFacts): readonly Judgement[] {
  return exposure.firewalls
    .map(({ firewall }) => allRulesKnown(firewall))
    .filter((whole) => whole.is !== true)
    .map((truth) => ({
      truth,
      message: fit(`${addressOf(resource)} stands behind a firewall whose rules are not known`),
    }));
}

function judged(host: ServerFacts, one: InboundRule): Judgement {
  const { attr, protocol, ports } = one;
  const at = attr.at;
  const name = addressOf(host.resource);
  if (protocol === 'icmp' || protocol === 'esp' || protocol === 'gre') {
    return { truth: yes({ at, saw: `${protocol}: no service` }), message: `${protocol} is no service`, at };
  }
  if (ports === undefined || ports.from !== ports.to) {
    const saw = ports === undefined ? 'ports that are not known' : `ports ${ports.from}-${ports.to}`;
    const message = fit(`${name} is not shown to speak TLS on ${saw}`);
    return { truth: unknown({ at, saw, causes: ['function'] }), message, at };
  }
  const port = ports.from;
  if (port === 22 && protocol === 'tcp') {
    return { truth: yes({ at, saw: 'port 22: SSH encrypts by itself' }), message: 'SSH encrypts by itself', at };
  }
  const exception = tangException(host, one, port);
  if (exception !== undefined) return { ...exception, at };
  return { ...spoken(host, port, at, name), at };
}

function spoken(host: ServerFacts, port: number, at: string, name: string): Pick<Judgement, 'truth' | 'message'> {
  const truth = speaksTls(host, port);
  if (truth === undefined) {
    const saw = `port ${port} is open, and nothing in the payload answers there`;
    return said(unknown({ at, saw, causes: ['outside'] }), name, port);
  }
  return said(truth, name, port);
}

function said(truth: Truth, name: string, port: number): Pick<Judgement, 'truth' | 'message'> {
  const saw = truth.because[0]?.saw;
  switch (truth.is) {
    case true:
      return { truth, message: fit(`${name} speaks TLS on port ${port}: ${saw}`) };
    case false:
      return { truth, message: fit(`${name} answers in the clear on port ${port}: ${saw}`) };
    default:
      return { truth, message: fit(`${name} is not shown to speak TLS on port ${port}`) };
  }
}

type Balanced = Resource;

/** A load balancer's service: https ends TLS there, http never speaks it, tcp passes on what stands behind. */
function balanced(service: Balanced, facts: Facts): Truth {
  const protocol = service.attr('protocol');
  const at = protocol.at;
  switch (protocol.text) {
    case 'https':
      return yes({ at, saw: 'protocol https' });
    case 'http':
      return no({ at, saw: 'protocol http' });
    case 'tcp':
      return passedThrough(service, facts);
    default: {
      const causes = protocol.value.state === 'unknown' ? protocol.value.causes : (['outside'] as const);
      return unknown({ at, saw: `protocol ${protocol.text ?? 'not known'}`, causes });
    }
  }
}

function balancedSaid(service: Balanced, truth: Truth): string {
  const protocol = service.attr('protocol').text;
  if (protocol === 'http') return 'takes requests in the clear: protocol http';
  if (protocol === 'tcp' && truth.is === false)
    return `passes bytes on to what speaks no TLS: ${truth.because[0]?.saw}`;
  return `is not shown to speak TLS: protocol ${protocol ?? 'not known'}`;
}
