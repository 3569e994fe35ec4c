import { parseImage, registryOf } from '@lukko/facts';
import { cloudConfig, factsOf } from './sample.ts';

const digest = `sha256:${'a'.repeat(64)}`;

it.each([
  ['caddy', 'docker.io library/caddy - -'],
  ['caddy:2', 'docker.io library/caddy 2 -'],
  ['glitchtip/glitchtip:6', 'docker.io glitchtip/glitchtip 6 -'],
  ['docker://ghcr.io/a/b:1', 'ghcr.io a/b 1 -'],
  [`registry.example:5000/a/b/c:1@${digest}`, `registry.example:5000 a/b/c 1 ${digest}`],
  [`localhost/x@${digest}`, `localhost x - ${digest}`],
  ['registry.example/x@sha256:12', 'registry.example x - -'],
])('%s', (text, expected) => {
  const { registry, repository, tag, digest: hash } = parseImage(text);
  expect([registry, repository, tag ?? '-', hash ?? '-'].join(' ')).toBe(expected);
});

it('only Docker Hub is meant without being written', () => {
  expect([registryOf('caddy').implicit, registryOf('docker.io/library/caddy').implicit]).toEqual([true, false]);
});

it('images stand in quadlets, compose files, commands and resources', () => {
  const payload = cloudConfig(
    {
      '/etc/containers/systemd/a.container': `[Container]\nImage=r.example/a@${digest}\n`,
      '/etc/containers/systemd/b.image': '[Image]\nImage=r.example/never\n',
      '/opt/compose.yaml': 'services:\n  web:\n    image: nginx:1\n    ports: ["80:80"]\n  db:\n    build: .\n',
    },
    [
      ['podman', 'run', '-d', '--name', 'x', '-v', '/a:/b', '--env=Y=1', 'r.example/c:1', 'sh'],
      ['docker', 'pull', 'd'],
      ['podman', 'ps'],
    ],
  );
  const { images, hosts } = factsOf({
    resource: { hcloud_server: { h: { user_data: payload } }, docker_image: { e: { name: 'ghcr.io/e:1' } } },
  });
  expect(images.map(({ text, at }) => `${text} ${at}`)).toEqual([
    `r.example/a@${digest} hcloud_server.h.user_data:/etc/containers/systemd/a.container:2`,
    'nginx:1 hcloud_server.h.user_data:/opt/compose.yaml:3',
    'r.example/c:1 hcloud_server.h.user_data:runcmd:7',
    'd hcloud_server.h.user_data:runcmd:8',
    'ghcr.io/e:1 docker_image.e.name',
  ]);
  expect(
    hosts.filter((host) => host.position === 'container image').map((host) => `${host.host} ${host.implicit}`),
  ).toEqual(['r.example false', 'docker.io true', 'r.example false', 'docker.io true', 'ghcr.io false']);
});
