import fc from 'fast-check';
import { hostsInFile } from '../../../../packages/facts/src/payload/config-files.ts';
import { repositoryHost } from '../../../../packages/facts/src/payload/config-remotes.ts';
import { hostPart, urlsIn } from '../../../../packages/facts/src/payload/urls.ts';
import { cloudConfig, factsOf } from '../sample.ts';
import { file } from './run.ts';

const named = (path: string, text: string) =>
  hostsInFile(file(path, text)).map(
    (each) => `${each.class} ${each.position} ${each.text}${each.implicit ? ' implicit' : ''} ${each.line}`,
  );

describe('bare hosts where a key says so', () => {
  it.each([
    [
      'YAML',
      '/etc/app.yaml',
      'storage:\n  endpoint: s3.amazonaws.com\n  bucket: a.b\n',
      ['data endpoint s3.amazonaws.com 2'],
    ],
    [
      'YAML, a list',
      '/etc/app.yml',
      'servers:\n- a.example:6514\n- 192.0.2.1\n',
      ['data endpoint a.example:6514 2', 'data endpoint 192.0.2.1 3'],
    ],
    ['YAML in flow style', '/etc/app.yaml', '{db: {host: db.example, port: 5432}}\n', ['data endpoint db.example 1']],
    [
      'JSON',
      '/etc/app/config.json',
      '{\n "upstreamHost": "api.openai.com",\n "image": "a.b"\n}\n',
      ['data endpoint api.openai.com 2'],
    ],
    ['JSON in camel case', '/a.json', '{"smtpServer": "smtp.sendgrid.net"}', ['data endpoint smtp.sendgrid.net 1']],
    ['broken JSON, by lines', '/a.json', '{\n "host": "db.example",\n', ['data endpoint db.example 2']],
    ['TOML', '/etc/app.toml', '[db]\nserver = "db.example:5432"\nname = "x.y"\n', ['data endpoint db.example:5432 2']],
    [
      'properties',
      '/etc/app.properties',
      'bootstrap.servers=a.example:9092,b.example:9092\n',
      ['data endpoint a.example:9092 1', 'data endpoint b.example:9092 1'],
    ],
    ['a URL is found wherever it stands', '/a.yaml', 'endpoint: https://a.example/x\n', []],
    ['files are no hosts', '/a.yaml', 'host: main.ts\ntarget: app.service\nurl: index.html\n', []],
    ['one word is no host', '/a.yaml', 'host: localhost\nserver: db\n', []],
    ['other keys are labels', '/a.yaml', 'name: app.example.com\nversion: 1.2.3\n', []],
    ['text with blanks', '/a.yaml', 'host: a host.example\n', []],
    [
      'what has a reader of its own',
      '/etc/systemd/resolved.conf.d/a.conf',
      '[Resolve]\nDNS=192.0.2.1\n',
      ['data resolver 192.0.2.1 2'],
    ],
    ['a file of nobody', '/etc/app', 'host: db.example\n', []],
  ])('%s', (_, path, text, expected) => {
    expect(named(path, text)).toEqual(expected);
  });

  it('random text gives hosts or none', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          '/a.yaml',
          '/a.json',
          '/a.toml',
          '/x/rclone.conf',
          '/etc/rsyslog.conf',
          '/etc/postfix/main.cf',
          '/etc/syslog-ng/a.conf',
        ),
        fc.string(),
        (path, text) => named(path, text).length >= 0,
      ),
      { numRuns: 500 },
    );
  });
});

describe('where logs, mail and copies go', () => {
  it.each([
    [
      '/root/.config/rclone/rclone.conf',
      '[a]\ntype = s3\nprovider = AWS\nregion = eu-central-1\n',
      ['data storage s3.amazonaws.com implicit 2'],
    ],
    [
      '/etc/rclone.conf',
      '[a]\ntype = s3\nprovider = Other\nendpoint = hel1.your-objectstorage.com\n',
      ['data storage hel1.your-objectstorage.com 4'],
    ],
    [
      '/etc/rclone.conf',
      '[b]\ntype = sftp\nhost = u1.your-storagebox.de\n[c]\ntype = drive\n',
      ['data storage u1.your-storagebox.de 3', 'data storage www.googleapis.com implicit 5'],
    ],
    [
      '/etc/rclone.conf',
      '# c\n[d]\ntype = webdav\nurl = https://dav.example/x\n[e]\ntype = local\n[f]\ntype = crypt\nremote = d:x\n',
      ['data storage https://dav.example/x 4'],
    ],
    [
      '/etc/rsyslog.d/90.conf',
      '*.* @@logs.papertrailapp.com:514\nauth.* @192.0.2.1\n# *.* @no.example\n',
      ['data log target logs.papertrailapp.com 1', 'data log target 192.0.2.1 2'],
    ],
    [
      '/etc/rsyslog.conf',
      'action(type="omfwd" target="logs.example" port="6514")\n*.* @@(o)[2001:db8::1]:514\n',
      ['data log target logs.example 1', 'data log target [2001:db8::1] 2'],
    ],
    [
      '/etc/syslog-ng/conf.d/a.conf',
      'destination d { network("logs.example" port(514)); };\nsource s { network(ip("0.0.0.0")); };\n',
      ['data log target logs.example 1'],
    ],
    [
      '/etc/postfix/main.cf',
      'relayhost = [smtp.sendgrid.net]:587\nmyhostname = a.example\n',
      ['data mail relay smtp.sendgrid.net:587 1'],
    ],
    [
      '/etc/postfix/main.cf',
      '#relayhost = no.example\nsmtp_fallback_relay = a.example, [b.example]\n',
      ['data mail relay a.example 2', 'data mail relay b.example 2'],
    ],
    ['/etc/msmtprc', 'account default\nhost smtp.gmail.com\n', ['data mail relay smtp.gmail.com 2']],
    ['/etc/ssmtp/ssmtp.conf', 'mailhub=mail.example:465\n', ['data mail relay mail.example:465 1']],
    ['/etc/exim4/update-exim4.conf.conf', "dc_smarthost='mail.example::587'\n", ['data mail relay mail.example 1']],
    ['/etc/nullmailer/remotes', 'smtp.example smtp --port=587\n', ['data mail relay smtp.example 1']],
  ])('%s', (path, text, expected) => {
    expect(named(path, text)).toEqual(expected);
  });

  it.each([
    ['s3:s3.amazonaws.com/bucket', 's3.amazonaws.com/bucket', false],
    ['s3:https://hel1.your-objectstorage.com/b', 'https://hel1.your-objectstorage.com/b', false],
    ['sftp:u1@u1.your-storagebox.de:/backup', 'u1@u1.your-storagebox.de', false],
    ['sftp://u1@u1.your-storagebox.de:23//backup', 'u1@u1.your-storagebox.de', false],
    ['rest:https://user:x@backups.example:8000/', 'https://user:x@backups.example:8000/', false],
    ['b2:bucket:path', 'api.backblazeb2.com', true],
    ['azure:container:/', 'blob.core.windows.net', true],
    ['gs:bucket:/', 'storage.googleapis.com', true],
    ['u1@u1.your-storagebox.de:backup', 'u1.your-storagebox.de', false],
    ['/srv/backup', undefined, false],
    ['rclone:remote:path', undefined, false],
  ])('repository %s', (text, host, implicit) => {
    expect(repositoryHost(text)).toEqual(host === undefined ? undefined : { text: host, implicit });
  });

  it('the repository of a backup in a command, an environment and a unit', () => {
    const user_data = cloudConfig(
      {
        '/etc/backup.env': 'RESTIC_REPOSITORY=b2:bucket\n',
        '/etc/systemd/system/a.service':
          '[Service]\nEnvironment=BORG_REPO=u1@u1.your-storagebox.de:b\nExecStart=/bin/true\n',
      },
      [
        ['restic', '--repo=gs:bucket:/', 'backup', '/srv'],
        ['restic', '-r', 's3:s3.amazonaws.com/b', 'backup', '/srv'],
        ['borg', 'create', 'u2@u2.your-storagebox.de:b::x', '/srv'],
      ],
    );
    const { hosts } = factsOf({ resource: { hcloud_server: { a: { user_data } } } });
    expect(
      hosts.filter((use) => use.position === 'storage').map((use) => `${use.host}${use.implicit ? ' implicit' : ''}`),
    ).toEqual([
      'storage.googleapis.com implicit',
      's3.amazonaws.com',
      'u2.your-storagebox.de',
      'u1.your-storagebox.de',
      'api.backblazeb2.com implicit',
    ]);
  });
});

describe('hosts behind user information', () => {
  it.each([
    ['https://good.example@evil.example/x', 'evil.example'],
    ['https://good.example:x@evil.example', 'evil.example'],
    ['https://good.example\\@evil.example/x', 'good.example\\@evil.example'],
    ['https://good.example#@evil.example', 'good.example'],
    ['https://good.example/@evil.example', 'good.example'],
    ['https://good.example?@evil.example', 'good.example'],
    ['https://a@b@evil.example', 'evil.example'],
  ])('%s', (text, host) => {
    const [found, ...more] = urlsIn(`url = "${text}"`);
    expect([found === undefined ? undefined : hostPart(found.text), more]).toEqual([host, []]);
  });

  it('a host on which programs disagree is nobody’s', () => {
    const resource = {
      hcloud_zone: { z: { name: 'good.example' } },
      hcloud_server: { a: { user_data: cloudConfig({ '/etc/x': 'https://good.example\\@evil.example/\n' }) } },
    };
    const facts = factsOf({ resource });
    const uses = facts.hosts.filter((use) => use.position === 'URL');
    expect(uses.map((use) => facts.resolve(use.host ?? '').by)).toEqual(['nobody']);
  });
});
