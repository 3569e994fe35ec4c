import type { Context } from '../../context.ts';
import { invalidField } from '../../errors.ts';
import type { ActionError, Effect, RecordSet, Zone } from '../../types.ts';
import { selfSigned } from './self-signed.ts';
import { readCertificate } from './uploaded.ts';

const DAY = 24 * 60 * 60 * 1000;
/** As Let's Encrypt, which Hetzner asks. */
const DAYS_VALID = 90;
const AUTHORITY = 'letsencrypt.org';
const MOST_NAMES = 100;

/** @throws ApiError invalid_input */
export function checkDomainNames(names: readonly string[]): void {
  if (names.length === 0 || names.length > MOST_NAMES)
    throw invalidField('domain_names', `between 1 and ${MOST_NAMES} are required`);
  for (const name of names)
    if (!/^(?=.{1,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(name))
      throw invalidField('domain_names', `'${name}' is no domain name in lower case`);
}

/** What issuing ends in: decided when it begins, by the zones of the project as they are then. */
export function issuing(
  context: Context,
  certificate: number,
  names: readonly string[],
): { readonly effects: readonly Effect[]; readonly fails?: ActionError } {
  const error = names.map((name) => refusal(context, name)).find((each) => each !== undefined);
  if (error !== undefined)
    return { effects: [{ kind: 'certificate', id: certificate, set: { issuance: 'failed', error } }], fails: error };
  const { x509, domainNames, ...issued } = readCertificate(
    selfSigned(names, context.now, context.now + DAYS_VALID * DAY),
  );
  return { effects: [{ kind: 'certificate', id: certificate, set: { issued, issuance: 'completed', error: null } }] };
}

/** Only domains in a zone of the project can be shown to be ours, and its CAA records must allow the authority. */
function refusal(context: Context, name: string): ActionError | undefined {
  const domain = name.replace(/^\*\./, '');
  const zone = zoneOf(context, domain);
  if (zone === undefined) return { code: 'dns_zone_not_found', message: `no DNS zone found for ${domain}` };
  if (zone.mode === 'secondary')
    return { code: 'dns_zone_is_secondary_zone', message: `DNS zone ${zone.name} is a secondary zone` };
  const allowed = authorities(context, zone, domain, domain !== name);
  return allowed === undefined || allowed.includes(AUTHORITY)
    ? undefined
    : { code: 'caa_record_does_not_allow_ca', message: `CAA records of ${domain} do not allow ${AUTHORITY}` };
}

/** The zone with the longest name that a domain ends with. */
function zoneOf(context: Context, domain: string): Zone | undefined {
  const labels = domain.split('.');
  for (let from = 0; from < labels.length; from += 1) {
    const zone = context.store.named('zone', labels.slice(from).join('.'));
    if (zone !== undefined) return zone;
  }
  return undefined;
}

/** Who may issue by the nearest CAA records (RFC 8659 §3), or undefined when there are none. */
function authorities(context: Context, zone: Zone, domain: string, wildcard: boolean): readonly string[] | undefined {
  const sets = context.store.referringTo('rrset', zone.id).filter(({ type }) => type === 'CAA');
  const relative = domain === zone.name ? [] : domain.slice(0, -zone.name.length - 1).split('.');
  for (let from = 0; from <= relative.length; from += 1) {
    const name = relative.slice(from).join('.') || '@';
    const set = sets.find((each) => each.name === name);
    if (set !== undefined) return issuersOf(set, wildcard);
  }
  return undefined;
}

function issuersOf({ records }: RecordSet, wildcard: boolean): readonly string[] {
  const properties = records.map(({ value }) => /^\d+ (\w+) "([^";]*)/.exec(value) ?? []);
  const of = (tag: string) =>
    properties.flatMap(([, found = '', issuer = '']) => (found.toLowerCase() === tag ? [issuer.trim()] : []));
  const wild = of('issuewild');
  return wildcard && wild.length > 0 ? wild : of('issue');
}
