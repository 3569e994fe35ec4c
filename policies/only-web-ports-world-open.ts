import { type InboundRule, inboundOf } from '@lukko/facts';
import { all, type Judgement, no, not, rule, shown, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { everybody, type FirewallRule, firewall, hcloud, inbound, operators, server } from './shared/examples.ts';
import { allRulesKnown, openedTogether } from './shared/firewall.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

/** What a web server needs: 80 for the redirect and ACME (RFC 8555 section 8.3), 443 over TCP and QUIC (RFC 9114). */
const web: ReadonlySet<number> = new Set([80, 443]);

const behind = (rule: FirewallRule, extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_server: { host: server({ firewall_ids: ['${hcloud_firewall.host.id}'] }) },
      hcloud_firewall: { host: firewall(rule, inbound('443', everybody)) },
    },
    extra,
  );

export const onlyWebPortsWorldOpen = rule({
  id: 'only-web-ports-world-open',
  title: 'Nothing but ports 80 and 443 is open to the whole internet',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.20', 'ISO27001:2022/A.8.22', 'NIS2/21(2)(e)'],
  rationale:
    'A port that everybody reaches is watched by everybody. A web service needs two; every other is reached by machines and people who can be named, so the firewall can name them too.',
  remediation: 'Name the networks that need the port in source_ips, or put the service behind the web server',
  sources: ['https://docs.hetzner.com/cloud/firewalls/faq', 'https://www.rfc-editor.org/rfc/rfc8555#section-8.3'],
  appliesTo: ['hcloud_firewall'],
  check: (wall, facts): readonly Judgement[] => {
    const together = openedTogether(wall, facts, beyondWeb, String);
    const found = inboundOf(wall, facts.graph).map((one): Judgement => {
      const halves = together.get(one.attr.at);
      if (halves !== undefined) return halves;
      const truth = unlessIgnored(wall, 'rule', not(all([other(one), shown(one.worldOpen)])));
      return { truth, message: said(addressOf(wall), one, truth), at: one.attr.at };
    });
    const whole = allRulesKnown(wall);
    const more = { truth: whole, message: fit(`${addressOf(wall)} has rules that are not known`) };
    return whole.is === true && found.length > 0 ? found : [...found, more];
  },
  message: (wall) => fit(`${addressOf(wall)} opens more than the web to everybody`),
  examples: [
    { name: 'a database for one network', verdict: 'pass', terraform: behind(inbound('5432', operators)) },
    { name: 'a port of an application for everybody', verdict: 'fail', terraform: behind(inbound('8080', everybody)) },
    { name: 'a range that begins with the web', verdict: 'fail', terraform: behind(inbound('443-8443', everybody)) },
    {
      name: 'the echo of a ping, which has no port',
      verdict: 'pass',
      terraform: behind({ direction: 'in', protocol: 'icmp', source_ips: everybody }),
    },
    {
      name: 'a tunnel protocol without ports for everybody',
      verdict: 'fail',
      terraform: behind({ direction: 'in', protocol: 'gre', source_ips: everybody }),
    },
    {
      name: 'networks that a variable without value names',
      verdict: 'unknown',
      terraform: behind(
        { direction: 'in', protocol: 'tcp', port: '8080', source_ips: '${var.partners}' },
        { variable: { partners: { type: 'list(string)' } } },
      ),
    },
  ],
});

/** The first port of a range that is not the web's. */
function beyondWeb({ from, to }: { readonly from: number; readonly to: number }): readonly number[] {
  let port = from;
  while (web.has(port)) port += 1;
  return port > to ? [] : [port];
}

/** Whether a rule admits something else than the web and ICMP. */
function other({ protocol, ports, attr }: InboundRule): Truth {
  const reason = (saw: string) => ({ at: attr.at, saw });
  if (protocol === 'icmp') return no(reason('protocol icmp'));
  if (protocol === 'esp' || protocol === 'gre') return yes(reason(`protocol ${protocol}`));
  if (ports === undefined) return unknown({ ...reason('ports that are not known'), causes: ['function'] });
  const text = ports.from === ports.to ? `port ${ports.from}` : `ports ${ports.from}-${ports.to}`;
  return ports.from === ports.to && web.has(ports.from) ? no(reason(text)) : yes(reason(text));
}

function said(address: string, { protocol, ports, attr }: InboundRule, truth: Truth): string {
  const portless = protocol === 'esp' || protocol === 'gre';
  const port = attr.attr('port').text ?? (ports === undefined ? 'that is not known' : `${ports.from}-${ports.to}`);
  const what = portless ? `protocol ${protocol}` : `port ${port}`;
  return truth.is === 'unknown'
    ? fit(`${address} is not shown to keep ${what} closed to the internet`)
    : fit(`${address} opens ${what} to the whole internet`);
}
