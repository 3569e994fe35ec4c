import type { Reason } from '@lukko/terraform-model';
import { hasHole } from '../payload/marked.ts';
import { type NftChain, type NftRule, type NftRuleset, parseNftables } from '../payload/nftables.ts';
import type { Command, Payload, PayloadFile, Statement } from '../types.ts';
import type { HostFirewall } from './types.ts';

const FILE = '/etc/nftables.conf';
const METADATA = '169.254.169.254';
/** Programs that change the packet filter in ways this engine does not follow. */
const OTHERS = /^(iptables|ip6tables|iptables-restore|ip6tables-restore|ufw|firewall-cmd|ferm|shorewall|csf)$/;

/** Reads what nftables.service, or a command, loads: nft(8), https://wiki.nftables.org. */
export function firewallOf(payload: Payload): HostFirewall {
  const file = loaded(payload);
  const ruleset = file === undefined ? undefined : parseNftables(file.text.marked);
  const doubts = doubtsOf(payload, file, ruleset);
  const judge = (claim: string, decide: (rules: NftRuleset, at: PayloadFile) => Found): Statement => {
    if (payload.state === 'unknown')
      return {
        claim,
        is: 'unknown',
        because: [{ at: payload.attr.at, saw: 'a payload that cannot be read', causes: payload.causes }],
      };
    if (file === undefined || ruleset === undefined) {
      const saw = `no ruleset of nftables is loaded (${FILE} with nftables.service)`;
      const absent: Reason = { at: payload.attr.at, saw };
      return doubts.length > 0
        ? { claim, is: 'unknown', because: [{ ...absent, causes: ['function'] }, ...doubts] }
        : { claim, is: false, because: [absent] };
    }
    const { is, line, saw } = decide(ruleset, file);
    const because: Reason[] = [
      { at: `${file.at}:${line}`, saw, ...(is === 'unknown' ? { causes: ['function' as const] } : {}) },
    ];
    return is === true && doubts.length > 0
      ? { claim, is: 'unknown', because: [...because, ...doubts] }
      : { claim, is, because };
  };
  return {
    file,
    ruleset,
    dropsInbound: judge('nothing comes in but what is named', (rules) => dropsAt('input', rules)),
    dropsOutbound: judge('nothing leaves but what is named', (rules) => dropsAt('output', rules)),
    guardsMetadata: judge('only root reaches the metadata service', (rules) => guards(rules, payload)),
  };
}

interface Found {
  readonly is: boolean | 'unknown';
  readonly line: number;
  readonly saw: string;
}

function loaded({ files, commands }: Payload): PayloadFile | undefined {
  const named = commands.flatMap((command) => {
    if (command.program !== 'nft') return [];
    const at = command.args.findIndex((arg) => arg === '-f' || arg === '--file');
    return at < 0 ? [] : [command.args[at + 1]];
  });
  const service = commands.some(startsService);
  const path = named.find((each) => each !== undefined) ?? (service ? FILE : undefined);
  return path === undefined ? undefined : files.find((file) => file.path === path);
}

/** The service is Debian's own, and not enabled there by itself. */
function startsService({ program, args }: Command): boolean {
  const starts = args.some((arg) => /^(enable|start|restart|reload-or-restart|reenable)$/.test(arg ?? ''));
  return program === 'systemctl' && starts && args.some((arg) => arg === 'nftables' || arg === 'nftables.service');
}

/** systemctl(1): what takes the ruleset away again, unless the same entry starts it later. */
function stopsService({ program, args }: Command): boolean {
  const stops = args.some((arg) => /^(disable|stop|mask|kill)$/.test(arg ?? ''));
  return program === 'systemctl' && stops && args.some((arg) => arg === 'nftables' || arg === 'nftables.service');
}

function doubtsOf(
  { commands, unread }: Payload,
  file: PayloadFile | undefined,
  ruleset: NftRuleset | undefined,
): Reason[] {
  const causes = ['function'] as const;
  const others = commands.filter(
    (command, index) =>
      OTHERS.test(command.program) ||
      (command.program === 'nft' && !isKept(command)) ||
      (stopsService(command) &&
        !commands.slice(index + 1).some((later) => later.entry === command.entry && startsService(later))),
  );
  return [
    ...others.map(
      (command): Reason => ({
        at: `${command.at}:${command.line}`,
        saw: `${command.program} changes the packet filter`,
        causes,
      }),
    ),
    ...(ruleset?.unread ?? []).map(({ line, why }): Reason => ({ at: `${file?.at}:${line}`, saw: why, causes })),
    ...unread
      .filter(({ why }) => file === undefined || why.includes(file.path))
      .map(({ at, why }): Reason => ({ at, saw: `not read: ${why}`, causes })),
  ];
}

/** Commands of nft that load the file, read, or fill sets: rules stay what they are. */
function isKept({ args }: Command): boolean {
  const words = args.filter((arg): arg is string => arg !== undefined && !arg.startsWith('-'));
  if (args.includes('-f') || args.includes('--file') || words[0] === 'list') return true;
  return /^(add|flush|delete)$/.test(words[0] ?? '') && /^(element|set)$/.test(words[1] ?? '');
}

/** Filter chains at a hook that see packets of a family. */
const chainsAt = (hook: string, family: 'ip' | 'ip6', { chains }: NftRuleset): NftChain[] =>
  chains.filter(
    (chain) => chain.type === 'filter' && chain.hook === hook && (chain.family === 'inet' || chain.family === family),
  );

function dropsAt(hook: string, rules: NftRuleset): Found {
  const found = (['ip', 'ip6'] as const).map((family): Found => {
    const chains = chainsAt(hook, family, rules);
    const results = chains.map((chain) => dropsByDefault(chain, rules));
    // A packet must be let through by every chain of a hook: one that drops is enough.
    const best = results.find(({ is }) => is === true) ?? results.find(({ is }) => is === 'unknown') ?? results[0];
    return best ?? { is: false, line: 1, saw: `no chain of hook ${hook} sees ${family === 'ip' ? 'IPv4' : 'IPv6'}` };
  });
  return (
    found.find(({ is }) => is === false) ??
    found.find(({ is }) => is === 'unknown') ??
    found[0] ?? { is: false, line: 1, saw: 'no chain' }
  );
}

function dropsByDefault(chain: NftChain, ruleset: NftRuleset): Found {
  for (const rule of chain.rules) {
    if (conditions(rule).length > 0) continue;
    const verdict = verdictOf(rule);
    if (verdict === 'accept') return { is: false, line: rule.line, saw: `chain ${chain.name} accepts everything` };
    if (verdict === 'drop' || verdict === 'reject')
      return { is: true, line: rule.line, saw: `chain ${chain.name} ends with ${verdict}` };
    if (verdict !== undefined) {
      const target = ruleset.chains.find(
        (each) => each.table === chain.table && each.family === chain.family && each.name === target_(rule),
      );
      const opens =
        target === undefined ||
        target.rules.some((each) => conditions(each).length === 0 && verdictOf(each) !== 'drop');
      if (opens) return { is: 'unknown', line: rule.line, saw: `${rule.words.join(' ')}: not followed` };
    }
  }
  const dropped = chain.policy === 'drop';
  return { is: dropped, line: chain.line, saw: `chain ${chain.name}: policy ${chain.policy}` };
}

const target_ = ({ words }: NftRule): string | undefined => words[words.length - 1];

const VERDICT = /^(accept|drop|reject|queue|return|continue|jump|goto)$/;

function verdictOf({ words }: NftRule): string | undefined {
  if (words.includes('vmap')) return 'vmap';
  return words.find((word) => VERDICT.test(word));
}

/** The words of a rule that choose packets: none in `counter drop`, `log prefix "x" drop`. */
function conditions({ words }: NftRule): readonly string[] {
  const left: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (VERDICT.test(word)) break;
    if (word === 'counter') while (/^(packets|bytes|\d+|name)$/.test(words[index + 1] ?? '')) index += 1;
    else if (word === 'log')
      while (/^(prefix|level|flags|group|snaplen|all|skuid|"[^]*"|warn|info|debug|\d+)$/.test(words[index + 1] ?? ''))
        index += 1;
    else if (word === 'comment') index += 1;
    else if (word !== 'notrack') left.push(word);
  }
  return left;
}

/** Whether processes of other users than root are kept from the metadata service, on the host and from containers with networks of their own. */
function guards(rules: NftRuleset, { containers }: Payload): Found {
  const out = guardedAt('output', rules);
  if (out.is !== true || containers.every((container) => container.networkHost)) return out;
  const forward = guardedAt('forward', rules);
  return forward.is === true ? out : forward;
}

function guardedAt(hook: string, rules: NftRuleset): Found {
  const chains = chainsAt(hook, 'ip', rules);
  const results = chains.map(guarded);
  return (
    results.find(({ is }) => is === true) ??
    results.find(({ is }) => is === 'unknown') ??
    results[0] ?? { is: false, line: 1, saw: `no chain of hook ${hook} sees IPv4` }
  );
}

/** Follows a request of another user to the address through the rules of a chain, in their order. */
function guarded(chain: NftChain): Found {
  for (const rule of chain.rules) {
    const verdict = verdictOf(rule);
    if (verdict === undefined || verdict === 'continue') continue;
    const text = conditions(rule).join(' ');
    const match = matches(text);
    if (match === 'never') continue;
    if (verdict === 'drop' || verdict === 'reject') {
      if (match === 'always') return { is: true, line: rule.line, saw: `chain ${chain.name}: ${rule.words.join(' ')}` };
      continue;
    }
    return {
      is: match === 'always' && verdict === 'accept' ? false : 'unknown',
      line: rule.line,
      saw: `chain ${chain.name}: ${rule.words.join(' ')}`,
    };
  }
  return { is: chain.policy === 'drop', line: chain.line, saw: `chain ${chain.name}: policy ${chain.policy}` };
}

/** Whether the conditions of a rule hold for the first packet of a request to the metadata service (TCP, port 80) by a user who is not root. */
function matches(text: string): 'always' | 'never' | 'perhaps' {
  if (/(^|\s)(ip6|icmpv6|icmp|arp|udp|sctp|esp|ah)\s/.test(`${text} `) || /\b(oif|oifname) "?lo"?(\s|$)/.test(text))
    return 'never';
  if (/\bct state (\{ )?(established|related|invalid)[\w, ]*( \})?/.test(text) && !/\bnew\b/.test(text)) return 'never';
  if (/\bmeta skuid (== )?(0|root)(\s|$)/.test(text)) return 'never';
  const port = /\b(?:tcp|th) dport (\{[^}]*\}|\S+)/.exec(text)?.[1];
  if (port !== undefined && !hasHole(port) && !/(^|\D)80(\D|$)|-|@|\$|http/.test(port)) return 'never';
  const address = /\bip daddr (!= )?(\S+)/.exec(text);
  if (address !== null && address[1] === undefined && /^[\d.]+$/.test(address[2] ?? '') && address[2] !== METADATA)
    return 'never';
  const rest = text
    .replace(/\bip daddr (169\.254\.169\.254|169\.254\.0\.0\/16)(\s|$)/, '')
    .replace(/\bmeta skuid != (0|root)(\s|$)/, '')
    .replace(/\btcp dport (80|\{ ?80, ?443 ?\}|\{ ?80 ?\})(\s|$)/, '')
    .replace(/\bmeta l4proto tcp(\s|$)/, '');
  return rest.trim() === '' ? 'always' : 'perhaps';
}
