import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { databasesOffNetwork } from '../../policies/databases-off-network.ts';
import { hcloud, server } from '../../policies/shared/examples.ts';
import { setUp } from '../../policies/shared/host-setup.ts';
import { verdictOf } from './verdict-of.ts';

const wall = (
  packages: string,
  files: Readonly<Record<string, string>> = {},
  run: readonly (readonly string[])[] = [],
) => setUp(files, run, packages === '' ? '' : `packages: [${packages}]\n`);
const shell = (script: string) =>
  hcloud({ hcloud_server: { host: server({ user_data: `#cloud-config\nruncmd:\n  - ${JSON.stringify(script)}\n` }) } });

it.each([
  ['nothing installed', wall(''), 'not-applicable'],
  ['PostgreSQL of a version', wall('postgresql-17'), 'pass'],
  ['a client alone', wall('postgresql-client'), 'not-applicable'],
  [
    'PostgreSQL on an address of the private network',
    wall('postgresql', { '/etc/postgresql/17/main/postgresql.conf': "listen_addresses = 'localhost, 10.0.0.2'\n" }),
    'fail',
  ],
  [
    'a comment is no setting',
    wall('postgresql', { '/etc/postgresql/17/main/postgresql.conf': "#listen_addresses = '*'\n" }),
    'pass',
  ],
  [
    'a socket alone',
    wall('postgresql', { '/etc/postgresql/17/main/postgresql.conf': "listen_addresses = ''\n" }),
    'pass',
  ],
  [
    'a line appended by a script',
    shell(
      'apt-get install -y postgresql && echo "listen_addresses = \'*\'" >> /etc/postgresql/17/main/postgresql.conf',
    ),
    'fail',
  ],
  [
    'sed, with a comment in the pattern',
    shell(
      `apt-get install -y postgresql; sed -i "s/#listen_addresses = 'localhost'/listen_addresses = '*'/" /etc/postgresql/*/main/postgresql.conf`,
    ),
    'fail',
  ],
  [
    'sed that keeps it to loopback',
    shell(
      `apt-get install -y postgresql; sed -i "s/#listen_addresses = .*/listen_addresses = 'localhost'/" /etc/postgresql/17/main/postgresql.conf`,
    ),
    'pass',
  ],
  [
    'ALTER SYSTEM',
    shell(`apt-get install -y postgresql; sudo -u postgres psql -c "ALTER SYSTEM SET listen_addresses = '*'"`),
    'fail',
  ],
  [
    'MariaDB as shipped, and a file of other settings',
    wall('mariadb-server', { '/etc/mysql/conf.d/tune.cnf': '[mysqld]\nmax_connections = 40\n' }),
    'pass',
  ],
  [
    'MySQL on every address',
    wall('mysql-server', { '/etc/mysql/mysql.conf.d/zz.cnf': '[mysqld]\nbind-address = 0.0.0.0\n' }),
    'fail',
  ],
  ['Redis on loopback', wall('redis', { '/etc/redis/redis.conf': 'bind 127.0.0.1 -::1\n' }), 'pass'],
  ['Redis on every address', wall('redis', { '/etc/redis/redis.conf': 'bind 0.0.0.0\nprotected-mode no\n' }), 'fail'],
  ['Redis started by hand', wall('redis', {}, [['redis-server', '--bind', '0.0.0.0']]), 'fail'],
  [
    'MongoDB, every address',
    wall('mongodb-org', { '/etc/mongod.conf': 'net:\n  port: 27017\n  bindIp: 0.0.0.0\n' }),
    'fail',
  ],
  ['MongoDB, bindIpAll', wall('mongodb-org', { '/etc/mongod.conf': 'net:\n  bindIpAll: true\n' }), 'fail'],
  ['MongoDB, loopback', wall('mongodb-org', { '/etc/mongod.conf': 'net:\n  bindIp: 127.0.0.1\n' }), 'pass'],
  ['memcached without an address', wall('memcached', { '/etc/memcached.conf': '-m 64\n-p 11211\n' }), 'fail'],
  [
    'Elasticsearch',
    wall('elasticsearch', { '/etc/elasticsearch/elasticsearch.yml': 'network.host: 0.0.0.0\n' }),
    'fail',
  ],
  [
    'ClickHouse',
    wall('clickhouse-server', {
      '/etc/clickhouse-server/config.d/net.xml': '<clickhouse>\n  <listen_host>::</listen_host>\n</clickhouse>\n',
    }),
    'fail',
  ],
  ['InfluxDB listens everywhere as shipped', wall('influxdb2'), 'fail'],
  [
    'an address that is not known',
    wall('postgresql', {
      '/etc/postgresql/17/main/conf.d/a.conf': "listen_addresses = '${hcloud_server_network.host.ip}'\n",
    }),
    'unknown',
  ],
  ['looking at it changes nothing', wall('redis', {}, [['cat', '/etc/redis/redis.conf']]), 'pass'],
] as const)('%s', (_, terraform, verdict) => {
  expect(verdictOf(judgeExample(databasesOffNetwork, { name: '', verdict: 'pass', terraform }))).toBe(verdict);
});
