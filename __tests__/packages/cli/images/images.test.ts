import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, config, parseFile } from '@lukko/formats';
import { loadImages } from '../../../../packages/cli/src/images/load.ts';
import { mirrorImages } from '../../../../packages/cli/src/images/mirror.ts';
import { digestAt, imagesOf } from '../../../../packages/cli/src/images/skopeo.ts';
import { freePort } from '../../../ports.ts';
import { sshd, startSshd } from '../host/sshd.ts';

/* Two of Debian's docker-registry on loopback, the real skopeo, and podman with a store of its own behind a real sshd. */

jest.setTimeout(120_000);

const onPath = (program: string) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
const missing = [
  ...['docker-registry', 'skopeo', 'podman'].filter((program) => !onPath(program)),
  ...(sshd === undefined ? ['sshd'] : []),
].join(', ');
const declared: string[] = [];
const withRegistries = (name: string, body: (world: World) => Promise<void>): void => {
  declared.push(name);
  if (missing !== '') return;
  test(name, async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'lukko-images-test-'));
    const stop: (() => Promise<void>)[] = [];
    try {
      const [upstream, own] = [await registry(root, 'upstream', stop), await registry(root, 'own', stop)];
      await body({ root, upstream, own, config: pushed(root, upstream, own) });
    } finally {
      for (const each of stop) await each();
      rmSync(root, { recursive: true, force: true });
    }
  });
};

interface World {
  readonly root: string;
  readonly upstream: string;
  readonly own: string;
  readonly config: Config;
}

async function registry(root: string, name: string, stop: (() => Promise<void>)[]): Promise<string> {
  const port = await freePort();
  const file = path.join(root, `${name}.yml`);
  writeFileSync(
    file,
    `version: 0.1\nlog: { level: error }\nstorage:\n  filesystem: { rootdirectory: ${path.join(root, name)} }\nhttp: { addr: 127.0.0.1:${port} }\n`,
  );
  const child = spawn('docker-registry', ['serve', file], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  stop.push(async () => {
    child.kill();
    await ended;
  });
  const host = `127.0.0.1:${port}`;
  while (
    !(await fetch(`http://${host}/v2/`).then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await sleep(50);
  return host;
}

/** An image for two platforms, written by hand as OCI has it, pushed under every name of the example. */
function pushed(root: string, upstream: string, own: string): Config {
  const layout = path.join(root, 'layout');
  mkdirSync(path.join(layout, 'blobs/sha256'), { recursive: true });
  writeFileSync(path.join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const blob = (mediaType: string, content: Buffer | object) => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const digest = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(path.join(layout, 'blobs/sha256', digest), bytes);
    return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
  };
  writeFileSync(path.join(root, 'hello'), 'hello\n');
  const tar = execFileSync('tar', ['-C', root, '-c', 'hello']);
  const oci = 'application/vnd.oci.image';
  const layer = blob(`${oci}.layer.v1.tar`, tar);
  const diff = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  const manifests = ['amd64', 'arm64'].map((architecture) => {
    const settings = { architecture, os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [diff] } };
    const manifest = {
      schemaVersion: 2,
      mediaType: `${oci}.manifest.v1+json`,
      config: blob(`${oci}.config.v1+json`, settings),
      layers: [layer],
    };
    return { ...blob(`${oci}.manifest.v1+json`, manifest), platform: { architecture, os: 'linux' } };
  });
  const index = blob(`${oci}.index.v1+json`, { schemaVersion: 2, mediaType: `${oci}.index.v1+json`, manifests });
  writeFileSync(path.join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [index] }));
  const text = readFileSync(path.join(__dirname, '../../../../config/example.yaml'), 'utf8')
    .replace('registry: registry.lukko.example', `registry: ${own}`)
    .replace(/digest: sha256:[0-9a-f]{64}/g, `digest: ${index.digest}`);
  const { value } = parseFile(config, text, 'example.yaml');
  for (const { repository, tag } of imagesOf(value))
    execFileSync(
      'skopeo',
      [
        'copy',
        '--quiet',
        '--all',
        '--preserve-digests',
        '--dest-tls-verify=false',
        `oci:${layout}`,
        `docker://${upstream}/${repository}:${tag}`,
      ],
      { stdio: 'pipe' },
    );
  return value;
}

withRegistries(
  'mirror copies every image for all platforms, and the digest is the same',
  async ({ config: value, upstream, own }) => {
    const said: string[] = [];
    const mirroring = {
      config: value,
      from: upstream,
      environment: process.env,
      say: (line: string) => said.push(line),
    };
    await mirrorImages(mirroring);
    for (const image of imagesOf(value)) expect(await digestAt(own, image, process.env)).toBe(image.digest);
    expect(said.every((line) => line.endsWith('digest unchanged'))).toBe(true);
    await mirrorImages(mirroring);
    expect(said.slice(imagesOf(value).length).every((line) => line.endsWith(' already'))).toBe(true);
  },
);

withRegistries(
  'an image that upstream does not have under its digest is refused',
  async ({ config: value, upstream }) => {
    const other: Config = {
      ...value,
      images: { ...value.images, caddy: { ...value.images.caddy, digest: `sha256:${'0'.repeat(64)}` } },
    };
    await expect(
      mirrorImages({ config: other, from: upstream, only: 'caddy', environment: process.env, say: () => undefined }),
    ).rejects.toThrow(/^caddy from 127\.0\.0\.1:\d+: /);
  },
);

withRegistries(
  'load puts an image onto a host under the name and digest its unit asks for',
  async ({ root, config: value, upstream }) => {
    const host = await startSshd('lukko-example-edge');
    try {
      const store = `podman --root ${root}/store --runroot ${root}/run --storage-driver vfs`;
      host.answers(`case "$SSH_ORIGINAL_COMMAND" in "podman "*) exec ${store} \${SSH_ORIGINAL_COMMAND#podman };; esac`);
      const key = readFileSync(`${host.folder}/host.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
      mkdirSync(path.dirname(host.reach.knownHosts), { recursive: true });
      const loading = { config: value, from: upstream, only: 'caddy', environment: process.env, reach: host.reach };
      // A host whose key was never recorded is not spoken to.
      await expect(loadImages({ ...loading, say: () => undefined })).rejects.toThrow('host key');
      writeFileSync(host.reach.knownHosts, `${host.reach.name} ${key}\n`);
      const said: string[] = [];
      await loadImages({ ...loading, say: (line) => said.push(line) });
      expect(said.at(-1)).toMatch(/^caddy: \S+ lies on lukko-example-edge, digest unchanged$/);
      await loadImages({ ...loading, say: (line) => said.push(line) });
      expect(said.at(-1)).toBe('caddy: lukko-example-edge has it already');
      // The image's name with its digest is what a quadlet writes: it is found without any registry.
      const { repository, digest } = value.images.caddy;
      const name = `${value.images.registry}/${repository}@${digest}`;
      const [podman = '', ...options] = store.split(' ');
      expect(
        execFileSync(podman, [...options, 'image', 'inspect', '--format', '{{.Id}}', name], { stdio: 'pipe' }).length,
      ).toBeGreaterThan(10);
    } finally {
      await host.stop();
    }
  },
);

test('what needs registries, skopeo, podman and sshd is run, or named', () => {
  if (missing !== '')
    console.warn(`not run, since ${missing} is not installed:\n${declared.map((name) => `  - ${name}`).join('\n')}`);
  expect(declared).toHaveLength(3);
});
