import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { must, run } from './run.ts';

/** An image of one program, as an archive that `podman load` takes, and the digest that a quadlet names. */
export interface Archive {
  readonly file: string;
  readonly digest: string;
}

export interface Content {
  /** Name and tag under which it is found, without the digest. */
  readonly name: string;
  readonly tag: string;
  /** A program of this machine; the libraries it is linked to come along. */
  readonly program: string;
  readonly entrypoint: readonly string[];
  readonly environment?: readonly string[];
  /** More files, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Names an image somebody brought as the configuration names it: an OCI archive, as `skopeo copy docker://… oci-archive:<file>` or
 * `podman save --format oci-archive` write it. Nothing of the image itself is changed, so its digest stays.
 *
 * @throws when it is another kind of archive, or holds more images than one.
 */
export function namedArchive(folder: string, archive: string, name: string): Archive {
  const layout = path.join(folder, 'layout');
  mkdirSync(layout, { recursive: true });
  must('tar', ['-C', layout, '-xf', archive]);
  const index = path.join(layout, 'index.json');
  if (!existsSync(index))
    throw new Error(`${archive} is no OCI archive: write it with podman save --format oci-archive`);
  const { manifests } = JSON.parse(readFileSync(index, 'utf8')) as {
    manifests: readonly { readonly digest: string }[];
  };
  const [manifest, ...others] = manifests;
  if (manifest === undefined || others.length > 0)
    throw new Error(`${archive} holds ${manifests.length} images, not one`);
  const annotations = { 'org.opencontainers.image.ref.name': name };
  writeFileSync(index, JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }));
  const file = path.join(folder, 'image.tar');
  must('tar', ['-C', layout, '-cf', file, '.']);
  rmSync(layout, { recursive: true });
  return { file, digest: manifest.digest };
}

/**
 * Packs a program into an OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md). Made here since
 * there is no registry to pull the named image from: the same program of the same release, without what else its image holds.
 */
export function ociArchive(folder: string, content: Content): Archive {
  const { name, tag, program, entrypoint, environment = [], files = {} } = content;
  const [root, layout] = [path.join(folder, 'root'), path.join(folder, 'layout')];
  const blobs = path.join(layout, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  mkdirSync(path.join(root, 'tmp'), { recursive: true });
  cpSync(program, path.join(root, entrypoint[0] as string));
  // What ldd names: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, and the loader by its path alone. Nothing where it is static.
  for (const [, library] of run('ldd', [program]).stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm))
    cpSync(library as string, path.join(root, library as string), { dereference: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  const blob = (text: string, mediaType: string) => {
    writeFileSync(path.join(blobs, sha256(text)), text);
    return { mediaType, digest: `sha256:${sha256(text)}`, size: Buffer.byteLength(text) };
  };
  const layer = path.join(folder, 'layer.tar');
  must('tar', [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-C',
    root,
    '-cf',
    layer,
    '.',
  ]);
  const bytes = readFileSync(layer);
  const diff = `sha256:${sha256(bytes)}`;
  renameSync(layer, path.join(blobs, sha256(bytes)));
  const config = blob(
    JSON.stringify({
      ...{ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [diff] } },
      config: { Entrypoint: entrypoint, Env: ['PATH=/usr/bin', ...environment] },
    }),
    'application/vnd.oci.image.config.v1+json',
  );
  const layers = [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: diff, size: bytes.length }];
  const manifest = blob(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers }), MANIFEST);
  const annotations = { 'org.opencontainers.image.ref.name': `${name}:${tag}` };
  writeFileSync(path.join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    path.join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  const file = path.join(folder, 'image.tar');
  must('tar', ['-C', layout, '-cf', file, '.']);
  return { file, digest: manifest.digest };
}
