import { distinct, type Table, type TablesInput } from './table.ts';

/** Everything that is declared, planned or was seen, one row each. */
export function assetsTable({ facts, evidence }: TablesInput): Table {
  const places = new Map(
    facts.flatMap((one) =>
      one.placements.map(({ resource, location }) => [
        resource.id,
        location === undefined ? '' : `${location.name}, ${location.country}`,
      ]),
    ),
  );
  const known = new Set(evidence.reconciliation.flatMap(({ address }) => (address === undefined ? [] : [address])));
  const rest = facts.flatMap((one) =>
    one.graph.resources
      .filter(({ mode, id, type }) => mode === 'managed' && !known.has(id) && type !== 'terraform_data')
      .map(({ id, type, name }) => [type, name, id, '', places.get(id) ?? '', 'not compared']),
  );
  return {
    name: 'assets',
    title: 'Register of assets',
    about: 'What the stacks declare and what the provider lists, joined by type and name.',
    columns: ['type', 'name', 'declared as', 'id at the provider', 'place', 'declared and observed'],
    rows: distinct([
      ...evidence.reconciliation.map(({ type, name, address = '', id = '', verdict }) => [
        type,
        name,
        address,
        id,
        places.get(address) ?? '',
        verdict.replace('-', ' '),
      ]),
      ...rest,
    ]),
    from: 'nda',
  };
}

/** What the makers of an image say it is under. Source: the licence file of each project's repository. */
const licences: readonly (readonly [pattern: RegExp, licence: string, source: string])[] = [
  [/(^|\/)caddy$/, 'Apache-2.0', 'github.com/caddyserver/caddy'],
  [/victoria-logs$/, 'Apache-2.0', 'github.com/VictoriaMetrics/VictoriaLogs'],
  [/glitchtip$/, 'MIT', 'gitlab.com/glitchtip/glitchtip-backend'],
  [/(^|\/)postgres(ql)?$/, 'PostgreSQL', 'postgresql.org/about/licence'],
  [/(^|\/)valkey$/, 'BSD-3-Clause', 'github.com/valkey-io/valkey'],
];

/** Images and packages that the payloads deploy. A licence nobody wrote down is a blank. */
export function softwareTable({ facts }: TablesInput): Table {
  const images = facts.flatMap((one) =>
    one.images.map(({ repository, tag = '', digest = '', registry, owner }) => {
      const [, licence = '', source = ''] = licences.find(([pattern]) => pattern.test(repository)) ?? [];
      return ['image', repository, tag, digest, registry, licence, source, owner];
    }),
  );
  const packages = facts.flatMap((one) =>
    one.servers.flatMap(({ payload, resource }) =>
      payload.packages.map((name) => [
        'package',
        name,
        '',
        '',
        'Debian',
        '',
        `tracker.debian.org/pkg/${name}`,
        resource.id,
      ]),
    ),
  );
  return {
    name: 'software',
    title: 'Software that is deployed, and its licences',
    about:
      'As declared in payloads. Packages of Debian carry their licence in /usr/share/doc/<package>/copyright on each host.',
    columns: ['kind', 'name', 'version', 'digest', 'from', 'licence', 'source of the licence', 'used by'],
    rows: distinct([...images, ...packages]),
    from: 'public',
    // Which version runs where helps an attacker more than a reader.
    notPublic: ['version', 'digest', 'from', 'used by'],
  };
}

/** Where a store says how long it keeps: the pattern, and the store it belongs to. */
const keeps: readonly (readonly [store: string, pattern: RegExp])[] = [
  ['VictoriaLogs', /-retentionPeriod[= ]"?([\w.${}]+)/],
  ['journal', /MaxRetentionSec\s*=\s*(\S+)/],
  ['GlitchTip', /GLITCHTIP_MAX_EVENT_LIFE_DAYS\s*[=:]\s*"?(\d+|\$\S+)/],
  ['backups', /--keep-(?:within|daily|last)[= ](\S+)/],
];

/** How long each store keeps what it holds: as declared, and the oldest record that was seen. */
export function retentionTable({ facts, evidence }: TablesInput): Table {
  const declared = facts.flatMap((one) =>
    one.servers.flatMap(({ payload, resource }) =>
      payload.files.flatMap(({ text, path }) =>
        keeps.flatMap(([store, pattern]) => {
          const found = pattern.exec(text.marked)?.[1];
          return found === undefined ? [] : [[store, resource.id, path, printableMark(found), '', '']];
        }),
      ),
    ),
  );
  const seen = evidence.observed.flatMap((one) =>
    one.checks
      .filter(({ id }) => id === 'records-within-retention')
      .map(({ saw }) => ['records', one.name ?? one.subject, '', '', saw, one.id]),
  );
  return {
    name: 'retention',
    title: 'Retention',
    about:
      'Declared in the configuration of each store; the oldest record is what the store itself answered. A blank was not looked at.',
    columns: ['store', 'where', 'configured in', 'declared', 'oldest record seen', 'observation'],
    rows: distinct([...declared, ...seen]),
    from: 'nda',
  };
}

/** A value that stands elsewhere is a mark of private-use characters in the text. */
function printableMark(text: string): string {
  return /[\ue000-\uf8ff]|[\u{f0000}-\u{10ffff}]/u.test(text) ? 'by reference' : text;
}
