import { gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { UNPACK } from '../../stacks/constructs/unpack-script.ts';

export interface HostFile {
  readonly path: string;
  readonly content: string;
  readonly executable: boolean;
}

export interface OnHost {
  readonly packages: readonly string[];
  readonly runcmd: readonly (readonly string[])[];
  readonly bootcmd: readonly (readonly string[])[];
  readonly files: readonly HostFile[];
}

interface Written {
  readonly path: string;
  readonly content: string;
  readonly permissions?: string;
  readonly encoding?: string;
}

/** The user_data as cloud-init gets it: unescaped, each reference replaced by an id. */
export function textOnHost(userData: unknown, id = '4711'): string {
  return String(userData)
    .replace(/(^|[^$])\$\{[^}]*\}/g, (_, before: string) => before + id)
    .replaceAll('$${', () => '${')
    .replaceAll('%%{', '%{');
}

const PACKED = /H4sI[A-Za-z0-9+/]+={0,2}/g;

/** A text of a stack with what is packed in it opened, as a JSON string holds it, between two marks. */
export function opened(text: string): string {
  return text.replace(PACKED, (packed) => {
    const plain = gunzipSync(Buffer.from(packed, 'base64')).toString('utf8');
    return `⟦${JSON.stringify(plain).slice(1, -1)}⟧`;
  });
}

/** The reverse of {@link opened}. */
export function packedAgain(text: string): string {
  return text.replace(/⟦([^⟧]*)⟧/g, (_, plain: string) =>
    gzipSync(JSON.parse(`"${plain}"`) as string, { level: 9 }).toString('base64'),
  );
}

/** A payload as a host has it once it ran: the files cloud-init writes, and those the unpack script writes. */
export function onHost(userData: unknown): OnHost {
  const config = parse(textOnHost(userData)) as Omit<OnHost, 'files'> & { write_files: readonly Written[] };
  const written = config.write_files.map((file) => ({
    path: file.path,
    executable: file.permissions === '0755',
    content:
      file.encoding === 'gz+b64' ? gunzipSync(Buffer.from(file.content, 'base64')).toString('utf8') : file.content,
  }));
  const script = written.find(({ path }) => path === UNPACK)?.content ?? '';
  const executable = new Set(/^chmod 0755 (.*)$/m.exec(script)?.[1]?.split(' '));
  const unpacked = [...script.matchAll(/^cat >(\S+) <<'END_OF_FILE'\n([^]*?)^END_OF_FILE$/gm)].map(
    ([, path = '', content = '']) => ({ path, content, executable: executable.has(path) }),
  );
  return {
    packages: config.packages,
    runcmd: config.runcmd,
    bootcmd: config.bootcmd,
    files: [...written, ...unpacked],
  };
}
