import { instant } from '../../actions.ts';
import { actionHandlers, commonHandlers, refuseProtected } from '../../collection.ts';
import { answerAction, begin, type Context, created, type Handlers, ok, rendered } from '../../context.ts';
import { ApiError, invalidField, notFound } from '../../errors.ts';
import { checkName } from '../../names.ts';
import type { Effect, Json, Labels, Zone } from '../../types.ts';
import { makeRecordSet, type RecordSetBody, replaceRecordSets } from './record-sets.ts';
import { parseZoneFile, printZoneFile } from './zone-file.ts';

/** Hetzner's, as every zone there has them. */
const NAMESERVERS = ['hydrogen.ns.hetzner.com.', 'oxygen.ns.hetzner.com.', 'helium.ns.hetzner.de.'];
const DEFAULT_TTL = 3600;

const render = (context: Context, zone: Zone): Json => ({
  id: zone.id,
  name: zone.name,
  created: instant(zone.created),
  mode: zone.mode,
  ttl: zone.ttl,
  labels: zone.labels,
  primary_nameservers: zone.primaryNameservers,
  protection: { delete: zone.deleteProtected },
  status: 'ok',
  registrar: 'unknown',
  record_count: context.store.referringTo('rrset', zone.id).reduce((sum, { records }) => sum + records.length, 0),
  authoritative_nameservers: {
    assigned: NAMESERVERS,
    delegated: [],
    delegation_last_check: instant(zone.created),
    delegation_status: 'unknown',
  },
});

/** The zone of a path, by id or name. @throws ApiError not_found */
export function zoneOf(context: Context): Zone {
  const text = context.params.id_or_name ?? '';
  const zone = /^\d+$/.test(text) ? context.store.get('zone', Number(text)) : context.store.named('zone', text);
  if (zone === undefined) throw notFound('zone', text);
  return zone;
}

/** The records of a secondary zone come from its primary name servers. @throws ApiError incorrect_zone_mode */
export function refuseSecondary({ name, mode }: Zone): void {
  if (mode === 'secondary') throw new ApiError('incorrect_zone_mode', `zone ${name} is in mode secondary`);
}

const common = commonHandlers({ kind: 'zone', plural: 'zones', render, filters: { mode: ({ mode }) => mode } });

/** Common operations find by id: a name in the path becomes one first. */
const byId = (operation: string) => (context: Context) =>
  (common[operation] ?? unreachable)({ ...context, params: { ...context.params, id: String(zoneOf(context).id) } });

const unreachable = (): never => {
  throw notFound('operation', '');
};

interface CreateBody {
  readonly name: string;
  readonly mode: Zone['mode'];
  readonly ttl?: number;
  readonly labels?: Labels;
  readonly primary_nameservers?: readonly Json[];
  readonly rrsets?: readonly RecordSetBody[];
  readonly zonefile?: string;
}

const ref = ({ id }: Zone) => ({ id, type: 'zone' });

export const zones: Handlers = {
  ...common,
  get_zone: byId('get_zone'),
  replace_zone: byId('replace_zone'),
  ...actionHandlers('zone', (context) => zoneOf(context).id),
  create_zone: (context) => {
    const body = context.body as CreateBody;
    if (!/^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(body.name))
      throw invalidField('name', 'must be a domain in lower case without a dot at its end');
    checkName(context, 'zone', body.name);
    if (body.mode === 'secondary' && (body.primary_nameservers ?? []).length === 0)
      throw invalidField('primary_nameservers', 'are required in mode secondary');
    if (body.mode === 'secondary' && (body.rrsets !== undefined || body.zonefile !== undefined))
      throw invalidField('rrsets', 'a zone in mode secondary takes its records from its primary name servers');
    if (body.rrsets !== undefined && body.zonefile !== undefined)
      throw invalidField('zonefile', 'give either rrsets or a zonefile');
    const zone = context.store.put('zone', {
      id: context.nextId(),
      name: body.name,
      mode: body.mode,
      ttl: body.ttl ?? DEFAULT_TTL,
      labels: body.labels ?? {},
      created: context.now,
      deleteProtected: false,
      primaryNameservers: (body.primary_nameservers ?? []).map((each) => ({ port: 53, ...each })),
    });
    if (body.mode === 'primary') {
      const serial = `${NAMESERVERS[0]} dns.hetzner.com. 1 86400 10800 3600000 3600`;
      makeRecordSet(context, zone, { name: '@', type: 'SOA', records: [{ value: serial }] });
      makeRecordSet(context, zone, { name: '@', type: 'NS', records: NAMESERVERS.map((value) => ({ value })) });
      for (const each of body.rrsets ?? []) makeRecordSet(context, zone, each);
      if (body.zonefile !== undefined) replaceRecordSets(context, zone, parseZoneFile(body.zonefile, zone.name));
    }
    const action = begin(context, { command: 'create_zone', resources: [ref(zone)] });
    return created({ zone: render(context, zone), action: rendered(context, action) });
  },
  delete_zone: (context) => {
    const zone = zoneOf(context);
    refuseProtected('zone', zone.deleteProtected);
    const sets = context.store.referringTo('rrset', zone.id);
    return answerAction(context, {
      command: 'delete_zone',
      resources: [ref(zone)],
      effects: [
        ...sets.map(({ id }): Effect => ({ kind: 'rrset', id, remove: true })),
        { kind: 'zone', id: zone.id, remove: true },
      ],
    });
  },
  change_zones_protection: (context) => {
    const zone = zoneOf(context);
    const { delete: deleteProtected = zone.deleteProtected } = context.body as { delete?: boolean };
    context.store.update('zone', zone.id, { deleteProtected });
    return answerAction(context, { command: 'change_protection', resources: [ref(zone)] });
  },
  change_zones_default_ttl: (context) => {
    // The documentation says that this is for mode primary only; the provider's acceptance tests do it in mode secondary too.
    const zone = zoneOf(context);
    context.store.update('zone', zone.id, { ttl: (context.body as { ttl: number }).ttl });
    return answerAction(context, { command: 'change_ttl', resources: [ref(zone)] });
  },
  change_zones_primary_nameservers: (context) => {
    const zone = zoneOf(context);
    if (zone.mode !== 'secondary') throw new ApiError('incorrect_zone_mode', `zone ${zone.name} is in mode primary`);
    const { primary_nameservers: servers } = context.body as { primary_nameservers: readonly Json[] };
    const primaryNameservers = servers.map((each) => ({ port: 53, ...each }));
    context.store.update('zone', zone.id, { primaryNameservers });
    return answerAction(context, { command: 'change_primary_nameservers', resources: [ref(zone)] });
  },
  export_zone_file: (context) => {
    const zone = zoneOf(context);
    refuseSecondary(zone);
    return ok({ zonefile: printZoneFile(zone, context.store.referringTo('rrset', zone.id)) });
  },
  import_zone_file: (context) => {
    const zone = zoneOf(context);
    refuseSecondary(zone);
    replaceRecordSets(context, zone, parseZoneFile((context.body as { zonefile: string }).zonefile, zone.name));
    return answerAction(context, { command: 'import_zonefile', resources: [ref(zone)] });
  },
};
