import type { Facts, HostSettings, Payload, ServerFacts, Statement } from '@lukko/facts';
import { type Judgement, no, shown, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Cause, Reason, TerraformJson } from '@lukko/terraform-model';
import { cloudConfig } from './example-payloads.ts';
import { hcloud, server } from './examples.ts';
import { unlessIgnored } from './lifecycle.ts';
import { fit, short } from './message.ts';
import { isCaddy } from './payload.ts';
import { addressOf } from './words.ts';

/**
 * What a payload shows of a host holds only as long as nothing else sets the host up: not where changes of user_data are
 * ignored, not where a provisioner runs commands of its own.
 */
export function asSetUp({ resource, payload }: ServerFacts, truth: Truth): Truth {
  if (truth.is !== true) return truth;
  if (payload.provisioned !== undefined) return unknown(payload.provisioned);
  return payload.attr.owner === resource.id ? unlessIgnored(resource, 'user_data', truth) : truth;
}

/** A statement about a host's settings as truth. */
export function stated(host: ServerFacts, statement: Statement): Truth {
  return asSetUp(host, shown(statement));
}

/** What was not found: false where the payload was read whole, else unknown with what was not read. */
export function missing({ payload, whole }: Pick<HostSettings, 'payload' | 'whole'>, saw: string): Truth {
  const { at } = payload.attr;
  if (whole) return no({ at, saw });
  const causes: readonly Cause[] = payload.state === 'unknown' ? payload.causes : ['function'];
  if (payload.unread.length === 0) return unknown({ at, saw, causes });
  const unread = payload.unread.slice(0, 5);
  return unknown(
    { at, saw, causes },
    ...unread.map((each): Reason => ({ at: each.at, saw: `not read: ${each.why}`, causes: ['function'] })),
  );
}

/** Whether anything of a kind was found in a payload: else not applicable where it was read whole, and open where it was not. */
export function anyOf(
  settings: Pick<HostSettings, 'payload' | 'whole'>,
  found: readonly { readonly at: string }[],
  things: string,
): Truth {
  const [first] = found;
  return first === undefined ? missing(settings, `no ${things}`) : yes({ at: first.at, saw: things });
}

/** Whether a host answers the web by Caddy whose Caddyfile was read. */
export function sitesOf({ payload }: Pick<ServerFacts, 'payload'>): Payload['sites'] {
  const runs =
    payload.packages.includes('caddy') ||
    payload.containers.some(({ image }) => isCaddy(image)) ||
    payload.commands.some(({ program }) => program === 'caddy');
  return runs ? payload.sites.filter(({ tls }) => tls !== 'off') : [];
}

/** An example's server with these files and commands, and `more` keys of its cloud-config. */
export function setUp(
  files: Readonly<Record<string, string>>,
  commands: readonly (readonly string[])[] = [],
  more = '',
): TerraformJson {
  return hcloud({ hcloud_server: { host: server({ user_data: `${cloudConfig(files, commands)}${more}` }) } });
}

/** An example's server whose user_data a variable without value holds. */
export function hiddenSetUp(): TerraformJson {
  return hcloud(
    { hcloud_server: { host: server({ user_data: '${var.payload}' }) } },
    { variable: { payload: { type: 'string' } } },
  );
}

/** A text of a payload as a message shows it: holes stand as private-use characters. */
export function legible(text: string): string {
  return text.replace(/\p{Co}+/gu, '${…}');
}

/** Whether a server answers the web with sites that were read; open where the payload was not read whole. */
export function servesWeb(host: ServerFacts, facts: Facts): Truth {
  const settings = facts.hostSettings(host.resource);
  return anyOf(settings, sitesOf(host), 'web site');
}

/** What a site says is not known where an import of it was not found; Caddy does not start without one that is named by its path. */
function hidden({ unfollowed, at }: Payload['sites'][number]): Truth | undefined {
  if (unfollowed === undefined) return undefined;
  const saw = `imports ${short(legible(unfollowed.what), 60)}, which the payload does not hold`;
  return unknown({ at: `${at}:${unfollowed.line}`, saw, causes: ['outside'] });
}

/** One judgement for each site of a server; one that is open where what it serves was not read. */
export function judgeSites(
  host: ServerFacts,
  judge: (site: Payload['sites'][number]) => Truth,
  claim: string,
): readonly Judgement[] {
  const sites = sitesOf(host);
  if (sites.length === 0) {
    const truth = unknown({ at: host.payload.attr.at, saw: 'sites that were not read', causes: ['function'] });
    return [{ truth, message: () => fit(`${addressOf(host.resource)} may serve web sites that were not read`) }];
  }
  const name = addressOf(host.resource);
  return sites.map((site): Judgement => {
    const truth = asSetUp(host, hidden(site) ?? judge(site));
    const named = short(legible(site.addresses[0] ?? 'a site'), 40);
    const shownAs =
      truth.is === 'unknown'
        ? `it is not shown that site ${named} ${claim}`
        : `site ${named}: ${truth.because[0]?.saw}`;
    return { truth, message: fit(`${name}: ${shownAs}`), at: `${site.at}:${site.line}` };
  });
}
