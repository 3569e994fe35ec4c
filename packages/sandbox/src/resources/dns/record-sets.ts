import { expandIpv6 } from '../../addresses.ts';
import { refuseProtected } from '../../collection.ts';
import { type Answer, answerAction, begin, type Context, created, type Handlers, ok, rendered } from '../../context.ts';
import { ApiError, invalidField, notFound } from '../../errors.ts';
import { parseAddress } from '../../ipv4.ts';
import { listPage } from '../../list.ts';
import type { DnsRecord, Json, Labels, RecordSet, Zone } from '../../types.ts';
import { refuseSecondary, zoneOf } from './zones.ts';

export interface RecordSetBody {
  readonly name: string;
  readonly type: string;
  readonly ttl?: number | null;
  readonly records?: readonly DnsRecord[];
  readonly labels?: Labels;
}

const render = (set: RecordSet): Json & { readonly id: string } => ({
  id: `${set.name}/${set.type}`,
  name: set.name,
  type: set.type,
  ttl: set.ttl,
  labels: set.labels,
  protection: { change: set.changeProtected },
  records: set.records.map(({ value, comment = '' }) => ({ value, comment })),
  zone: set.zone,
});

/** What a record of a type looks like; types without an entry are taken as they are. */
const FORMS: Readonly<Record<string, readonly [(value: string) => boolean, string]>> = {
  A: [(value) => parseAddress(value) !== undefined, 'an IPv4 address'],
  AAAA: [(value) => expandIpv6(value) !== undefined, 'an IPv6 address'],
  TXT: [(value) => /^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/.test(value), 'text in double quotes'],
  MX: [(value) => /^\d{1,5} \S+$/.test(value), 'a preference and a name'],
  CAA: [(value) => /^\d{1,3} [a-z0-9]+ ".*"$/.test(value), 'flags, a tag and a value in double quotes'],
  CNAME: [(value) => /^\S+$/.test(value), 'a name'],
};

function checkedRecords(type: string, records: readonly DnsRecord[]): readonly DnsRecord[] {
  const [isOne, form] = FORMS[type] ?? [() => true, ''];
  for (const [index, { value }] of records.entries()) {
    if (!isOne(value)) throw invalidField(`records.${index}.value`, `must be ${form}`);
    if (records.findIndex((each) => each.value === value) !== index)
      throw invalidField(`records.${index}.value`, 'is there twice');
  }
  if (type === 'CNAME' && records.length > 1) throw invalidField('records', 'a CNAME has one record');
  return records;
}

const setsOf = (context: Context, zone: Zone, name: string): readonly RecordSet[] =>
  context.store.referringTo('rrset', zone.id).filter((each) => each.name === name);

/** The API takes no more records in one set. */
const MOST_RECORDS = 50;

/** A record set that may be put beside others of its name. @throws ApiError uniqueness_error, invalid_input */
function checkedSet(zone: Zone, body: RecordSetBody, others: readonly Pick<RecordSet, 'type'>[]): RecordSetBody {
  const { name, type, records = [] } = body;
  if (
    name !== '@' &&
    !/^(\*|[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)(\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)*$/.test(name)
  )
    throw invalidField('name', 'must be a name relative to the zone in lower case, or @');
  if (others.some((each) => each.type === type))
    throw new ApiError('uniqueness_error', `RRSet ${name}/${type} already exists in zone ${zone.name}`);
  // RFC 1034 §3.6.2
  if (others.length > 0 && (type === 'CNAME' || others.some((each) => each.type === 'CNAME')))
    throw invalidField('type', `${name} cannot have a CNAME beside other records`);
  if (records.length === 0) throw invalidField('records', 'at least one is required');
  if (records.length > MOST_RECORDS) throw invalidField('records', `at most ${MOST_RECORDS} are allowed`);
  return { ...body, records: checkedRecords(type, records) };
}

function putSet(context: Context, zone: Zone, body: RecordSetBody): RecordSet {
  const { name, type, ttl = null, labels = {}, records = [] } = body;
  const id = context.nextId();
  return context.store.put('rrset', {
    id,
    name,
    zone: zone.id,
    type,
    ttl,
    labels,
    created: context.now,
    records,
    changeProtected: false,
  });
}

/** Puts a record set into a zone. @throws ApiError uniqueness_error, invalid_input */
export const makeRecordSet = (context: Context, zone: Zone, body: RecordSetBody): RecordSet =>
  putSet(context, zone, checkedSet(zone, body, setsOf(context, zone, body.name)));

/**
 * Replaces all record sets of a zone. What a zone cannot be without, SOA and name servers, stays when nothing takes its place.
 * @throws ApiError protected, invalid_input
 */
export function replaceRecordSets(context: Context, zone: Zone, bodies: readonly RecordSetBody[]): void {
  const before = context.store.referringTo('rrset', zone.id);
  refuseProtected(
    'RRSet',
    before.some(({ changeProtected }) => changeProtected),
    'change',
  );
  const byName = new Map<string, RecordSetBody[]>();
  for (const body of bodies) {
    const others = byName.get(body.name) ?? [];
    byName.set(body.name, [...others, checkedSet(zone, body, others)]);
  }
  const apex = new Set(byName.get('@')?.map(({ type }) => type));
  for (const { id, name, type } of before)
    if (name !== '@' || !['SOA', 'NS'].includes(type) || apex.has(type)) context.store.remove('rrset', id);
  for (const body of [...byName.values()].flat()) putSet(context, zone, body);
}

function maybe(context: Context, zone: Zone): RecordSet | undefined {
  return setsOf(context, zone, context.params.rr_name ?? '').find(({ type }) => type === context.params.rr_type);
}

function recordSetOf(context: Context): RecordSet {
  const set = maybe(context, zoneOf(context));
  if (set === undefined) throw notFound('RRSet', `${context.params.rr_name}/${context.params.rr_type}`);
  return set;
}

function changeable(context: Context): RecordSet {
  refuseSecondary(zoneOf(context));
  const set = recordSetOf(context);
  refuseProtected('RRSet', set.changeProtected, 'change');
  return set;
}

/** Resources of record sets' actions are their zone: an id of theirs is no number. */
const answer = (context: Context, command: string, { zone }: Pick<RecordSet, 'zone'>): Answer =>
  answerAction(context, { command, resources: [{ id: zone, type: 'zone' }] });

function change(context: Context, command: string, set: RecordSet, fields: Partial<RecordSet>): Answer {
  context.store.update('rrset', set.id, fields);
  return answer(context, command, set);
}

interface RecordsBody {
  readonly records: readonly DnsRecord[];
  readonly ttl?: number | null;
}

export const recordSets: Handlers = {
  list_rrsets: (context) => {
    const zone = zoneOf(context);
    refuseSecondary(zone);
    const sets = context.store.referringTo('rrset', zone.id);
    const page = listPage('rrsets', sets, context.query, render, {
      filters: { name: ({ name }) => name, type: ({ type }) => type },
      sorts: { name: ({ name }) => name, type: ({ type }) => type, created: ({ created: at }) => at },
      labels: ({ labels }) => labels,
      largestPage: 100,
    });
    return ok(page);
  },
  create_rrset: (context) => {
    const zone = zoneOf(context);
    refuseSecondary(zone);
    const set = makeRecordSet(context, zone, context.body as RecordSetBody);
    const action = begin(context, { command: 'create_rrset', resources: [{ id: zone.id, type: 'zone' }] });
    return created({ rrset: render(set), action: rendered(context, action) });
  },
  get_rrset: (context) => {
    refuseSecondary(zoneOf(context));
    return ok({ rrset: render(recordSetOf(context)) });
  },
  replace_rrset: (context) => {
    refuseSecondary(zoneOf(context));
    const set = recordSetOf(context);
    const { labels = set.labels } = (context.body ?? {}) as { labels?: Labels };
    return ok({ rrset: render(context.store.update('rrset', set.id, { labels }) ?? set) });
  },
  delete_rrset: (context) => {
    const set = changeable(context);
    context.store.remove('rrset', set.id);
    return answer(context, 'delete_rrset', set);
  },
  set_records_of_rrset: (context) => {
    const set = changeable(context);
    const records = checkedRecords(set.type, (context.body as RecordsBody).records);
    return change(context, 'set_rrset_records', set, { records });
  },
  add_records_to_rrset: (context) => {
    const zone = zoneOf(context);
    refuseSecondary(zone);
    const body = context.body as RecordsBody;
    if (maybe(context, zone) === undefined) {
      const { rr_name: name = '', rr_type: type = '' } = context.params;
      return answer(context, 'add_rrset_records', makeRecordSet(context, zone, { ...body, name, type }));
    }
    const set = changeable(context);
    const known = body.records.find(({ value }) => set.records.some((each) => each.value === value));
    if (known !== undefined) throw new ApiError('uniqueness_error', `record '${known.value}' is already there`);
    if (body.ttl !== undefined && body.ttl !== set.ttl) throw invalidField('ttl', 'differs from the record set');
    return change(context, 'add_rrset_records', set, {
      records: checkedRecords(set.type, [...set.records, ...body.records]),
    });
  },
  remove_records_from_rrset: (context) => {
    const set = changeable(context);
    const gone = new Set((context.body as RecordsBody).records.map(({ value }) => value));
    const records = set.records.filter(({ value }) => !gone.has(value));
    if (records.length !== set.records.length - gone.size)
      throw new ApiError('not_found', 'record not found in the RRSet');
    if (records.length > 0) return change(context, 'remove_rrset_records', set, { records });
    // The last record takes its set with it.
    context.store.remove('rrset', set.id);
    return answer(context, 'remove_rrset_records', set);
  },
  update_records_of_rrset: (context) => {
    const set = changeable(context);
    const comments = new Map((context.body as RecordsBody).records.map((each) => [each.value, each]));
    for (const value of comments.keys())
      if (!set.records.some((each) => each.value === value))
        throw new ApiError('not_found', `record '${value}' not found`);
    return change(context, 'update_rrset_records', set, {
      records: set.records.map((each) => comments.get(each.value) ?? each),
    });
  },
  change_rrsets_ttl: (context) =>
    change(context, 'change_rrset_ttl', changeable(context), { ttl: (context.body as { ttl: number | null }).ttl }),
  change_rrsets_protection: (context) => {
    refuseSecondary(zoneOf(context));
    const set = recordSetOf(context);
    const { change: changeProtected = set.changeProtected } = context.body as { change?: boolean };
    return change(context, 'change_protection', set, { changeProtected });
  },
};
