import type { Container } from '@lukko/facts';
import { cloudConfig, factsOf } from '../sample.ts';

function containersOf(
  files: Readonly<Record<string, string>>,
  run: readonly (readonly string[])[] = [],
): readonly Container[] {
  const facts = factsOf({ resource: { hcloud_server: { a: { user_data: cloudConfig(files, run) } } } });
  return facts.servers[0]?.payload.containers ?? [];
}
const told = (containers: readonly Container[]) =>
  containers.map(({ unit, image, publishes, volumes, networkHost }) => ({
    name: unit.name,
    image,
    publishes,
    volumes: volumes.map(({ host, container, readOnly }) => `${host} ${container}${readOnly ? ' ro' : ''}`),
    networkHost,
  }));
const exec = (container: Container | undefined) =>
  container?.unit.entries.filter(({ section }) => section === 'Container').map(({ key, value }) => `${key}=${value}`);

describe('containers that commands start', () => {
  it('docker run, as people write it', () => {
    const line =
      'docker run -dp 5432:5432 --name db -v /srv/pg:/var/lib/postgresql/data -v conf:/conf:ro -e A=b --restart always postgres:17 -c "max connections=5"';
    const found = containersOf({}, [['sh', '-c', line]]);
    expect(told(found)).toEqual([
      {
        name: 'db (docker run)',
        image: 'postgres:17',
        publishes: ['5432:5432'],
        volumes: ['/srv/pg /var/lib/postgresql/data', 'volume:conf /conf ro'],
        networkHost: false,
      },
    ]);
    expect(exec(found[0])).toEqual(['Environment=A=b', 'Exec=-c "max connections=5"']);
  });

  it.each([
    ['the network of the host', ['podman', 'run', '-d', '--net=host', 'r.example/a:1'], [], true],
    ['the same in two words', ['podman', 'create', '--network', 'host', 'r.example/a:1'], [], true],
    ['a port without a space', ['docker', 'container', 'run', '-p80:80', 'r.example/a:1'], ['80:80'], false],
    ['every port', ['docker', 'run', '-dP', 'r.example/a:1'], ['every port'], false],
  ] as const)('%s', (_, command, publishes, networkHost) => {
    expect(told(containersOf({}, [command]))).toMatchObject([{ image: 'r.example/a:1', publishes, networkHost }]);
  });

  it.each([
    ['a tool that is gone again', ['docker', 'run', '--rm', 'postgres:17', 'psql', '-h', 'x']],
    ['an image that is fetched', ['docker', 'pull', 'postgres:17']],
    ['no image', ['docker', 'run', '-d']],
  ])('%s is none', (_, command) => {
    expect(containersOf({}, [command])).toEqual([]);
  });

  it('in a unit it has what the unit says', () => {
    const unit =
      '[Unit]\nRequiresMountsFor=/srv/lukko\n[Service]\nExecStart=/usr/bin/docker run --rm postgres:17\n[Install]\nWantedBy=multi-user.target\n';
    const [found] = containersOf({ '/etc/systemd/system/db.service': unit }, [['systemctl', 'enable', '--now', 'db']]);
    expect(found?.unit.name).toBe('db.service');
    expect(found?.unit.entries.some(({ key }) => key === 'RequiresMountsFor')).toBe(true);
  });
});

describe('compose', () => {
  const up = [['docker', 'compose', '-f', '/opt/compose.yaml', 'up', '-d']];
  const service = (text: string, more: Readonly<Record<string, string>> = {}) =>
    containersOf({ '/opt/compose.yaml': `services:\n  db:\n${text}`, ...more }, up);

  it('what a service is started with', () => {
    const [found] = service(
      '    image: $${PG:-postgres:17}\n    command: [postgres, -c, "a b"]\n    environment:\n      A: b\n    env_file: .env\n',
    );
    expect(found?.image).toBe('postgres:17');
    expect(exec(found)).toEqual(['Exec=postgres -c "a b"', 'Environment=A=b', 'EnvironmentFile=.env']);
  });

  it('what is merged in counts', () => {
    const text = 'x-open: &open\n  ports: ["5432:5432"]\nservices:\n  db:\n    <<: *open\n    image: postgres:17\n';
    expect(told(containersOf({ '/opt/compose.yaml': text }, up))).toMatchObject([{ publishes: ['5432:5432'] }]);
  });

  it('an override adds to what it overrides', () => {
    const over = { '/opt/compose.override.yaml': 'services:\n  db:\n    ports: ["5432:5432"]\n' };
    expect(told(service('    image: postgres:17\n    volumes: [/a:/b]\n', over))).toMatchObject([
      { image: 'postgres:17', publishes: ['5432:5432'], volumes: ['/a /b'] },
    ]);
  });
});

describe('quadlets', () => {
  const at = (name: string) => `/etc/containers/systemd/${name}`;
  const db = (more: string) => ({ [at('db.container')]: `[Container]\nImage=r.example/postgres:17\n${more}\n` });
  const first = (files: Readonly<Record<string, string>>) =>
    told(containersOf(files)).find(({ name }) => name === 'db.container');

  it('ports of the pod', () => {
    const pod = { [at('app.pod')]: '[Pod]\nPublishPort=5432:5432\n' };
    expect(first({ ...db('Pod=app.pod'), ...pod })?.publishes).toEqual(['5432:5432']);
  });

  it('ports of the container whose network it shares', () => {
    const web = { [at('web.container')]: '[Container]\nImage=r.example/web:1\nPublishPort=5432:5432\n' };
    expect(first({ ...db('Network=container:systemd-web'), ...web })?.publishes).toEqual(['5432:5432']);
    expect(first({ ...db('Network=web.container'), ...web })?.publishes).toEqual(['5432:5432']);
  });

  it('an address of its own beside the host', () => {
    const lan = { [at('lan.network')]: '[Network]\nDriver=macvlan\n' };
    expect(first({ ...db('Network=lan.network'), ...lan })?.publishes).toEqual(['every port, on lan.network,']);
  });

  it('the image of an image unit', () => {
    const image = { [at('pg.image')]: '[Image]\nImage=r.example/other/postgres:17\n' };
    const files = { [at('db.container')]: '[Container]\nImage=pg.image\n', ...image };
    expect(first(files)?.image).toBe('r.example/other/postgres:17');
  });
});
