import type { Container } from '@lukko/facts';
import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import { quadlet } from './shared/example-payloads.ts';
import { asSetUp, hiddenSetUp, legible, missing, setUp } from './shared/host-setup.ts';
import { installedDatabases } from './shared/installed-databases.ts';
import { fit, short } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

/** Images of databases by their last name, from whichever registry. */
const DATABASE =
  /(^|\/)(postgres|postgresql|postgis|timescaledb|mysql|mariadb|mongo|mongodb|redis|valkey|keydb|memcached|elasticsearch|opensearch|clickhouse-server|couchdb|influxdb|cassandra|percona|percona-server|mariadb-galera|postgresql-repmgr|postgresql-ha|pgvector|timescaledb-ha|redis-stack|redis-stack-server|mongodb-community-server|mongodb-enterprise-server|clickhouse|dragonfly|etcd|neo4j|qdrant|meilisearch)(:|@|$)/;
/** Options by which a database says where it listens, and what of it is loopback or nothing at all. */
const LISTENS = /(?:listen_addresses=|--(?:bind|bind-address|bind_ip)[= ])(?:'([^']*)'|"([^"]*)"|(\S*(?: (?!-)\S+)*))/g;
const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|-::1)?$/;

/** Of several the last counts; of several addresses each. */
function listensHere(exec: string): boolean {
  if (/--skip-networking(\s|$)/.test(exec)) return true;
  const last = [...exec.matchAll(LISTENS)].at(-1);
  if (last === undefined) return false;
  const [, single, double, bare = ''] = last;
  return (single ?? double ?? bare.replace(/["']/g, '')).split(/[\s,]+/).every((address) => LOOPBACK.test(address));
}

const postgres = (...options: readonly string[]) =>
  setUp({
    '/etc/containers/systemd/postgresql.container': quadlet('registry.lukko.example/library/postgres:17', options),
  });

export const databasesOffNetwork = rule({
  id: 'databases-off-network',
  title: 'Databases answer on no network but that of their own host',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.20', 'ISO27001:2022/A.8.22', 'ISO27001:2022/A.8.3', 'GDPR/32(1)(b)'],
  rationale:
    'A database that answers on a network is one forgotten firewall rule away from everybody, and images of databases listen on every address unless told otherwise; packages mostly keep to loopback until a file says more. Beside the application, on a socket, on loopback or in a network of containers, nobody else can even ask.',
  remediation:
    'Give the container Network=none and a socket, a network of its own, or publish on 127.0.0.1; let a package listen on loopback',
  sources: [
    'https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html',
    'https://hub.docker.com/_/postgres',
  ],
  appliesTo: ['server'],
  appliesWhen: (host, facts): Truth => {
    const [first] = host.payload.containers.filter(isDatabase);
    if (first !== undefined) return yes({ at: first.unit.file.at, saw: legible(first.image) });
    const [installed] = installedDatabases(host.payload);
    return installed === undefined
      ? missing(facts.hostSettings(host.resource), 'no database')
      : yes({ at: installed.at, saw: installed.name });
  },
  check: (host, facts): readonly Judgement[] => {
    const databases = host.payload.containers.filter(isDatabase);
    const installed = installedDatabases(host.payload);
    if (databases.length + installed.length === 0) {
      const truth = missing(facts.hostSettings(host.resource), 'databases that were not read');
      return [{ truth, message: () => fit(`${addressOf(host.resource)} may run a database that was not read`) }];
    }
    const name = addressOf(host.resource);
    const judgement = (what: string, shown: Truth, at: string): Judgement => {
      const truth = asSetUp(host, shown);
      const text =
        truth.is === 'unknown'
          ? `is not shown to keep ${what} off the network`
          : `lets a network reach ${what}: ${truth.because[0]?.saw}`;
      return { truth, message: fit(`${name} ${text}`), at };
    };
    return [
      ...databases.map((container) =>
        judgement(container.unit.name, reached(container), `${container.unit.file.at}:${container.line}`),
      ),
      ...installed.map((each) => judgement(each.name, each.truth, each.at)),
    ];
  },
  message: () => 'a database answers on a network',
  examples: [
    { name: 'no network', verdict: 'pass', terraform: postgres('Network=none') },
    { name: 'published on loopback', verdict: 'pass', terraform: postgres('PublishPort=127.0.0.1:5432:5432') },
    {
      name: "on the host's network, listening on loopback",
      verdict: 'pass',
      terraform: postgres('Network=host', 'Exec=postgres -c listen_addresses=127.0.0.1'),
    },
    { name: 'published on every address', verdict: 'fail', terraform: postgres('PublishPort=5432:5432') },
    { name: "on the host's network as the image has it", verdict: 'fail', terraform: postgres('Network=host') },
    {
      name: 'PostgreSQL from a package, as it is shipped',
      verdict: 'pass',
      terraform: setUp({}, [], 'packages: [postgresql]\n'),
    },
    {
      name: 'PostgreSQL from a package, told to listen everywhere',
      verdict: 'fail',
      terraform: setUp(
        { '/etc/postgresql/17/main/conf.d/network.conf': "listen_addresses = '*'\n" },
        [],
        'packages: [postgresql]\n',
      ),
    },
    {
      name: 'a command that opens MariaDB in the file of its package',
      verdict: 'fail',
      terraform: setUp({}, [
        ['apt-get', 'install', '-y', 'mariadb-server'],
        ['sed', '-i', 's/^bind-address.*/bind-address = 0.0.0.0/', '/etc/mysql/mariadb.conf.d/50-server.cnf'],
      ]),
    },
    {
      name: 'Redis with a file that does not say where it listens',
      verdict: 'fail',
      terraform: setUp({ '/etc/redis/redis.conf': 'maxmemory 256mb\n' }, [], 'packages: [redis-server]\n'),
    },
    {
      name: 'a command that changes the file of a database in a way that is not followed',
      verdict: 'unknown',
      terraform: setUp({}, [
        ['apt-get', 'install', '-y', 'postgresql'],
        ['crudini', '--set', '/etc/postgresql/17/main/postgresql.conf', '', 'port', '5433'],
      ]),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});

const isDatabase = ({ image }: Container): boolean => DATABASE.test(image);

function reached({ unit, networkHost, publishes }: Container): Truth {
  const at = unit.file.at;
  const entries = unit.entries.filter(({ section }) => section === 'Container');
  const open = publishes.find((one) => !/^(127\.\d+\.\d+\.\d+|\[::1\]|localhost):/.test(one));
  if (open !== undefined)
    return /\p{Co}/u.test(open)
      ? unknown({ at, saw: `${legible(open)} is published`, causes: ['function'] })
      : no({ at, saw: `${short(open, 40)} is published` });
  const more = entries.find(
    ({ key, value }) => key === 'PodmanArgs' && /(--publish|-p\b|--network|--net\b)/.test(value),
  );
  if (more !== undefined) return unknown({ at: `${at}:${more.line}`, saw: more.key, causes: ['function'] });
  if (!networkHost) return yes({ at, saw: `${unit.name}: no port of it leaves the host` });
  const exec = entries.findLast(({ key }) => key === 'Exec');
  if (exec !== undefined && listensHere(exec.value))
    return yes({ at: `${at}:${exec.line}`, saw: `Exec=${short(legible(exec.value), 60)}` });
  return exec !== undefined && /config|\.conf|\p{Co}/u.test(exec.value)
    ? unknown({ at: `${at}:${exec.line}`, saw: 'options that are not followed', causes: ['function'] })
    : no({ at, saw: 'Network=host, and nothing keeps it to loopback' });
}
