import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { databasesOffNetwork } from '../../policies/databases-off-network.ts';
import { hstsSent } from '../../policies/hsts-sent.ts';
import { logDeletionOff } from '../../policies/log-deletion-off.ts';
import { quadlet } from '../../policies/shared/example-payloads.ts';
import { answering, siteExample } from '../../policies/shared/example-sites.ts';
import { setUp } from '../../policies/shared/host-setup.ts';
import { logStore } from '../../policies/shared/log-stores.ts';
import { verdictOf } from './verdict-of.ts';

const year = 'header Strict-Transport-Security max-age=31536000';
const compose = (command: string) =>
  setUp(
    {
      '/opt/compose.yaml': `services:\n  logs:\n    image: victoriametrics/victoria-logs:v1\n    command: ${command}\n`,
    },
    [['docker', 'compose', '-f', '/opt/compose.yaml', 'up', '-d']],
  );
const postgres = (exec: string) =>
  setUp({
    '/etc/containers/systemd/db.container': quadlet('r.example/postgres:17', ['Network=host', `Exec=${exec}`]),
  });

it.each([
  ['a header', hstsSent, siteExample(answering(year)), 'pass'],
  ['a header that is taken away', hstsSent, siteExample(answering(year, 'header -Strict-Transport-Security')), 'fail'],
  [
    'a header that is written over',
    hstsSent,
    siteExample(answering(year, 'header Strict-Transport-Security max-age=0')),
    'fail',
  ],
  ['an option in quotes', logDeletionOff, logStore('"-delete.enable=true"'), 'fail'],
  ['what a shell is told', logDeletionOff, logStore('-c "/victoria-logs -delete.enable"'), 'unknown'],
  ['an option in compose', logDeletionOff, compose('["-delete.enable"]'), 'fail'],
  ['another option in compose', logDeletionOff, compose('["-retentionPeriod=30d"]'), 'pass'],
  ['loopback', databasesOffNetwork, postgres('postgres -c listen_addresses=localhost'), 'pass'],
  [
    'loopback, and then everything',
    databasesOffNetwork,
    postgres('postgres -c listen_addresses=localhost -c listen_addresses=*'),
    'fail',
  ],
  ['loopback and a network', databasesOffNetwork, postgres('redis-server --bind 127.0.0.1 10.0.0.2'), 'fail'],
  ['a command', databasesOffNetwork, setUp({}, [['docker', 'run', '-d', '-p', '5432:5432', 'postgres:17']]), 'fail'],
] as const)('%s', (_, rule, terraform, verdict) => {
  expect(verdictOf(judgeExample(rule, { name: '', verdict, terraform }))).toBe(verdict);
});
