import fc from 'fast-check';
import { isSecretName, secretsByForm, secretsByName } from '../../../packages/facts/src/secret-patterns.ts';
import { cloudConfig, factsOf } from './sample.ts';

const found = (document: object) => factsOf(document).secrets.map(({ kind, at }) => `${kind} at ${at}`);
const token = `${'aB3'.repeat(21)}x`;
const key = ['-----BEGIN', 'OPENSSH PRIVATE KEY-----'].join(' ');

describe('secrets', () => {
  it.each([
    [
      'a password of a resource',
      { resource: { hcloud_storage_box: { a: { password: 'hunter2!' } } } },
      ['literal password at hcloud_storage_box.a.password'],
    ],
    ['a token of a provider', { provider: { hcloud: [{ token }] } }, ['Hetzner API token at provider.hcloud.token']],
    [
      'a private key',
      { resource: { hcloud_uploaded_certificate: { a: { private_key: `${key}\nabc\n` } } } },
      ['private key at hcloud_uploaded_certificate.a.private_key'],
    ],
    [
      'an access key of a backend',
      { terraform: { backend: { s3: { bucket: 'b', access_key: `AKIA${'ABCD2345'.repeat(2)}` } } } },
      ['AWS access key at backend.s3.access_key'],
    ],
    [
      'a password in a URL',
      {
        resource: {
          vercel_project: {
            a: { environment: [{ key: 'DATABASE_URL', value: 'postgres://app:s3cr3t@db.example/x' }] },
          },
        },
      },
      ['password in a URL at vercel_project.a.environment[0].value'],
    ],
    [
      'an output',
      { output: { db_password: { value: 'hunter2!' } } },
      ['literal db_password at output.db_password.value'],
    ],
    [
      'an argument of a command',
      {
        resource: {
          terraform_data: {
            a: { provisioner: [{ 'local-exec': { command: 'x', environment: { API_KEY: 'abcdef123' } } }] },
          },
        },
      },
      ['literal api_key at terraform_data.a.provisioner[0].environment.API_KEY'],
    ],
    [
      'an environment file',
      {
        resource: {
          hcloud_server: {
            a: { user_data: cloudConfig({ '/a.env': 'X=1\nSECRET_KEY=abcdef123\nY_TOKEN="zzzz-1"\n' }) },
          },
        },
      },
      [
        'literal secret_key at hcloud_server.a.user_data:/a.env:2',
        'literal y_token at hcloud_server.a.user_data:/a.env:3',
      ],
    ],
    [
      'an age identity in a script',
      { resource: { hcloud_server: { a: { user_data: `#!/bin/sh\necho AGE-SECRET-KEY-1${'Q'.repeat(58)}\n` } } } },
      ['age identity at hcloud_server.a.user_data:2'],
    ],
    [
      'a password of chpasswd',
      { resource: { hcloud_server: { a: { user_data: '#cloud-config\npassword: hunter2!\n' } } } },
      ['literal password at hcloud_server.a.user_data:2'],
    ],
    [
      'a user_data that is ignored',
      {
        resource: {
          hcloud_server: {
            a: { user_data: '#cloud-config\npassword: hunter2!\n', lifecycle: { ignore_changes: ['user_data'] } },
          },
        },
      },
      ['literal password at hcloud_server.a.user_data:2'],
    ],
  ])('%s', (_, document, expected) => {
    expect(found(document)).toEqual(expected);
  });

  it.each([
    [
      'a variable',
      {
        resource: { hcloud_storage_box: { a: { password: '${var.password}' } } },
        variable: { password: { sensitive: true } },
      },
    ],
    [
      'a public key, a recipient, a digest',
      {
        resource: { hcloud_ssh_key: { a: { public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF' } } },
        output: { age_key: { value: `age1${'q'.repeat(58)}` }, token_sha256: { value: 'f'.repeat(64) } },
      },
    ],
    [
      'a path, a switch, a name',
      {
        resource: {
          hcloud_server: {
            a: {
              user_data: cloudConfig({
                '/a.env':
                  'PASSWORD_FILE=/run/x\nTOKEN=/run/secrets/token\nPOSTGRES_PASSWORD=$PW\nSECRET_KEY=\nAUTH_TOKEN=true\nssh_pwauth: false\n# PASSWORD=hunter2\n',
              }),
            },
          },
        },
      },
    ],
    [
      'a DSN with a public key alone',
      { resource: { vercel_project: { a: { value: 'https://abcdef0123@o1.ingest.example/1' } } } },
    ],
    ['a variable in a URL', { resource: { vercel_project: { a: { value: 'postgres://app:$PASSWORD@db.example' } } } }],
  ])('%s is none', (_, document) => {
    expect(found(document)).toEqual([]);
  });

  it('never keeps the text', () => {
    expect(
      JSON.stringify(factsOf({ resource: { hcloud_storage_box: { a: { password: 'hunter2!' } } } }).secrets),
    ).not.toContain('hunter2');
  });

  it('names tell', () => {
    expect(
      ['password', 'DB_PASSWORD', 'clientSecret', 'hcloud_token', 'private_key', 'mac_key', 'LUKS_KEY', 'diskKey'].map(
        isSecretName,
      ),
    ).not.toContain(false);
    expect(
      ['public_key', 'password_file', 'key_name', 'token_id', 'secretary', 'keyboard', 'ssh_keys'].map(isSecretName),
    ).not.toContain(true);
  });

  it('any text is searched', () => {
    const piece = fc.constantFrom('password', '=', ':', '"', "'", '://', '@', '\n', 'x', '\\', ' ', 'token');
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 200 }), (parts) => {
        secretsByForm(parts.join(''));
        secretsByName(parts.join(''));
      }),
    );
    expect(secretsByName(`password=${'"'.repeat(19_000)}`)).toEqual([]);
  });
});

it('settings that one argument carries', () => {
  const input = `REGION=hel1\nHCLOUD_TOKEN=${token}\n`;
  expect(found({ resource: { terraform_data: { a: { input } } } })).toEqual([
    'literal hcloud_token at terraform_data.a.input',
  ]);
});

describe('what programs are given', () => {
  const inScript = (line: string) =>
    found({ resource: { hcloud_server: { a: { user_data: cloudConfig({ '/x': `#!/bin/sh\n${line}\n` }) } } } });

  it.each([
    ['chpasswd', "echo 'root:hunter22x' | chpasswd", 'password for chpasswd'],
    ['cryptsetup', 'echo -n hunter22x | cryptsetup luksFormat /dev/sdb -', 'passphrase of a disk'],
    ['an option and the next word', '/opt/app --password hunter22x', 'password in a command'],
    ['curl -u', 'curl -u admin:hunter22x https://a.example/', 'password in a command'],
    ['a header', 'curl -H "Authorization: Basic YWRtaW46aHVudGVyMjJ4" https://a.example/', 'password in a header'],
    ['a short name', 'export DB_PASS=hunter22x', 'literal db_pass'],
    ['a hash of a password', `usermod -p '$6$${'abcdefgh'}$${'Ab1.'.repeat(20)}' root`, 'password hash'],
  ])('%s', (_, line, kind) => {
    expect(inScript(line)).toEqual([`${kind} at hcloud_server.a.user_data:/x:2`]);
  });

  it.each([
    ['a variable', 'echo "root:$PASSWORD" | chpasswd'],
    ['a file', '/opt/app --password-file /run/secret'],
    ['the name of a secret of podman', 'podman run --secret database registry.example/x'],
    ['a random key', 'head -c 32 /dev/urandom | cryptsetup luksFormat /dev/sdb -'],
    ['an option without a value', 'apt-get install -y --token --quiet'],
    ['a word that only begins so', 'make bypass=on compass=north'],
    ['a file of the home directory', 'SSH_PRIVATE_KEY=~/.ssh/id_ed25519'],
    ['a file beside it', 'TLS_SECRET=./keys/secret.pem'],
  ])('is no secret: %s', (_, line) => {
    expect(inScript(line)).toEqual([]);
  });

  it('chpasswd of a cloud-config', () => {
    const user_data = '#cloud-config\nchpasswd:\n  expire: false\n  list: |\n    root:hunter22x\n    app:RANDOM\n';
    expect(found({ resource: { hcloud_server: { a: { user_data } } } })).toEqual([
      'password for chpasswd at hcloud_server.a.user_data:5',
    ]);
  });
});
