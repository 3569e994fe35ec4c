import type { RegisterEntry } from '@lukko/formats';
import { cloudConfig, factsOf } from './sample.ts';

const hosts = (document: object | readonly object[], options?: Parameters<typeof factsOf>[1]) => {
  const facts = factsOf(document, options);
  return facts.hosts
    .filter((use) => use.owner !== 'provider.hcloud' && use.owner !== 'stack0/provider.hcloud')
    .map(
      (use) =>
        `${use.class} ${use.position} ${use.host ?? `? (${use.causes.join()})`}${use.implicit ? ' implicit' : ''} ${use.at}`,
    );
};
const providers = (more: object) => ({
  terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud' }, ...more } },
});

describe('providers', () => {
  const aws = providers({ aws: { source: 'hashicorp/aws' } });
  it.each([
    ['fixed', {}, ['data provider hetzner.cloud implicit provider.hcloud']],
    [
      'endpoints, none written',
      { ...aws, provider: { aws: [{}] } },
      ['data provider amazonaws.com implicit provider.aws'],
    ],
    [
      'of nobody known, told what to reach',
      {
        ...providers({ docker: { source: 'kreuzwerker/docker' } }),
        provider: { docker: [{ host: 'ssh://admin@ec2-3-1-2-3.eu-central-1.compute.amazonaws.com:22' }] },
      },
      [
        'data provider ? (outside) implicit provider.docker',
        'data provider ec2-3-1-2-3.eu-central-1.compute.amazonaws.com provider.docker.host',
      ],
    ],
    [
      'endpoints, one written',
      { ...aws, provider: { aws: [{ endpoints: [{ s3: 'https://hel1.your-objectstorage.com' }] }] } },
      ['data provider hel1.your-objectstorage.com provider.aws.endpoints[0].s3'],
    ],
    [
      'endpoints, and something of a service that has none',
      {
        ...aws,
        provider: { aws: [{ endpoints: [{ s3: 'https://hel1.your-objectstorage.com' }] }] },
        resource: { aws_s3_bucket: { b: { bucket: 'b' } }, aws_iam_user: { u: { name: 'u' } } },
      },
      [
        'data provider amazonaws.com implicit provider.aws',
        'data provider hel1.your-objectstorage.com provider.aws.endpoints[0].s3',
      ],
    ],
    [
      'endpoints of all that is made, and data that asks nobody',
      {
        ...aws,
        provider: { aws: [{ endpoints: [{ s3: 'https://hel1.your-objectstorage.com' }] }] },
        resource: { aws_s3_bucket: { b: { bucket: 'b' } }, aws_s3_object: { o: { bucket: 'b', key: 'o' } } },
        data: { aws_iam_policy_document: { p: {} } },
      },
      ['data provider hel1.your-objectstorage.com provider.aws.endpoints[0].s3'],
    ],
    [
      'an endpoint nobody knows',
      { ...aws, provider: { aws: [{ endpoints: [{ s3: '${var.x}' }] }] }, variable: { x: {} } },
      ['data provider ? (variable) provider.aws.endpoints[0].s3'],
    ],
    [
      'nothing reached',
      { ...providers({ random: { source: 'hashicorp/random' } }), resource: { random_id: { a: {} } } },
      ['build provider amazonaws.com implicit provider.random'],
    ],
    [
      'a provider nobody knows',
      { ...providers({ other: { source: 'acme/other' } }), resource: { other_thing: { a: {} } } },
      ['data provider ? (outside) implicit provider.other'],
    ],
    [
      'required, but used by nothing',
      providers({ other: { source: 'acme/other' } }),
      ['data provider ? (outside) implicit provider.other'],
    ],
    ['built in', { resource: { terraform_data: { a: {} } } }, []],
  ])('%s', (name, document, expected) => {
    const facts = factsOf(document);
    const all = facts.hosts.filter(
      (use) => use.position === 'provider' && (name === 'fixed' || !use.owner.endsWith('provider.hcloud')),
    );
    expect(
      all.map(
        (use) =>
          `${use.class} ${use.position} ${use.host ?? `? (${use.causes.join()})`}${use.implicit ? ' implicit' : ''} ${use.at}`,
      ),
    ).toEqual(expected);
  });
});

const backend = (type: string, config: object) => ({ terraform: { backend: { [type]: config } } });

it.each([
  ['local state', backend('local', {}), []],
  ['no backend', {}, []],
  ['S3 without endpoint', backend('s3', { bucket: 'b' }), ['data state backend s3.amazonaws.com implicit backend.s3']],
  ['S3, the rest said at init', backend('s3', {}), ['data state backend ? (outside) implicit backend.s3']],
  [
    'S3 elsewhere',
    backend('s3', { endpoints: { s3: 'https://nbg1.your-objectstorage.com' } }),
    ['data state backend nbg1.your-objectstorage.com backend.s3.endpoints.s3'],
  ],
  [
    'S3 elsewhere with locks at AWS',
    backend('s3', { endpoint: 'https://x.example', endpoints: { dynamodb: 'https://dynamodb.amazonaws.com' } }),
    [
      'data state backend x.example backend.s3.endpoint',
      'data state backend dynamodb.amazonaws.com backend.s3.endpoints.dynamodb',
    ],
  ],
  [
    'cloud',
    { terraform: { cloud: { organization: 'o' } } },
    ['data state backend app.terraform.io implicit backend.cloud'],
  ],
  [
    'remote with a host',
    backend('remote', { hostname: 'tfe.example' }),
    ['data state backend tfe.example backend.remote.hostname'],
  ],
  ['GCS', backend('gcs', {}), ['data state backend storage.googleapis.com implicit backend.gcs']],
  ['a type nobody knows', backend('odd', {}), ['data state backend ? (outside) implicit backend.odd']],
  [
    'PostgreSQL',
    backend('pg', { conn_str: 'postgres://u@db.example/x' }),
    ['data state backend db.example backend.pg.conn_str'],
  ],
  [
    'PostgreSQL, in keywords',
    backend('pg', { conn_str: "host=db.example,10.0.0.9 port=5432 dbname='my state' user=u" }),
    ['data state backend db.example backend.pg.conn_str', 'data state backend 10.0.0.9 backend.pg.conn_str'],
  ],
  [
    'modules',
    {
      module: {
        a: { source: './x' },
        b: { source: 'terraform-aws-modules/vpc/aws' },
        c: { source: 'git::https://git.example/x.git?ref=1' },
        d: { source: 'git@github.com:a/b.git' },
      },
    },
    [
      'build module source registry.terraform.io module.b.source',
      'build module source git.example module.c.source',
      'build module source github.com module.d.source',
    ],
  ],
  [
    'an http data source',
    { data: { http: { a: { url: 'https://ip.example/me' } } } },
    ['build data source ip.example data.http.a.url'],
  ],
  [
    'records that lead out',
    {
      resource: {
        hcloud_zone: { z: { name: 'lukko.example' } },
        hcloud_zone_rrset: {
          a: { type: 'CNAME', records: [{ value: 'cname.vercel-dns.com.' }] },
          b: { type: 'MX', records: [{ value: '10 mail.lukko.example.' }] },
          c: { type: 'A', records: [{ value: '192.0.2.1' }] },
          d: { type: 'CAA', records: [{ value: '0 issue "letsencrypt.org; x=1"' }] },
          e: { type: 'TXT', records: [{ value: 'v=spf1 include:amazonses.amazonaws.com -all' }] },
          f: { type: 'TXT', records: [{ value: 'v=spf1 include:_spf.amazonaws.com -all' }] },
        },
      },
    },
    [
      'data DNS record 192.0.2.1 hcloud_zone_rrset.c.records[0].value',
      'data DNS record cname.vercel-dns.com hcloud_zone_rrset.a.records[0].value',
      'data DNS record mail.lukko.example hcloud_zone_rrset.b.records[0].value',
      'pull DNS record letsencrypt.org hcloud_zone_rrset.d.records[0].value',
      'data text amazonses.amazonaws.com hcloud_zone_rrset.e.records[0].value',
      'data text _spf.amazonaws.com hcloud_zone_rrset.f.records[0].value',
    ],
  ],
  [
    'attributes that are hosts by name, URLs, and names of known operators',
    {
      resource: {
        vercel_project_domain: {
          a: { domain: 'app.example.com', note: 'see main.ts and README.md, s3.amazonaws.com' },
          b: { note: 'ask me@s3.amazonaws.com: or look into /etc/s3.amazonaws.com' },
          c: { note: 'sftp:me@c.amazonaws.com:/x from //d.amazonaws.com/y' },
        },
        hcloud_server: { h: { name: 'not.a.host', labels: { x: 'https://x.example/y' } } },
      },
    },
    [
      'data text s3.amazonaws.com vercel_project_domain.a.note',
      'data text c.amazonaws.com vercel_project_domain.c.note',
      'data text d.amazonaws.com vercel_project_domain.c.note',
      'data domain app.example.com vercel_project_domain.a.domain',
      'data URL x.example hcloud_server.h.labels.x',
    ],
  ],
])('%s', (_, document, expected) => {
  const found = hosts(document).filter((line) => !line.includes(' provider '));
  expect(found.sort()).toEqual([...expected].sort());
});

it('payloads name hosts where a host is expected', () => {
  const payload = `${cloudConfig(
    {
      '/etc/caddy/Caddyfile': 'a.example {\nreverse_proxy https://up.example\nreverse_proxy 127.0.0.1:1\n}\n',
      '/a.env':
        'DATABASE_URL=postgres://u@db.example/x\nSMTP_HOST=mail.example\nOPENAI_API_KEY=$X\nTANG=http://${hcloud_primary_ip.p.ip_address}:7500\nB=https://${hcloud_server.h.name}.s3.amazonaws.com/x\nC=https://${var.x}/y\n',
      '/doc.txt': '# https://no.example\nplain main.ts bucket.amazonaws.com\n',
      '/etc/containers/registries.conf': '[[registry]]\nlocation = "docker.io"\nblocked = true\n',
    },
    [['curl', '-fsSL', 'https://get.example/x']],
  )}ntp: {servers: [ntp.example]}\napt: {primary: [{arches: [default], uri: "https://mirror.example/debian"}]}\n`;
  expect(
    hosts({
      resource: { hcloud_server: { h: { user_data: payload } }, hcloud_primary_ip: { p: {} } },
      variable: { x: {} },
    }),
  ).toMatchSnapshot();
});

describe('resolve', () => {
  const register: RegisterEntry[] = [
    {
      host: 'partner.example',
      purpose: 'mail',
      entity: 'Partner Oy',
      country: 'FI',
      role: 'processor',
      dataCategories: [],
      source: 'contract',
      date: '2026-01-01',
    },
    {
      host: 'x.amazonaws.com',
      purpose: 'none',
      entity: 'Nobody',
      country: 'FI',
      role: 'none',
      dataCategories: [],
      source: 'x',
      date: '2026-01-01',
    },
  ];
  const { resolve } = factsOf(
    {
      resource: {
        hcloud_zone: { z: { name: 'lukko.example' } },
        hcloud_network: { n: { ip_range: '10.20.0.0/16' } },
        hcloud_primary_ip: { p: { name: 'p' } },
        hcloud_server: {
          h: {
            user_data: cloudConfig({
              '/etc/containers/systemd/app.container': '[Container]\nImage=x\nContainerName=glitchtip\n',
            }),
          },
        },
      },
    },
    { register },
  );

  it.each([
    ['logs.lukko.example', 'own', 'lukko.example'],
    ['LUKKO.example.', 'own', 'lukko.example'],
    ['notlukko.example', 'nobody', undefined],
    ['hcloud_primary_ip.p.ip_address', 'own', 'hcloud_primary_ip.p.ip_address'],
    ['hcloud_primary_ip.p.name', 'nobody', undefined],
    ['10.20.1.10', 'own', 'hcloud_network.n'],
    ['10.21.1.10', 'nobody', undefined],
    ['glitchtip', 'own', 'glitchtip'],
    ['other', 'nobody', undefined],
    ['185.12.64.1', 'operators', '185.12.64.0/22'],
    ['2a01:4ff:ff00::add:1', 'operators', '2a01:4ff:ff00::/48'],
    ['8.8.8.8', 'nobody', undefined],
    ['eu-west-1.x.amazonaws.com', 'operators', 'amazonaws.com'],
    ['fakeamazonaws.com', 'nobody', undefined],
    ['docker.io', 'operators', 'docker.io'],
    ['mx.partner.example', 'register', 'partner.example'],
  ])('%s', (host, by, matched) => {
    const resolution = resolve(host);
    expect([resolution.by, resolution.matched]).toEqual([by, matched]);
  });

  it('says who: entity, country, source and date', () => {
    expect(resolve('s3.amazonaws.com')).toEqual({
      by: 'operators',
      entity: 'Amazon Web Services, Inc.',
      country: 'US',
      source: 'https://amazon.example/imprint',
      date: '2026-11-21',
      matched: 'amazonaws.com',
    });
    expect(resolve('partner.example')).toMatchObject({ entity: 'Partner Oy', country: 'FI' });
  });
});

describe('what stands beside the obvious', () => {
  const backend = (s3: object) => hosts({ terraform: { backend: { s3: { bucket: 'b', key: 'k', ...s3 } } } });
  const endpoints = { s3: 'https://fsn1.your-objectstorage.com' };
  const bucket = 'data state backend fsn1.your-objectstorage.com backend.s3.endpoints.s3';

  it.each([
    ['the bucket alone', { endpoints }, [bucket]],
    [
      'a table of locks at AWS',
      { endpoints, dynamodb_table: 't' },
      [bucket, 'data state backend dynamodb.amazonaws.com implicit backend.s3'],
    ],
    [
      'a role to assume',
      { endpoints, assume_role: { role_arn: 'arn:aws:iam::1:role/x' } },
      [bucket, 'data state backend sts.amazonaws.com implicit backend.s3'],
    ],
    [
      'an endpoint for credentials',
      { endpoints: { ...endpoints, sts: 'https://sts.amazonaws.com' } },
      [bucket, 'data state backend sts.amazonaws.com backend.s3.endpoints.sts'],
    ],
  ])('of a backend: %s', (_, s3, expected) => {
    expect(backend(s3)).toEqual(expected);
  });

  it('a remote state of a backend nobody knows is a host nobody knows', () => {
    const data = { terraform_remote_state: { x: { backend: '${var.b}', config: {} } } };
    expect(hosts({ data, variable: { b: {} } })).toEqual([
      'data remote state ? (variable) data.terraform_remote_state.x.backend',
    ]);
  });

  it('a provider of the same name in another registry is another provider', () => {
    const terraform = { required_providers: { hcloud: { source: 'registry.other.example/hetznercloud/hcloud' } } };
    const uses = factsOf({ terraform }).hosts.filter((use) => use.position === 'provider');
    expect(uses.map((use) => use.host)).toEqual([undefined]);
  });

  it.each([
    ['curl', ['curl', '-s', 'api.other.example/v1'], 'pull endpoint api.other.example'],
    ['ssh', ['ssh', 'root@backup.other.example'], 'data endpoint backup.other.example'],
    ['rsync', ['rsync', '-a', '/srv/', 'u@backup.other.example:/x'], 'data endpoint backup.other.example'],
    ['nc', ['nc', 'db.other.example', '443'], 'data endpoint db.other.example'],
    ['restic', ['restic', '-r', 's3:s3.other.example/b', 'backup', '/srv'], 'data storage s3.other.example'],
    ['a file that looks like one', ['curl', '-o', 'script.sh', 'install.sh'], undefined],
  ])('a command that needs no scheme: %s', (_, command, expected) => {
    const uses = hosts({ resource: { hcloud_server: { a: { user_data: cloudConfig({}, [command]) } } } });
    expect(uses.map((use) => use.replace(/ hcloud_server.*$/, ''))).toEqual(expected === undefined ? [] : [expected]);
  });
});

it('backend http asks where its locks are kept too', () => {
  const root = (http: object) => ({ terraform: { backend: { http } } });
  expect(
    hosts(
      root({
        address: 'https://a.example/x',
        lock_address: 'https://b.example/x',
        unlock_address: 'https://c.example/x',
      }),
    ),
  ).toEqual([
    'data state backend a.example backend.http.address',
    'data state backend b.example backend.http.lock_address',
    'data state backend c.example backend.http.unlock_address',
  ]);
  expect(hosts(root({ address: 'https://a.example/x' }))).toEqual([
    'data state backend a.example backend.http.address',
  ]);
});
