import { instant } from '../actions.ts';
import { canonicalRange } from '../addresses.ts';
import { actionHandlers, commonHandlers, found, referenced, removeNow } from '../collection.ts';
import { type Answer, begin, type Context, created, type Handlers, rendered } from '../context.ts';
import { ApiError, invalidField } from '../errors.ts';
import { labelSelector } from '../label-selector.ts';
import { checkName } from '../names.ts';
import type { ActionRecord, Firewall, FirewallTarget, Json, Labels, Server } from '../types.ts';

/** docs.hetzner.com/cloud/firewalls/faq */
const MOST_PER_SERVER = 5;
const MOST_PER_PROJECT = 50;
const MOST_RULES = 50;
/** CIDR blocks of a rule. */
const MOST_RANGES = 100;
/** Each network of a rule counts. */
const MOST_EFFECTIVE_RULES = 500;

interface TargetBody {
  readonly type: 'server' | 'label_selector';
  readonly server?: { readonly id: number };
  readonly label_selector?: { readonly selector: string };
}

type Rule = Readonly<Record<string, unknown>>;

const isFor = (context: Context, target: FirewallTarget, server: Server): boolean =>
  'server' in target
    ? target.server === server.id
    : labelSelector(target.selector)(server.labels) && isPublic(context, server);

const isPublic = (context: Context, server: Server): boolean =>
  context.store.referringTo('primary_ip', server.id).length > 0;

/** The firewalls that a server stands behind, by hand or by a selector. */
export const firewallsOf = (context: Context, server: Server): readonly Firewall[] =>
  context.store.all('firewall').filter(({ appliedTo }) => appliedTo.some((target) => isFor(context, target, server)));

/** Servers that are gone hold no firewall. */
const liveTargets = (context: Context, firewall: Firewall): readonly FirewallTarget[] =>
  firewall.appliedTo.filter((each) => !('server' in each) || context.store.get('server', each.server) !== undefined);

const renderTarget = (context: Context, target: FirewallTarget): Json =>
  'server' in target
    ? { type: 'server', server: { id: target.server } }
    : {
        type: 'label_selector',
        label_selector: { selector: target.selector },
        applied_to_resources: context.store
          .all('server')
          .filter((server) => isFor(context, target, server))
          .map(({ id }) => ({ type: 'server', server: { id } })),
      };

const render = (context: Context, firewall: Firewall): Json => ({
  id: firewall.id,
  name: firewall.name,
  labels: firewall.labels,
  created: instant(firewall.created),
  rules: firewall.rules,
  applied_to: liveTargets(context, firewall).map((target) => renderTarget(context, target)),
});

/** A rule as the API gives it back: every field there, whether it was given or not. */
function ruleOf(rule: Rule): Rule {
  const { direction, protocol, port = null, source_ips = [], destination_ips = [], description = null } = rule;
  const needsPort = protocol === 'tcp' || protocol === 'udp';
  if (needsPort && (port === null || !isPort(String(port))))
    throw invalidField(`rules[].port`, `protocol ${String(protocol)} needs a port, a range or any`);
  if (!needsPort && port !== null) throw invalidField(`rules[].port`, `protocol ${String(protocol)} has no ports`);
  const sources = rangesOf(source_ips as readonly string[], `rules[].source_ips`);
  const destinations = rangesOf(destination_ips as readonly string[], `rules[].destination_ips`);
  const [needed, other] = direction === 'in' ? [sources, destinations] : [destinations, sources];
  const names = direction === 'in' ? ['source_ips', 'destination_ips'] : ['destination_ips', 'source_ips'];
  if (needed.length === 0)
    throw invalidField(`rules[].${names[0]}`, `a rule for direction ${String(direction)} needs them`);
  if (other.length > 0) throw invalidField(`rules[].${names[1]}`, `a rule for direction ${String(direction)} has none`);
  return { direction, protocol, port, source_ips: sources, destination_ips: destinations, description };
}

/** "IPv6 CIDRs will be transformed to their canonical form" (docs.hetzner.cloud, "Create a Firewall"). */
function rangesOf(texts: readonly string[], field: string): readonly string[] {
  if (texts.length > MOST_RANGES) throw invalidField(field, `at most ${MOST_RANGES} CIDR blocks are allowed`);
  return texts.map((text) => {
    const range = canonicalRange(text);
    if (range === undefined) throw invalidField(field, `'${text}' is no CIDR block with empty host bits`);
    return range;
  });
}

function rulesOf(rules: readonly Rule[]): readonly Rule[] {
  if (rules.length > MOST_RULES) throw invalidField('rules', `a firewall has at most ${MOST_RULES} rules`);
  const checked = rules.map((rule) => ruleOf(rule));
  const effective = checked.reduce((sum, { source_ips, destination_ips }) => {
    return sum + (source_ips as readonly string[]).length + (destination_ips as readonly string[]).length;
  }, 0);
  if (effective > MOST_EFFECTIVE_RULES)
    throw invalidField('rules', `a firewall has at most ${MOST_EFFECTIVE_RULES} effective rules`);
  return checked;
}

function isPort(text: string): boolean {
  if (text === 'any') return true;
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return from !== undefined && Number(from) >= 1 && Number(from) <= Number(to) && Number(to) <= 65_535;
}

/** @param missing status of the answer when a server is not there: it differs with the operation */
function targetOf(context: Context, body: TargetBody, missing: number): FirewallTarget {
  if (body.type === 'label_selector') {
    const selector = body.label_selector?.selector;
    if (selector === undefined) throw invalidField('label_selector', 'is required for this type');
    labelSelector(selector);
    return { selector };
  }
  if (body.server === undefined) throw invalidField('server', 'is required for this type');
  const server = context.store.get('server', body.server.id);
  if (server === undefined)
    throw new ApiError('firewall_resource_not_found', `server ${body.server.id} not found`, null, missing);
  refusePrivateOnly(context, server);
  return { server: server.id };
}

function refusePrivateOnly(context: Context, server: Server): void {
  if (!isPublic(context, server))
    throw new ApiError('private_net_only_server', `server ${server.id} has no public interface for a firewall`);
}

/** @throws ApiError firewall_managed_by_label_selector */
function refuseSelected(context: Context, firewall: Firewall, target: FirewallTarget): void {
  const server = 'server' in target ? context.store.get('server', target.server) : undefined;
  if (server !== undefined && firewall.appliedTo.some((each) => isFor(context, each, server)))
    throw new ApiError(
      'firewall_managed_by_label_selector',
      `firewall ${firewall.id} is applied to server ${server.id} by a label selector`,
    );
}

const sameTarget = (a: FirewallTarget, b: FirewallTarget): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Puts a firewall before a server that is there or being made. @throws ApiError firewall_already_applied, resource_limit_exceeded */
export function applyFirewall(context: Context, firewall: Firewall, target: FirewallTarget): ActionRecord {
  if (firewall.appliedTo.some((each) => sameTarget(each, target)))
    throw new ApiError('firewall_already_applied', `firewall ${firewall.id} is already applied to it`);
  const server = 'server' in target ? context.store.get('server', target.server) : undefined;
  if (server !== undefined && firewallsOf(context, server).length >= MOST_PER_SERVER)
    throw new ApiError('resource_limit_exceeded', `server ${server.id} has ${MOST_PER_SERVER} firewalls already`);
  const appliedTo = [...liveTargets(context, firewall), target];
  context.store.update('firewall', firewall.id, { appliedTo });
  return begin(context, { command: 'apply_firewall', resources: refsOf(firewall, target) });
}

/** @throws ApiError server_already_added */
function refuseTwice(targets: readonly TargetBody[]): void {
  const servers = targets.map(({ server }) => server?.id).filter((id) => id !== undefined);
  if (new Set(servers).size < servers.length)
    throw new ApiError('server_already_added', 'a server is named more than once');
}

const refsOf = (firewall: Firewall, target: FirewallTarget) => [
  { id: firewall.id, type: 'firewall' },
  ...('server' in target ? [{ id: target.server, type: 'server' }] : []),
];

const answer = (context: Context, actions: readonly ActionRecord[]): Answer =>
  created({ actions: actions.map((action) => rendered(context, action)) });

export const firewalls: Handlers = {
  ...commonHandlers({ kind: 'firewall', plural: 'firewalls', render }),
  ...actionHandlers('firewall'),
  create_firewall: (context) => {
    const body = context.body as { name: string; labels?: Labels; rules?: Rule[]; apply_to?: TargetBody[] };
    checkName(context, 'firewall', body.name);
    if (context.store.count('firewall') >= MOST_PER_PROJECT)
      throw new ApiError('resource_limit_exceeded', `a project has at most ${MOST_PER_PROJECT} firewalls`);
    const id = context.nextId();
    context.store.put('firewall', {
      id,
      name: body.name,
      labels: body.labels ?? {},
      created: context.now,
      rules: rulesOf(body.rules ?? []),
      appliedTo: [],
    });
    refuseTwice(body.apply_to ?? []);
    const actions = (body.apply_to ?? []).map((each) =>
      applyFirewall(context, referenced(context, 'firewall', id), targetOf(context, each, 422)),
    );
    return created({
      firewall: render(context, referenced(context, 'firewall', id)),
      actions: actions.map((action) => rendered(context, action)),
    });
  },
  delete_firewall: (context) => {
    const firewall = found(context, 'firewall');
    if (liveTargets(context, firewall).length > 0)
      throw new ApiError('resource_in_use', `firewall ${firewall.id} is still applied to resources`);
    return removeNow(context, 'firewall', firewall.id);
  },
  set_rules: (context) => {
    const { id } = found(context, 'firewall');
    context.store.update('firewall', id, { rules: rulesOf((context.body as { rules: Rule[] | null }).rules ?? []) });
    return answer(context, [begin(context, { command: 'set_firewall_rules', resources: [{ id, type: 'firewall' }] })]);
  },
  apply_to_resources: (context) => {
    const { id } = found(context, 'firewall');
    const { apply_to: targets } = context.body as { apply_to: TargetBody[] };
    return answer(
      context,
      targets.map((each) => applyFirewall(context, referenced(context, 'firewall', id), targetOf(context, each, 404))),
    );
  },
  remove_from_resources: (context) => {
    const { id } = found(context, 'firewall');
    const { remove_from: targets } = context.body as { remove_from: TargetBody[] };
    return answer(
      context,
      targets.map((each) => {
        const firewall = referenced(context, 'firewall', id);
        const target: FirewallTarget =
          each.type === 'server' ? { server: each.server?.id ?? 0 } : { selector: each.label_selector?.selector ?? '' };
        const appliedTo = liveTargets(context, firewall).filter((one) => !sameTarget(one, target));
        if (appliedTo.length === liveTargets(context, firewall).length) {
          refuseSelected(context, firewall, target);
          throw new ApiError('firewall_resource_not_found', `firewall ${id} is not applied to it`);
        }
        context.store.update('firewall', id, { appliedTo });
        return begin(context, { command: 'remove_firewall', resources: refsOf(firewall, target) });
      }),
    );
  },
};
