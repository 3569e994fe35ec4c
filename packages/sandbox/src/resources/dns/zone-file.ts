import { invalidField } from '../../errors.ts';
import type { DnsRecord, RecordSet, Zone } from '../../types.ts';

/** Record sets as a zone file has them. */
export interface FileSet {
  /** Relative to the zone, `@` for the zone itself. */
  readonly name: string;
  readonly type: string;
  readonly ttl: number | null;
  readonly records: readonly DnsRecord[];
}

/** What the API takes. */
const TYPES = /^(A|AAAA|CAA|CNAME|DS|HINFO|HTTPS|MX|NS|PTR|RP|SOA|SRV|SVCB|TLSA|TXT)$/;
const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A line of a zone file after comments, quotes and parentheses are read. */
interface Entry {
  readonly line: number;
  /** Begins with white space: its owner is that of the entry before. */
  readonly continued: boolean;
  readonly words: readonly string[];
}

/**
 * Reads a zone file (RFC 1035 §5.1 with $TTL of RFC 2308 and times with units): its record sets, in order.
 * @param zone name without a dot at its end
 * @throws ApiError invalid_input naming the line
 */
export function parseZoneFile(text: string, zone: string): readonly FileSet[] {
  const sets = new Map<string, { name: string; type: string; ttl: number | null; records: DnsRecord[] }>();
  let origin = `${zone}.`;
  let owner: string | undefined;
  let ttlOfAll: number | null = null;
  for (const { line, continued, words } of entriesOf(text)) {
    const [first = '', ...rest] = words;
    if (!continued && first.startsWith('$')) {
      const argument = rest[0] ?? '';
      if (first === '$ORIGIN') origin = absolute(argument, origin, line);
      else if (first === '$TTL') ttlOfAll = ttlOf(argument) ?? refuse(line, `'${argument}' is no time to live`);
      else refuse(line, `${first} is not supported`);
      continue;
    }
    const fields = continued ? words : rest;
    if (!continued) owner = relative(absolute(first, origin, line), zone, line);
    if (owner === undefined) return refuse(line, 'the first record has no name');
    const { ttl, type, value } = recordOf(fields, line);
    const key = `${owner}/${type}`;
    const set = sets.get(key) ?? { name: owner, type, ttl: ttl ?? ttlOfAll, records: [] };
    sets.set(key, set);
    set.records.push({ value });
  }
  return [...sets.values()];
}

/** A zone as a file that `parseZoneFile` reads again. */
export function printZoneFile(zone: Zone, sets: readonly RecordSet[]): string {
  const lines = sets.flatMap(({ name, type, ttl, records }) =>
    records.map(({ value }) => `${name}\t${ttl ?? ''}\tIN\t${type}\t${value}`),
  );
  return `$ORIGIN ${zone.name}.\n$TTL ${zone.ttl}\n${lines.join('\n')}\n`;
}

function recordOf(fields: readonly string[], line: number): { ttl: number | null; type: string; value: string } {
  let ttl: number | null = null;
  let at = 0;
  // Class and TTL stand in either order, or not at all.
  for (; at < 2; at += 1) {
    const word = fields[at] ?? '';
    const time = ttlOf(word);
    if (time !== undefined) ttl = time;
    else if (word.toUpperCase() !== 'IN') break;
  }
  const type = (fields[at] ?? '').toUpperCase();
  if (!TYPES.test(type)) refuse(line, `'${fields[at] ?? ''}' is no record type`);
  const data = fields.slice(at + 1);
  if (data.length === 0) refuse(line, `a record of type ${type} needs a value`);
  const quoted = type === 'TXT' ? data.map((word) => (word.startsWith('"') ? word : `"${word}"`)) : data;
  return { ttl, type, value: quoted.join(' ') };
}

function ttlOf(text: string): number | undefined {
  // Without the first alternative, digits could be read in exponentially many ways.
  if (!/^(?:\d{1,10}|(?:\d{1,10}[smhdw])+)$/i.test(text)) return undefined;
  return [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)].reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 1),
    0,
  );
}

function absolute(name: string, origin: string, line: number): string {
  if (name === '@') return origin;
  if (name === '') return refuse(line, 'a name is missing');
  return (name.endsWith('.') ? name : `${name}.${origin}`).toLowerCase();
}

function relative(name: string, zone: string, line: number): string {
  if (name === `${zone}.`) return '@';
  if (!name.endsWith(`.${zone}.`)) return refuse(line, `'${name}' does not lie in the zone`);
  return name.slice(0, -zone.length - 2);
}

function refuse(line: number, why: string): never {
  throw invalidField('zonefile', `line ${line}: ${why}`);
}

/** The entries of a file: one a line, or several lines within parentheses. */
function* entriesOf(text: string): Generator<Entry> {
  let words: string[] = [];
  let begun = 0;
  let continued = false;
  let depth = 0;
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (depth === 0) {
      [words, begun, continued] = [[], line, /^[ \t]/.test(content)];
    }
    for (const [token] of content.matchAll(/"(?:[^"\\]|\\.)*"?|;.*|[()]|(?:[^\s"();\\]|\\.)+|\\/g)) {
      if (token.startsWith(';')) break;
      if (token === '(') depth += 1;
      else if (token === ')') depth -= 1;
      else if (token === '\\' || (token.startsWith('"') && !/^".*"$/.test(token))) refuse(line, 'a quote does not end');
      else words.push(token);
      if (depth < 0 || depth > 1) refuse(line, 'parentheses do not match');
    }
    if (depth === 0 && words.length > 0) yield { line: begun, continued, words };
  }
  if (depth > 0) refuse(begun, 'parentheses do not end');
}
