import type { RegisterEntry } from '@lukko/formats';
import { distinct, type Table, type TablesInput } from './table.ts';

const columns = ['host', 'purpose', 'entity', 'country', 'parent', 'role', 'data', 'agreement', 'source', 'date'];

const row = (one: RegisterEntry): readonly string[] => [
  one.host,
  one.purpose,
  one.entity,
  one.country,
  one.parent === undefined ? '' : `${one.parent.entity} (${one.parent.country})`,
  one.role,
  one.dataCategories.join(', '),
  one.agreement ?? '',
  one.source,
  one.date,
];

/** Who may be reached: the register, and what operators data says of every other host the stacks name. */
export function servicesTable({ services, facts }: TablesInput): Table {
  const named = new Set(services.map(({ host }) => host));
  const found = facts.flatMap((one) =>
    one.hosts.flatMap(({ host, class: path, position }) => {
      if (host === undefined || named.has(host) || /\/|_/.test(host)) return [];
      const { by, entity = '', country = '', parent, source = '', date = '' } = one.resolve(host);
      const above = parent === undefined ? '' : `${parent.entity} (${parent.country})`;
      return [
        [
          host,
          `${position} (${path} path)`,
          entity,
          country,
          above,
          by === 'own' ? 'own' : 'not declared',
          '',
          '',
          source,
          date,
        ],
      ];
    }),
  );
  return {
    name: 'services',
    title: 'Register of external services',
    about:
      'The register of the organisation, and every other host the stacks name, with who operates it by the operators data.',
    columns,
    rows: distinct([...services.map(row), ...found]),
    from: 'nda',
  };
}

/**
 * Who holds data for the organisation, by the stacks, without that the register says as what: providers and where state lies. Each
 * operator once, by the first host of it.
 */
export function withoutRole({ services, facts }: Pick<TablesInput, 'services' | 'facts'>): readonly Undeclared[] {
  const declared = new Set(services.flatMap(({ host, entity }) => [host, entity]));
  const found = new Map<string, Undeclared>();
  for (const one of facts)
    for (const { host, class: path, position } of one.hosts) {
      if (host === undefined || path !== 'data' || !['provider', 'backend'].includes(position)) continue;
      const { by, entity } = one.resolve(host);
      if (by === 'own' || entity === undefined || declared.has(host) || declared.has(entity)) continue;
      if (!found.has(entity)) found.set(entity, { host, entity, position });
    }
  return [...found.values()].sort((a, b) => (a.entity < b.entity ? -1 : 1));
}

export interface Undeclared {
  readonly host: string;
  readonly entity: string;
  readonly position: string;
}

/** Those of the register who process personal data for the organisation (GDPR Art. 28). */
export function processorsTable({ services }: TablesInput): Table {
  return {
    name: 'sub-processors',
    title: 'Sub-processors',
    about: 'A filter of the register: role processor. Empty means that the register names none.',
    columns,
    rows: distinct(services.filter(({ role }) => role === 'processor').map(row)),
    from: 'public',
  };
}

/** What speaks to what, and whether that is encrypted, as declared. */
export function flowsTable({ facts }: TablesInput): Table {
  const rows = facts.flatMap((one) =>
    one.servers.flatMap(({ payload, resource }) =>
      payload.sites.flatMap((site) => [
        ...site.addresses.map((address) => [
          'clients',
          address,
          site.tls === 'off' ? 'plain text' : 'TLS',
          resource.id,
          site.at,
        ]),
        ...site.upstreams.map(({ text, tls }) => [
          site.addresses.join(' '),
          /[\ue000-\uf8ff]|[\u{f0000}-\u{10ffff}]/u.test(text) ? 'by reference' : text,
          tls ? 'TLS' : 'plain text on the host or its socket',
          resource.id,
          site.at,
        ]),
      ]),
    ),
  );
  return {
    name: 'data-flows',
    title: 'Data flows',
    about: 'As declared in the configuration of each Caddy: who is served, and what is asked behind it.',
    columns: ['from', 'to', 'over', 'host', 'declared at'],
    rows: distinct(rows),
    from: 'nda',
  };
}
