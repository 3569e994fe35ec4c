import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '@lukko/formats';
import { built, documentOf, serversOf, shipped } from '../stacks/built.ts';
import { must } from './run.ts';

/** Where the guest finds its three key servers; QEMU answers there itself. */
export const TANG_ADDRESSES = ['10.0.2.101', '10.0.2.102', '10.0.2.103'] as const;
export const GUEST_ADDRESS = '10.0.2.15';

/**
 * Everything around a guest that is ours in a real deployment: three Tangs with keys of their own, an SSH user CA with an operator's
 * certificate, two age identities, and a configuration that names them. The keys lie beside the saved guests that need them and open
 * nothing else.
 */
export class Site {
  readonly folder: string;
  readonly config: Config;

  constructor(folder: string) {
    this.folder = folder;
    if (!existsSync(folder)) makeKeys(folder);
    const recipients = IDENTITIES.map((name) => must('age-keygen', ['-y', this.at(name)]).trim());
    this.config = shipped('example.yaml', (config) => {
      config.access.sshUserCa = readFileSync(this.at('ca.pub'), 'utf8').trim();
      config.access.ageRecipients = recipients;
      for (const [index, server] of config.keys.servers.entries()) server.thumbprint = this.thumbprint(index);
      // Nothing answers there, and that is known at once: the guest has no network.
      config.system.resolvers = ['127.0.0.1'];
    });
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  private thumbprint(index: number): string {
    const keys = this.at(`tang${index}`);
    const signing = readdirSync(keys).find((file) => readFileSync(path.join(keys, file), 'utf8').includes('"verify"'));
    return must('jose', ['jwk', 'thp', '-a', 'S256', '-i', path.join(keys, signing ?? '')]).trim();
  }

  /**
   * What answers for a key server to one guest: one tangd per connection, as tangd.socket does. A file `tang<n>.down` in the guest's
   * folder takes the server away from it, `tang<n>.other` gives it other keys, as if somebody else answered at its address.
   */
  tangScript(index: number, guest: string): string {
    const [own, other] = [this.at(`tang${index}`), this.at(`other${index}`)];
    const switches = path.join(guest, `tang${index}`);
    return `#!/bin/sh
[ ! -e '${switches}.down' ] || exit 0
keys='${own}'
[ ! -e '${switches}.other' ] || keys='${other}'
exec ${TANGD} "$keys" 2>>'${switches}.log'
`;
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

const TANGD = '/usr/libexec/tangd';
const IDENTITIES = ['age1', 'age2'];

function makeKeys(folder: string): void {
  const work = `${folder}.part`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true, mode: 0o700 });
  const at = (name: string) => path.join(work, name);
  for (const index of TANG_ADDRESSES.keys())
    for (const name of [`tang${index}`, `other${index}`]) {
      mkdirSync(at(name));
      must(`${TANGD}-keygen`, [at(name)]);
    }
  for (const name of ['ca', 'operator'])
    must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `boot test ${name}`, '-f', at(name)]);
  // Valid whatever a guest thinks the time is: some are told a wrong one.
  must('ssh-keygen', [
    '-q',
    '-s',
    at('ca'),
    '-I',
    'operator',
    '-n',
    'root',
    '-V',
    'always:forever',
    at('operator.pub'),
  ]);
  for (const name of IDENTITIES) must('age-keygen', ['-o', at(name)]);
  writeFileSync(
    at('README'),
    'Keys of guests of the boot test. They open nothing else, and can be removed with the guests.\n',
  );
  renameSync(work, folder);
}

const HOSTS = ['edge', 'logs', 'errors', 'backups'];

/** The IPv4 address that Terraform would give a host; of a network that nobody has (RFC 5737). */
export function publicAddress(host: string): string {
  return `192.0.2.${10 + HOSTS.indexOf(host)}`;
}

/** The value of one reference. Another one than these is a change of the stacks this harness must learn. */
function resolve(expression: string, volume: string): string {
  if (expression === 'hcloud_volume.data_volume.id') return volume;
  const [, stack, name = ''] = /^data\.terraform_remote_state\.(\w+)\.outputs\.([\w-]+)$/.exec(expression) ?? [];
  const tang = ['tang-fsn1_ipv4', 'tang-nbg1_ipv4', 'tang-hel1_ipv4'].indexOf(name);
  if (stack === 'keys' && tang >= 0) return TANG_ADDRESSES[tang] as string;
  const host = HOSTS.findIndex((each) => name.startsWith(`${each}_`));
  if (stack === 'network' && name.endsWith('_ipv4')) return publicAddress(HOSTS[host] ?? '');
  if (stack === 'network' && name.endsWith('_ipv6_network')) return `2001:db8:${10 + host}::/64`;
  throw new Error(`the boot test does not know what \${${expression}} stands for`);
}
