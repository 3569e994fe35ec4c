import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Config } from '@lukko/formats';
import { built, documentOf, serversOf, shipped } from '../stacks/built.ts';
import { must } from './run.ts';

/** Where the guest finds its three key servers; QEMU answers there itself. */
export const TANG_ADDRESSES = ['10.0.2.101', '10.0.2.102', '10.0.2.103'] as const;
export const GUEST_ADDRESS = '10.0.2.15';

/**
 * Everything around a guest that is ours in a real deployment: three Tangs with keys of their own, an SSH user CA with an operator's
 * certificate, two age identities, and a configuration that names them. Keys are made anew for every run and die with it.
 */
export class Site {
  readonly folder: string;
  readonly config: Config;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    const thumbprints = TANG_ADDRESSES.map((_, index) => this.makeTang(index));
    must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'boot test user CA', '-f', this.at('ca')]);
    must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'operator', '-f', this.at('operator')]);
    must('ssh-keygen', [
      '-q',
      '-s',
      this.at('ca'),
      '-I',
      'operator',
      '-n',
      'root',
      '-V',
      '-5m:+1d',
      this.at('operator.pub'),
    ]);
    const recipients = ['age1', 'age2'].map((name) => {
      must('age-keygen', ['-o', this.at(name)]);
      return must('age-keygen', ['-y', this.at(name)]).trim();
    });
    this.config = shipped('example.yaml', (config) => {
      config.access.sshUserCa = readFileSync(this.at('ca.pub'), 'utf8').trim();
      config.access.ageRecipients = recipients;
      for (const [index, server] of config.keys.servers.entries()) server.thumbprint = thumbprints[index] as string;
      // Nothing answers there, and that is known at once: the guest has no network.
      config.system.resolvers = ['127.0.0.1'];
    });
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  private makeTang(index: number): string {
    const keys = this.at(`tang${index}`);
    mkdirSync(keys);
    must('/usr/libexec/tangd-keygen', [keys]);
    const script = this.at(`tang${index}.sh`);
    // One tangd per connection, as tangd.socket does; a file takes the server away.
    writeFileSync(
      script,
      `#!/bin/sh\n[ ! -e '${keys}.down' ] || exit 0\nexec /usr/libexec/tangd '${keys}' 2>>'${keys}.log'\n`,
    );
    chmodSync(script, 0o755);
    return this.thumbprint(index);
  }

  private thumbprint(index: number): string {
    const keys = this.at(`tang${index}`);
    const signing = readdirSync(keys).find((file) => readFileSync(path.join(keys, file), 'utf8').includes('"verify"'));
    return must('jose', ['jwk', 'thp', '-a', 'S256', '-i', path.join(keys, signing ?? '')]).trim();
  }

  /** Takes a key server away, or brings it back. */
  tang(index: number, state: 'up' | 'down'): void {
    const file = this.at(`tang${index}.down`);
    if (state === 'down') writeFileSync(file, '');
    else rmSync(file, { force: true });
  }

  /** Gives a key server other keys, as if somebody else answered at its address; called again it gets its own back. */
  swapTang(index: number): void {
    const [own, other] = [this.at(`tang${index}`), this.at(`tang${index}.other`)];
    if (!existsSync(other)) {
      mkdirSync(other);
      must('/usr/libexec/tangd-keygen', [other]);
    }
    renameSync(own, `${own}.tmp`);
    renameSync(other, own);
    renameSync(`${own}.tmp`, other);
  }

  /** What the stacks synthesise for a host, with every reference replaced by what Terraform would put there. */
  userData(host: string, volume: string, change: (config: Config) => void = () => {}): string {
    const config = structuredClone(this.config);
    change(config);
    const stack = host.startsWith('tang-') ? 'keys' : host;
    const servers = serversOf(documentOf(built(config), stack));
    const server = servers.find(([name]) => stack !== 'keys' || name === host)?.[1];
    if (server === undefined) throw new Error(`no server ${host}`);
    return String(server.user_data)
      .replace(
        /(^|[^$])\$\{([^}]*)\}/g,
        (_, before: string, expression: string) => before + resolve(expression, volume),
      )
      .replaceAll('$${', () => '${')
      .replaceAll('%%{', '%{');
  }
}

/** The value of one reference. Another one than these is a change of the stacks this harness must learn. */
function resolve(expression: string, volume: string): string {
  if (expression === 'hcloud_volume.data_volume.id') return volume;
  const [, stack, name = ''] = /^data\.terraform_remote_state\.(\w+)\.outputs\.([\w-]+)$/.exec(expression) ?? [];
  const tang = ['tang-fsn1_ipv4', 'tang-nbg1_ipv4', 'tang-hel1_ipv4'].indexOf(name);
  if (stack === 'keys' && tang >= 0) return TANG_ADDRESSES[tang] as string;
  const host = ['edge', 'logs', 'errors', 'backups'].findIndex((each) => name.startsWith(`${each}_`));
  if (stack === 'network' && name.endsWith('_ipv4')) return `192.0.2.${10 + host}`;
  if (stack === 'network' && name.endsWith('_ipv6_network')) return `2001:db8:${10 + host}::/64`;
  throw new Error(`the boot test does not know what \${${expression}} stands for`);
}
