import type { Reason } from '@lukko/terraform-model';
import { hasHole } from '../payload/marked.ts';
import { type NftChain, type NftRule, type NftRuleset, parseNftables } from '../payload/nftables.ts';
import type { Command, Payload, PayloadFile, Statement } from '../types.ts';
import { type Named, namesWhatItAccepts } from './nft-accepts.ts';
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
    const file = loadedBy(command);
    return file === undefined ? [] : [file];
  });
  const service = commands.some(startsService);
  const path = named.find((each) => each !== undefined) ?? (service ? FILE : undefined);
  return path === undefined ? undefined : files.find((file) => file.path === path);
}

/** The file a command of nft loads; one that only checks loads none. */
function loadedBy({ program, args }: Command): string | undefined {
  if (program !== 'nft' || args.some((arg) => arg === '-c' || arg === '--check')) return undefined;
  const at = args.findIndex((arg) => arg === '-f' || arg === '--file');
  return at < 0 ? undefined : (args[at + 1] ?? 'a file that is not known');
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
      (command.program === 'nft' && !isKept(command, file)) ||
      // At the next boot the service loads its own file.
      (startsService(command) && file !== undefined && file.path !== FILE) ||
      (stopsService(command) &&
        !commands.slice(index + 1).some((later) => later.entry === command.entry && startsService(later))),
  );
  const loads = commands.filter((command) => startsService(command) || loadedBy(command) === file?.path);
  const [perhaps] = loads.some(({ always }) => always) ? [] : loads;
  return [
    ...(perhaps === undefined
      ? []
      : [{ at: `${perhaps.at}:${perhaps.line}`, saw: 'what loads it runs under a condition', causes }]),
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

/** Commands of nft that load the file, check, read, or fill sets: rules stay what they are. */
function isKept(command: Command, file: PayloadFile | undefined): boolean {
  const { args } = command;
  const words = args.filter((arg): arg is string => arg !== undefined && !arg.startsWith('-'));
  if (args.includes('-c') || args.includes('--check') || words[0] === 'list') return true;
  if (args.includes('-f') || args.includes('--file')) return loadedBy(command) === file?.path;
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

/** Chains that lead to chains, deeper than anybody writes them. */
const DEEPEST = 8;

function dropsByDefault(chain: NftChain, ruleset: NftRuleset): Found {
  const dropped = chain.policy === 'drop';
  const walked = walk(chain, ruleset, 0);
  if (walked.ends !== undefined) return walked.ends;
  if (dropped && walked.doubt !== undefined) return walked.doubt;
  return { is: dropped, line: chain.line, saw: `chain ${chain.name}: policy ${chain.policy}` };
}

/** What becomes of a packet that no rule of a chain names: where it ends, and a rule that may let it through. */
interface Walked {
  readonly ends?: Found;
  readonly doubt?: Found;
}

function walk(chain: NftChain, ruleset: NftRuleset, depth: number): Walked {
  let doubt: Found | undefined;
  for (const rule of chain.rules) {
    const verdict = verdictOf(rule);
    if (verdict === undefined || verdict === 'continue') continue;
    const words = conditions(rule);
    const all = words.length === 0;
    const named = all ? 'no' : namesWhatItAccepts(words.join(' '));
    const at = { line: rule.line, saw: `chain ${chain.name}: ${rule.words.join(' ')}` };
    if (verdict === 'drop' || verdict === 'reject') {
      if (all)
        return {
          ...(doubt === undefined
            ? { ends: { is: true, line: rule.line, saw: `chain ${chain.name} ends with ${verdict}` } }
            : { ends: doubt }),
        };
      continue;
    }
    if (verdict === 'vmap') {
      const leads = mapped(rule);
      if (leads.some(({ named: each, to }) => each === 'no' && to === 'accept')) return { ends: { is: false, ...at } };
      if (leads.some(({ named: each, to }) => each !== 'yes' && to !== 'drop')) doubt ??= { is: 'unknown', ...at };
      continue;
    }
    if (named === 'yes') continue;
    if (verdict === 'accept' && named === 'no')
      return { ends: { is: false, line: rule.line, saw: all ? `chain ${chain.name} accepts everything` : at.saw } };
    if (verdict === 'return') {
      if (all) break;
      continue;
    }
    const target = /^(jump|goto)$/.test(verdict)
      ? ruleset.chains.find(
          (each) => each.table === chain.table && each.family === chain.family && each.name === rule.words.at(-1),
        )
      : undefined;
    const inner = target === undefined || depth === DEEPEST ? undefined : walk(target, ruleset, depth + 1);
    if (inner?.ends?.is === false && named === 'no') return { ends: inner.ends };
    if (inner?.ends?.is === true && all && doubt === undefined) return { ends: inner.ends };
    if (inner === undefined || inner.doubt !== undefined || (inner.ends !== undefined && inner.ends.is !== true))
      doubt ??= { is: 'unknown', ...at, saw: `${at.saw}: not followed` };
    if (verdict === 'goto' && all) break;
  }
  return doubt === undefined ? {} : { doubt };
}

/** Where a verdict map leads: `ct state vmap { established : accept, new : jump web }`. */
function mapped({ words }: NftRule): readonly { readonly named: Named; readonly to: string }[] {
  const at = words.indexOf('vmap');
  const key = words.slice(0, at).join(' ');
  const entries = /^\{([^}]*)\}$/.exec(words[at + 1] ?? '')?.[1];
  if (entries === undefined) return [{ named: 'perhaps', to: 'what is not followed' }];
  return entries.split(',').flatMap((entry) => {
    const [, what = '', to = ''] = /^(.*)\s*:\s*(\S+)/.exec(entry.trim()) ?? [];
    return what === '' ? [] : [{ named: namesWhatItAccepts(`${key} ${what.trim()}`), to }];
  });
}

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
