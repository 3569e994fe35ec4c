import { isWorld, parseBlock } from '../cidr.ts';
import { hasHole } from '../payload/marked.ts';

/** Whether the conditions of a rule that accepts name what they let through: a port, an address, an interface, a user, a connection that is known. */
export type Named = 'yes' | 'no' | 'perhaps';

/** An operand: an anonymous set, or one word; `!=` before it turns it round. */
const OPERAND = String.raw`(?:(==|!=) )?(\{[^}]*\}|"[^"]*"|\S+)`;
const CONDITION = new RegExp(
  [
    `(ct state) ${OPERAND}`,
    `((?:meta )?(?:iif|iifname|oif|oifname)) ${OPERAND}`,
    `((?:tcp|udp|th|sctp|dccp|udplite) (?:dport|sport)) ${OPERAND}`,
    `((?:ip|ip6|arp) (?:saddr|daddr)(?: ip6?)?) ${OPERAND}`,
    `(ip protocol|ip6 nexthdr|(?:meta )?l4proto) ${OPERAND}`,
    `((?:meta )?(?:skuid|skgid)) ${OPERAND}`,
    `(meta (?:nfproto|pkttype|length|protocol)) ${OPERAND}`,
    `(icmp (?:type|code)|icmpv6 (?:type|code)|ct status|ether saddr) ${OPERAND}`,
    String.raw`(limit rate(?: over)?) ${OPERAND}(?: \S*bytes\S*)?(?: burst \d+ \S+)?`,
    String.raw`(tcp flags) ${OPERAND}(?: (?:==|!=) \S+)?`,
  ].join('|'),
  'g',
);

/** Reads the conditions of one rule (nft(8), *Expressions*). */
export function namesWhatItAccepts(text: string): Named {
  let named = false;
  const rest = text.replace(CONDITION, (...match) => {
    const [, ...groups] = match.slice(0, -2) as (string | undefined)[];
    const at = groups.findIndex((group) => group !== undefined);
    const [kind = '', sign, operand = ''] = groups.slice(at, at + 3);
    if (sign !== '!=' && narrows(kind.replace(/^meta (?=iif|oif|sk|l4)/, ''), operand)) named = true;
    return '';
  });
  if (named) return 'yes';
  return rest.trim() === '' ? 'no' : 'perhaps';
}

/** Interfaces that no packet of the internet comes in by: the host itself, tunnels, containers, machines. */
const INSIDE =
  /^(lo|wg|tun|tap|tailscale|wt\d|zt|nebula|podman|docker|br-|cni|veth|virbr|lxc|flannel|cilium|cali|kube)/;

function narrows(kind: string, operand: string): boolean {
  const items = operand
    .replace(/^\{|\}$/g, '')
    .split(',')
    .map((item) => item.trim().replace(/^"|"$/g, ''))
    .filter((item) => item !== '');
  if (kind === 'ct state') return items.every((item) => /^(established|related)$/.test(item));
  if (/^(iif|oif)/.test(kind)) return items.every((item) => INSIDE.test(item));
  if (/port$/.test(kind)) return !everyPort(items);
  if (/addr/.test(kind) && !kind.startsWith('ether')) {
    const blocks = items.flatMap((item) => parseBlock(item) ?? []);
    return blocks.length < items.length ? !items.some((item) => /^(0\.0\.0\.0|::)-/.test(item)) : !isWorld(blocks);
  }
  if (/^(ip protocol|ip6 nexthdr|l4proto)$/.test(kind)) return !items.some((item) => /^(tcp|udp|6|17|\*)$/.test(item));
  return /^(skuid|skgid|icmp|icmpv6|ct status|ether)/.test(kind);
}

/** Half of all ports, and more, names none. */
function everyPort(items: readonly string[]): boolean {
  if (items.some((item) => item.startsWith('@') || item.startsWith('$') || hasHole(item))) return false;
  const many = items.reduce((sum, item) => {
    const [first, last = first] = item.split('-').map(Number);
    return Number.isNaN(first) || Number.isNaN(last) ? sum + 1 : sum + ((last ?? 0) - (first ?? 0) + 1);
  }, 0);
  return many >= 32_768;
}
