import { gzipSync, strToU8 } from 'fflate';
import type { CloudFile } from './cloud-config.ts';

const END = 'END_OF_FILE';
export const UNPACK = '/usr/local/lib/lukko/unpack';

/**
 * One script that writes many files, compressed as a whole: file by file they would be twice as long, and Hetzner takes 32 KiB. It is a
 * plain shell script, so that whoever judges a payload reads it like any other.
 *
 * Compressed by a library whose version is pinned and not by node's zlib, whose output differs between releases: the same files
 * must give the same payload everywhere, or hosts are rebuilt for nothing.
 *
 * @throws when a file cannot stand in a here-document: it does not end with a line break, or holds the line that ends one.
 */
export function unpackScript(files: readonly CloudFile[]): CloudFile & { encoding: string } {
  const folders = [...new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('/'))))].sort();
  const scripts = files.filter(({ permissions }) => permissions === '0755').map(({ path }) => path);
  const odd = files.find(({ permissions }) => permissions !== undefined && permissions !== '0755');
  if (odd !== undefined) throw new Error(`${odd.path} has mode ${odd.permissions}, expected 0755 or none`);
  const text = [
    '#!/bin/sh',
    '# Writes the constant files of this payload; made from stacks/payload/, where they have their comments.',
    'set -eu',
    `mkdir -p ${folders.join(' ')}`,
    ...files.map(({ path, content }) => `cat >${path} <<'${END}'\n${checked(path, content)}${END}`),
    ...(scripts.length === 0 ? [] : [`chmod 0755 ${scripts.join(' ')}`]),
    '',
  ].join('\n');
  const content = Buffer.from(gzipSync(strToU8(text), { level: 9, mem: 12, mtime: 0 })).toString('base64');
  return { path: UNPACK, content, permissions: '0755', encoding: 'gz+b64' };
}

function checked(path: string, content: string): string {
  if (content !== '' && !content.endsWith('\n')) throw new Error(`${path} does not end with a line break`);
  if (content.split('\n').includes(END)) throw new Error(`${path} holds the line ${END}, which ends it`);
  return content;
}
