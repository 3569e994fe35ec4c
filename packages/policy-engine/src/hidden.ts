import type { Facts, HostSettings, Payload, ServerFacts } from '@lukko/facts';
import { hostSettingsOf } from '@lukko/facts';
import type { Attr, Reason, Resource } from '@lukko/terraform-model';
import { byText } from './order.ts';
import type { Judgement, PolicyContext, Rule } from './rule.ts';
import type { Located } from './subjects.ts';
import type { Truth } from './truth.ts';

/**
 * Servers whose payload the input does not show, for the same causes. A rule that looks at nothing of a server but its payload answers the
 * same of all of them, so it need be asked once. docs/decisions/0022-hidden-payloads.md
 */
export interface HiddenClass {
  readonly members: readonly Located[];
  /** The one whose address is the first in the order of reports. */
  readonly first: Located<'server'>;
}

/** What is asked about one by one, and what is hidden alike. */
export interface Parted {
  readonly single: readonly Located[];
  readonly hidden: readonly HiddenClass[];
}

const parted = new WeakMap<readonly Located[], Parted>();

/** @param servers subjects of the kind `server`; parted once a list, since many rules judge them */
export function partHidden(servers: readonly Located[]): Parted {
  const before = parted.get(servers);
  if (before !== undefined) return before;
  const single: Located[] = [];
  const byCauses = new Map<string, { readonly members: Located[]; first: Located }>();
  for (const located of servers) {
    const { state, causes, attr } = (located.subject as ServerFacts).payload;
    // What another element holds is looked at there, too: coverage is to know.
    if (state !== 'unknown' || attr.owner !== located.address) {
      single.push(located);
      continue;
    }
    const key = causes.join();
    const same = byCauses.get(key);
    if (same === undefined) {
      byCauses.set(key, { members: [located], first: located });
      continue;
    }
    same.members.push(located);
    if (byText(located.address, same.first.address) < 0) same.first = located;
  }
  const hidden = [...byCauses.values()].map(({ members, first }) => ({ members, first: first as Located<'server'> }));
  const result = { single, hidden };
  parted.set(servers, result);
  return result;
}

/** What a rule says of a hidden payload: whether it applies, and what it judges where it does. */
export interface HiddenAnswer {
  readonly applies: Truth | undefined;
  /** Undefined where the rule does not apply. */
  readonly judgement: Judgement | undefined;
}

/**
 * Asks a rule about the hidden payload of a server of which nothing else can be seen. The answer is of all its class, because the rule had
 * nothing to tell one from the other by: whoever looks further than at the payload, its host's settings and where it stands, stops here.
 * @returns undefined where the rule looked further, throws, or judges several elements: it is to be asked about each
 */
export function answerForHidden(
  rule: Rule,
  { subject }: Located<'server'>,
  facts: Facts,
  context: PolicyContext,
): HiddenAnswer | undefined {
  // An own rule may remember what it was asked before.
  if (rule.file !== undefined) return undefined;
  const { payload } = subject;
  const shown = onlyPayload(payload);
  try {
    const applies = rule.appliesWhen?.(shown.server, shown.facts, context);
    if (applies?.is === false) return { applies: back(applies, payload), judgement: undefined };
    const answer = rule.check(shown.server, shown.facts, context);
    const [only, more] = 'is' in answer ? [{ truth: answer, message: '' }] : answer;
    if (only === undefined || more !== undefined || only.at !== undefined || only.place !== undefined) return undefined;
    const truth = back(only.truth, payload);
    // The message names the server, so the rule is asked for it with all that can be seen.
    const message = (): string => {
      const whole = rule.check(subject, facts, context);
      const said = 'is' in whole ? rule.message(subject, whole) : (whole[0]?.message ?? rule.title);
      return typeof said === 'function' ? said() : said;
    };
    return {
      applies: applies === undefined ? undefined : back(applies, payload),
      judgement: { ...only, truth, message: truth.is === true ? rule.title : message },
    };
  } catch {
    return undefined;
  }
}

/** Where the stand-in says its payload stands: no attribute is called so. */
const PLACE = '\0payload';

function onlyPayload(payload: Payload): { readonly server: ServerFacts; readonly facts: Facts } {
  const resource = closed<Resource>({});
  const alike: Payload = { ...payload, server: resource, attr: closed<Attr>({ at: PLACE }) };
  const hostSettings = (asked: Resource): HostSettings => {
    if (asked !== resource) throw new Error('another host was asked for');
    return hostSettingsOf(alike);
  };
  return { server: closed<ServerFacts>({ resource, payload: alike }), facts: closed<Facts>({ hostSettings }) };
}

/** An object that shows these properties, and throws for whoever looks at another. */
function closed<T extends object>(shown: Partial<T>): T {
  const refuse = (): never => {
    throw new Error('not shown');
  };
  return new Proxy(shown as T, {
    get: (target, name, receiver) => (Object.hasOwn(target, name) ? Reflect.get(target, name, receiver) : refuse()),
    has: refuse,
    ownKeys: refuse,
    getOwnPropertyDescriptor: refuse,
  });
}

/** The reasons with the payload's own place. @throws where a reason stands elsewhere */
function back({ is, because }: Truth, { attr }: Payload): Truth {
  const reasons = because.map((reason): Reason => {
    if (!reason.at.startsWith(PLACE) || reason.saw.includes(PLACE)) throw new Error('a reason that stands elsewhere');
    return { ...reason, at: `${attr.at}${reason.at.slice(PLACE.length)}` };
  });
  return { is, because: reasons };
}
