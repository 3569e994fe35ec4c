import { parseBlock } from '@lukko/facts';
import { holds, rule } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { hcloud } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

/** RFC 1918; Hetzner takes these for networks, and 100.64.0.0/10 is shared address space of carriers (RFC 6598). */
const privateBlocks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap((text) => parseBlock(text) ?? []);

const network = (range: string, extra: TerraformJson = {}) =>
  hcloud({ hcloud_network: { internal: { name: 'internal', ip_range: range } } }, extra);

export const networksUsePrivateRanges = rule({
  id: 'networks-use-private-ranges',
  title: 'Private networks use private addresses',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.20', 'ISO27001:2022/A.8.22'],
  rationale:
    'A network over addresses that belong to somebody on the internet swallows the traffic meant for them, and what should stay inside leaves through the public interface as soon as a route is missing.',
  remediation: 'Take a range from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16',
  sources: ['https://www.rfc-editor.org/rfc/rfc1918', 'https://docs.hetzner.com/cloud/networks/faq'],
  appliesTo: ['hcloud_network'],
  check: (resource) =>
    holds(resource.attr('ip_range'), (text) => {
      const block = parseBlock(String(text));
      return (
        block !== undefined &&
        privateBlocks.some((one) => one.first <= block.first && block.last <= one.last && one.version === block.version)
      );
    }),
  message: (resource, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} has a range that is not known`)
      : fit(`${addressOf(resource)} spans ${resource.attr('ip_range').text}, which is not private`),
  examples: [
    { name: 'a block of ten', verdict: 'pass', terraform: network('10.20.0.0/16') },
    { name: 'addresses of somebody else', verdict: 'fail', terraform: network('20.0.0.0/8') },
    { name: 'a block that begins private and does not end so', verdict: 'fail', terraform: network('172.0.0.0/8') },
    {
      name: 'a variable without value',
      verdict: 'unknown',
      terraform: network('${var.range}', { variable: { range: { type: 'string' } } }),
    },
  ],
});
