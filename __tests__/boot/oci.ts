import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Packs a program into an OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md). Made here since
 * there is no registry to pull the named image from: the same program of the same release, without what else its image holds.
 */
export function ociArchive(folder: string, { name, tag, program, entrypoint, environment = [] }: Content): Archive {
  const [root, layout] = [path.join(folder, 'root'), path.join(folder, 'layout')];
  const blobs = path.join(layout, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  mkdirSync(path.join(root, 'tmp'), { recursive: true });
  cpSync(program, path.join(root, entrypoint[0] as string));
  // What ldd names: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, and the loader by its path alone. Nothing where it is static.
  for (const [, library] of run('ldd', [program]).stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm))
    cpSync(library as string, path.join(root, library as string), { dereference: true });
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
