import { Resolver } from 'node:dns/promises';
import type { ObserveTargets } from '@lukko/formats';
import { type Collector, check } from '../task.ts';

type Zone = NonNullable<ObserveTargets['dns']>[number];
type Record = NonNullable<Zone['records']>[number];

/** What a zone answers: who may issue certificates for it (CAA, RFC 8659), and its records against what was declared. */
export const dns: Collector = ({ targets }) =>
  (targets.dns ?? []).map((target) => {
    const { zone, resolver: server, port = 53, issuers, records = [] } = target;
    const host = server.includes(':') ? `[${server}]` : server;
    const endpoint = `dns://${host}:${port}`;
    const subject = { kind: 'zone', id: `dns:${zone}`, name: zone };
    const look = async ({ signal }: { signal: AbortSignal }) => {
      const resolver = new Resolver({ timeout: 3_000, tries: 2 });
      signal.addEventListener('abort', () => resolver.cancel(), { once: true });
      resolver.setServers([`${host}:${port}`]);
      const found = await orNone(resolver.resolveCaa(zone), []);
      const may = found
        .flatMap(({ issue, issuewild }) => [issue, issuewild])
        .filter((one) => one !== undefined && one !== '');
      const names = [...new Set(may.map((one) => String(one).split(';')[0]?.trim().toLowerCase() ?? ''))]
        .filter((name) => name !== '')
        .sort();
      const strange = names.filter((name) => !issuers.includes(name));
      const pinned = found.length > 0 && strange.length === 0;
      const differing: string[] = [];
      for (const record of records) {
        const seen = await values(resolver, record);
        if ([...seen].sort().join() !== [...record.values].map(plain).sort().join())
          differing.push(`${record.name} ${record.type} is ${seen.join(' ') || 'nothing'}`);
      }
      return [
        {
          subject,
          endpoint,
          address: server,
          checks: [
            check(
              'caa-pinned',
              pinned,
              found.length === 0
                ? 'no CAA record: any authority may issue'
                : strange.length > 0
                  ? `${strange.join(', ')} may issue as well`
                  : `only ${names.join(', ') || 'nobody'}`,
            ),
            check(
              'records-as-declared',
              records.length === 0 ? 'unknown' : differing.length === 0,
              records.length === 0
                ? 'no record was declared here'
                : differing.join('; ').slice(0, 300) || `${records.length} records`,
            ),
          ],
          facts: { issuers: names, records: records.length, differing: differing.length },
          answer: JSON.stringify([found, differing]),
        },
      ];
    };
    return { collector: 'dns', subject, endpoint, limit: 30_000, attempts: 2, look };
  });

/** A name without such a record answers with nothing; any other failure is one. */
async function orNone<T>(answer: Promise<T>, none: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (['ENODATA', 'ENOTFOUND'].includes((error as NodeJS.ErrnoException).code ?? '')) return none;
    throw error;
  }
}

async function values(resolver: Resolver, { name, type }: Record): Promise<readonly string[]> {
  switch (type) {
    case 'TXT':
      return (await orNone(resolver.resolveTxt(name), [])).map((parts) => parts.join(''));
    case 'MX':
      return (await orNone(resolver.resolveMx(name), [])).map(
        ({ priority, exchange }) => `${priority} ${plain(exchange)}`,
      );
    case 'A':
      return orNone(resolver.resolve4(name), []);
    case 'AAAA':
      return orNone(resolver.resolve6(name), []);
    case 'NS':
      return (await orNone(resolver.resolveNs(name), [])).map(plain);
    case 'CNAME':
      return (await orNone(resolver.resolveCname(name), [])).map(plain);
  }
}

/** Names without their final dot, in lower case. */
function plain(value: string): string {
  return value.replace(/\.$/, '').toLowerCase();
}
