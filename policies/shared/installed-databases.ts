import type { Command, Payload } from '@lukko/facts';
import { all, no, type Truth, unknown, yes } from '@lukko/policy-engine';
import { legible } from './host-setup.ts';
import { short } from './message.ts';

/** A database as packages install it: how its package, program and files are called, and how it is told where to listen. */
interface Kind {
  readonly name: string;
  readonly packages: RegExp;
  readonly programs: RegExp;
  readonly files: RegExp;
  /** Lines that say where it listens; the first group that is set holds the addresses. */
  readonly says: RegExp;
  /** Where its package listens when nothing says otherwise, as the maintainers ship it. */
  readonly usual: 'loopback' | 'everywhere';
  /** Whether a file of its own that leaves the line out opens it: what was in the file of the package is gone. */
  readonly opensWithout?: RegExp;
}

const KINDS: readonly Kind[] = [
  {
    // https://www.postgresql.org/docs/current/runtime-config-connection.html
    name: 'PostgreSQL',
    packages: /^(postgresql(-\d+|-server|\d+-server)?|timescaledb(-2)?-postgresql-\d+)$/,
    programs: /^(postgres|postmaster|pg_ctlcluster)$/,
    files: /^\/(etc\/postgresql|var\/lib\/(postgresql|pgsql))\/.*\.conf$/,
    says: /^\s*listen_addresses\s*=?\s*(?:'([^']*)'|([^\s'#]+))/gim,
    usual: 'loopback',
  },
  {
    // https://mariadb.com/kb/en/server-system-variables/#bind_address; Debian's own file binds it to loopback.
    name: 'MariaDB or MySQL',
    packages: /^((default-)?mysql-server(-core)?(-[\d.]+)?|mariadb-server(-core)?(-[\d.]+)?|percona-server-server.*)$/,
    programs: /^(mysqld|mariadbd|mysqld_safe|mariadbd-safe)$/,
    files: /^\/etc\/(mysql\/.*|my\.cnf(\.d\/.*)?)$/,
    says: /^\s*bind[-_]address\s*=\s*(?:"([^"]*)"|([^\s"#]+))/gim,
    usual: 'loopback',
  },
  {
    // https://redis.io/docs/latest/operate/oss_and_stack/management/security/; a file without `bind` listens on every address.
    name: 'Redis or Valkey',
    packages: /^(redis|redis-server|valkey|valkey-server|keydb|keydb-server)$/,
    programs: /^(redis-server|valkey-server|keydb-server)$/,
    files: /^\/etc\/(redis|valkey|keydb)(\/.*)?\.conf$/,
    says: /^\s*bind[ \t]+([^\n#]+)/gim,
    usual: 'loopback',
    opensWithout: /^\/etc\/(redis\/redis|valkey\/valkey|keydb\/keydb|redis)\.conf$/,
  },
  {
    // https://www.mongodb.com/docs/manual/reference/configuration-options/#net-options
    name: 'MongoDB',
    packages: /^mongodb(-org|-server|-org-server|-enterprise)?$/,
    programs: /^mongod$/,
    files: /^\/etc\/mongo(d|db)\.conf$/,
    says: /^\s*(?:bindIp|bind_ip)\s*[:=]\s*(?:["']([^"']*)["']|([^\s"'#]+(?:,\s*[^\s"'#]+)*))|^\s*bindIpAll\s*:\s*(true)/gim,
    usual: 'loopback',
  },
  {
    // https://docs.memcached.org/serverguide/configuring/; a file without `-l` listens on every address.
    name: 'memcached',
    packages: /^memcached$/,
    programs: /^memcached$/,
    files: /^\/etc\/memcached\.conf$/,
    says: /^\s*-l[ \t]+([^\s#]+)/gim,
    usual: 'loopback',
    opensWithout: /./,
  },
  {
    // https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/networking-settings
    name: 'Elasticsearch or OpenSearch',
    packages: /^(elasticsearch|opensearch)$/,
    programs: /^(elasticsearch|opensearch)$/,
    files: /^\/etc\/(elasticsearch|opensearch)\/.*\.ya?ml$/,
    says: /^\s*(?:network|http|transport)\.(?:bind_)?host\s*:\s*(?:["']([^"']*)["']|\[([^\]]*)\]|([^\s"'#[]+))/gim,
    usual: 'loopback',
  },
  {
    // https://clickhouse.com/docs/operations/server-configuration-parameters/settings#listen_host
    name: 'ClickHouse',
    packages: /^clickhouse-server$/,
    programs: /^clickhouse-server$/,
    files: /^\/etc\/clickhouse-server\/.*\.(xml|ya?ml)$/,
    says: /<listen_host>\s*([^<\s]+)\s*<\/listen_host>|^\s*(?:-\s*)?listen_host\s*:\s*["']?([^\s"'#]+)/gim,
    usual: 'loopback',
  },
  {
    // https://docs.couchdb.org/en/stable/config/http.html
    name: 'CouchDB',
    packages: /^couchdb$/,
    programs: /^couchdb$/,
    files: /^\/(etc|opt)\/couchdb\/.*\.ini$/,
    says: /^\s*bind_address\s*=\s*([^\s;#]+)/gim,
    usual: 'loopback',
  },
  {
    // https://docs.influxdata.com/influxdb/v2/reference/config-options/#http-bind-address: every address unless it is told otherwise.
    name: 'InfluxDB',
    packages: /^influxdb(2|3-core)?$/,
    programs: /^influxd$/,
    files: /^\/etc\/influxdb\/.*\.(conf|toml|ya?ml)$/,
    says: /^\s*(?:http-)?bind-address\s*[=:]\s*["']?([^\s"'#]*?)(?::\d+)?["']?\s*$/gim,
    usual: 'everywhere',
  },
];

const LOOPBACK = /^(localhost|-?127(\.\d+){3}|-?::1|\[::1\]|_local_)$/;

interface Said {
  readonly addresses: string;
  readonly at: string;
  readonly line: number;
}

/** One database that packages install, or whose program or configuration a payload brings. */
export interface InstalledDatabase {
  readonly name: string;
  readonly at: string;
  readonly truth: Truth;
}

/** Databases on a host outside containers, and whether each answers on loopback or a socket alone. */
export function installedDatabases(payload: Payload): readonly InstalledDatabase[] {
  return KINDS.flatMap((kind): InstalledDatabase[] => {
    const files = payload.files.filter(({ path }) => kind.files.test(path));
    const runs = payload.commands.filter(({ program }) => kind.programs.test(program));
    const installed = payload.packages.find((name) => kind.packages.test(name));
    const at = installed === undefined ? (files[0]?.at ?? runs[0]?.at) : `${payload.attr.at}:packages`;
    if (at === undefined) return [];
    const said = [...files.flatMap(({ text, at: where }) => saidIn(kind, text.marked, where)), ...runs.flatMap(toldAs)];
    const edited = payload.commands.flatMap((command) => edits(kind, command, payload));
    const left = files.filter(
      ({ path, text }) => kind.opensWithout?.test(path) === true && saidIn(kind, text.marked, path).length === 0,
    );
    const judged = [
      ...said.map(judge),
      ...edited,
      ...left.map((file) => no({ at: file.at, saw: `${file.path} does not say where it listens` })),
    ];
    return [{ name: kind.name, at, truth: all(judged.length > 0 ? judged : [asShipped(kind, installed, at)]) }];
  });
}

function asShipped(kind: Kind, installed: string | undefined, at: string): Truth {
  const saw = `${installed ?? kind.name} as it is shipped`;
  return kind.usual === 'loopback' ? yes({ at, saw: `${saw}: loopback` }) : no({ at, saw: `${saw}: on every address` });
}

function saidIn(kind: Kind, text: string, at: string): readonly Said[] {
  return [...text.matchAll(kind.says)].map((match) => ({
    addresses: match.slice(1).find((group) => group !== undefined) ?? '',
    at,
    line: text.slice(0, match.index).split('\n').length + (match[0].startsWith('\n') ? 1 : 0),
  }));
}

/** `--bind 0.0.0.0`, `--bind-address=…`, `-c listen_addresses=…`. */
function toldAs({ args, at, line }: Command): readonly Said[] {
  return args.flatMap((arg, index): Said[] => {
    const joined = /^(?:--?(?:bind|bind-address|bind_ip|listen)=|(?:-c\s*)?listen_addresses=)(.*)$/.exec(
      arg ?? '',
    )?.[1];
    if (joined !== undefined) return [{ addresses: joined.replace(/^'|'$/g, ''), at, line }];
    const next = args[index + 1];
    if (!/^--?(bind|bind-address|bind_ip|bind_ip_all|listen)$/.test(arg ?? '')) return [];
    return [{ addresses: arg === '--bind_ip_all' ? '*' : (next ?? '\uE000'), at, line }];
  });
}

function judge({ addresses, at, line }: Said): Truth {
  const where = `${at}:${line}`;
  const shown = short(legible(addresses), 40);
  if (/\p{Co}/u.test(addresses))
    return unknown({ at: where, saw: `listens on ${shown}, which is not known`, causes: ['function'] });
  const words = addresses.split(/[\s,]+/).filter((word) => word !== '');
  return words.every((word) => LOOPBACK.test(word))
    ? yes({ at: where, saw: words.length === 0 ? 'listens on no address' : `listens on ${shown}` })
    : no({ at: where, saw: `listens on ${shown}` });
}

/** Programs that look at a file, or say who may read it. */
const LOOKS =
  /^(cat|grep|egrep|head|tail|less|ls|stat|test|\[|diff|cmp|chmod|chown|install|mkdir|systemctl|echo|logger)$/;

/** Commands that change how a database listens in a file of its package: what `sed` puts there, `ALTER SYSTEM`, or something not followed. */
function edits(kind: Kind, command: Command, payload: Payload): readonly Truth[] {
  const { program, args, mentions, writes, at, line } = command;
  const own = (path: string | undefined): boolean => payload.files.some((file) => file.path === path);
  // A pattern of files is no argument that is determined, and is mentioned all the same.
  const touches = [...args, ...writes, ...mentions].some((text) => kind.files.test(text ?? '') && !own(text));
  const asked = [...args, ...mentions].some((text) => /alter\s+system\s+set\s/i.test(text ?? ''));
  if (!touches && !(asked && kind.name === 'PostgreSQL')) return [];
  const where = { at: `${at}:${line}` };
  const put = [...new Set([...args, ...mentions])].flatMap((text) => written(kind, text ?? ''));
  if (put.length > 0) return put.map((addresses) => judge({ addresses, at, line }));
  if (!touches || (LOOKS.test(program) && !writes.some((path) => kind.files.test(path ?? '')))) return [];
  return [unknown({ ...where, saw: `${program} changes the configuration of ${kind.name}`, causes: ['function'] })];
}

/** What a script of sed, or a statement, puts in the place of the addresses: of `s/old/new/` the second half. */
function written(kind: Kind, text: string): readonly string[] {
  const replaced = /(?:^|[;\s])s([^\w\s\\])(?:\\.|(?!\1).)*\1((?:\\.|(?!\1).)*)\1/.exec(text)?.[2] ?? text;
  const plain = replaced.replace(/^alter\s+system\s+set\s+/i, '').replace(/\s+to\s+/i, ' = ');
  return saidIn(kind, plain.replace(/\\(.)/g, '$1'), '').map(({ addresses }) => addresses);
}
