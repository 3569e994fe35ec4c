import type { Config } from '@lukko/formats';
import { inBucket } from '../stacks/built.ts';
import { judgeStacks, synthesise } from './shipped.ts';

/*
 * What an operator may well write into a copy of the example: what the configuration offers must not be refused by the rules it is judged by.
 */

const findings = (change: (config: Config) => void) =>
  judgeStacks(synthesise(change))
    .findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown')
    .map(({ rule, message }) => `${rule}: ${message}`);

const inBucketAt = (endpoint: string) => (config: Config) => {
  inBucket(config);
  if (config.backups !== undefined) config.backups.bucket.endpoint = endpoint;
};

const bucket = (endpoint: string, region: string): Config['state'] => ({
  backend: 's3',
  bucket: 'lukko-state',
  endpoint,
  region,
});

it.each([
  [
    'state in a bucket in the EU',
    (config) => {
      config.state = bucket('https://fsn1.your-objectstorage.com', 'fsn1');
    },
  ],
  [
    'five key servers, two in one location',
    ({ keys }) => {
      const [first, second] = keys.servers;
      if (first === undefined || second === undefined) throw new Error('the example has key servers');
      const more = [first, second].map((server, index) => ({
        ...server,
        name: `${server.name}-b`,
        thumbprint: `${'AB'[index]}${server.thumbprint?.slice(1)}`,
      }));
      keys.servers.push(...more);
      keys.threshold = 3;
    },
  ],
  [
    'backups elsewhere, no upstreams, TLS 1.2',
    (config) => {
      config.locations.backups = 'nbg1';
      config.upstreams = [];
      config.certificates.minimumTls = '1.2';
    },
  ],
  ['backups in a bucket that locks them', inBucket],
  ['backups in a bucket of another operator in the EU', inBucketAt('https://s3.gra.io.cloud.ovh.net')],
] as readonly (readonly [string, (config: Config) => void])[])('%s passes', (_, change) => {
  expect(findings(change)).toEqual([]);
});

it('a bucket on AWS is refused by the rule that names it, whatever region it is in', () => {
  const found = findings((config) => {
    config.state = bucket('https://s3.eu-central-1.amazonaws.com', 'eu-central-1');
  });
  // The data sources that read the other stacks' states reach it too.
  expect([...new Set(found.map((each) => each.split(':')[0]))]).toEqual([
    'hosts-in-allowed-jurisdictions',
    'state-backend-in-allowed-jurisdiction',
  ]);
});

it.each([
  ['on AWS', 'https://s3.eu-central-1.amazonaws.com', ['hosts-in-allowed-jurisdictions']],
  [
    'of nobody that is known',
    'https://s3.nowhere.example',
    ['data-volumes-backed-up', 'hosts-in-allowed-jurisdictions'],
  ],
  ['where the servers stand', 'https://hel1.your-objectstorage.com', ['data-volumes-backed-up']],
] as const)('a bucket for backups %s is refused', (_, endpoint, rules) => {
  const found = findings(inBucketAt(endpoint));
  expect([...new Set(found.map((each) => each.split(':')[0]))].sort()).toEqual(rules);
});

it('a bucket for backups that may keep them for longer than the logs they hold is refused', () => {
  const found = findings((config) => {
    inBucket(config);
    config.retention.backups = 100;
  });
  expect(found).toContain(
    'backups-expire-with-stores: hcloud_server.host_server removes backups after 100 days, and victoria-logs-application.container keeps 30 days',
  );
});

it('backups that outlive the logs they hold are refused', () => {
  const found = findings((config) => {
    config.retention.backups = 100;
  });
  expect(found).toEqual([
    'backups-expire-with-stores: hcloud_server.host_server removes backups after 93 days, and victoria-logs-application.container keeps 30 days',
  ]);
});
