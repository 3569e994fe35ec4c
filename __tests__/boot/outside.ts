import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '@lukko/formats';
import { freePort } from '../ports.ts';
import { ended, freeUdp } from '../stacks/front.ts';
import type { Outside as Settings } from './outside-process.ts';
import { must, type Ran, run, sleep } from './run.ts';
import { publicAddress } from './site.ts';
import type { Suite } from './suite.ts';
import { pebbleProgram } from './tools.ts';

const AUTHORITY = 'authority.example';
const DIRECTORY = `https://${AUTHORITY}/dir`;
/** On two more networks of the guest: one for connections, one for names. */
const [HOST, NAMED] = ['10.0.4.15', '10.0.5.15'];
const [AUTHORITY_ADDRESS, UPSTREAM_ADDRESS, RESOLVER] = ['10.0.4.100', '10.0.4.101', '10.0.5.53'];
const KEY_ID = 'kid-1';
const MAC = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';

/**
 * A public network around one guest, as far as certificates need one: the guest has its public address, a resolver on a network of its
 * own, an authority (Let's Encrypt's Pebble, with account binding) and an upstream behind addresses; the authority and a client connect to
 * the guest's ports 80 and 443. Nothing else is reachable, as ever.
 */
export class Outside {
  private readonly ports: Readonly<Record<'http' | 'https' | 'acme' | 'management', number>>;
  private readonly settings: Settings;
  private readonly localFrames: number;
  private readonly folder: string;
  private readonly host: string;
  private readonly children: ChildProcess[] = [];

  private constructor(
    folder: string,
    host: string,
    ports: Readonly<Record<'http' | 'https' | 'acme' | 'management', number>>,
    settings: Settings,
    localFrames: number,
  ) {
    this.folder = folder;
    this.host = host;
    this.ports = ports;
    this.settings = settings;
    this.localFrames = localFrames;
  }

  /** Starts all of it; gives why not where the authority cannot be had here. */
  static async open(suite: Suite, host: string): Promise<Outside | { readonly missing: string }> {
    const pebble = pebbleProgram();
    if ('missing' in pebble) return pebble;
    const folder = suite.file(`outside-${host}`);
    mkdirSync(folder, { recursive: true });
    const { domain, upstreams } = suite.site.config;
    const upstreamHosts = upstreams.map(({ to }) => new URL(to).hostname);
    const ports = {
      http: await freePort(),
      https: await freePort(),
      acme: await freePort(),
      management: await freePort(),
    };
    const names = {
      ...Object.fromEntries(upstreams.map(({ name }) => [name, publicAddress('edge')])),
      ...Object.fromEntries(upstreamHosts.map((name) => [name, UPSTREAM_ADDRESS])),
      [AUTHORITY]: AUTHORITY_ADDRESS,
      [`${host}.${domain}`]: publicAddress(host),
    };
    const settings: Settings = {
      ...{
        frames: await freeUdp(),
        resolver: RESOLVER,
        names,
        dns: await freeUdp(),
        domain,
        upstream: await freePort(),
      },
      ...{ certificate: `${folder}/upstream.pem`, key: `${folder}/upstream.key` },
    };
    const outside = new Outside(folder, host, ports, settings, await freeUdp());
    outside.certify('authority', AUTHORITY);
    outside.certify('upstream', upstreamHosts[0] ?? 'nobody.example');
    outside.certify('operator', 'operator', 'operators');
    outside.certify('stranger', 'operator', 'strangers');
    await outside.start(pebble.program);
    return outside;
  }

  /** The name of the host. */
  get name(): string {
    return `${this.host}.${this.settings.domain}`;
  }

  /** Two lines as `lukko secrets seal` takes them for `acme-account`. */
  readonly binding = `${KEY_ID}\n${MAC}`;

  /** The host asks this authority, and this resolver for names; it knows the operators' authority. */
  readonly change = (config: Config): void => {
    Object.assign(config.certificates.authority, { directory: DIRECTORY });
    config.system.resolvers = [RESOLVER];
    config.access.queryCa = readFileSync(this.at('operators.pem'), 'utf8');
  };

  /** PEM of the root that certificates are traced back to; a client has no other. */
  get root(): string {
    return path.join(this.folder, 'root.pem');
  }

  /** What programs on the host must trust beside: the authority and the upstream serve TLS themselves. */
  get trusted(): string {
    return `${readFileSync(this.at('ca.pem'), 'utf8')}${readFileSync(this.root, 'utf8')}`;
  }

  /** The interfaces of the guest that are more than every guest's, with their addresses. */
  get nics(): readonly (readonly string[])[] {
    return [[`${HOST}/24`, `${publicAddress(this.host)}/32`], [`${NAMED}/24`]];
  }

  /** QEMU's words for them. */
  get words(): readonly string[] {
    const { http, https } = this.ports;
    const forwards = [
      `hostfwd=tcp:127.0.0.1:${http}-${HOST}:80,hostfwd=tcp:127.0.0.1:${https}-${HOST}:443`,
      `guestfwd=tcp:${AUTHORITY_ADDRESS}:443-cmd:${this.relay('authority', this.ports.acme)}`,
      `guestfwd=tcp:${UPSTREAM_ADDRESS}:443-cmd:${this.relay('upstream', this.settings.upstream)}`,
    ];
    return [
      ...['-netdev', `user,id=n2,net=10.0.4.0/24,restrict=on,${forwards.join(',')}`],
      ...['-device', 'virtio-net-pci,id=nic2,netdev=n2,mac=52:54:00:00:00:02,romfile='],
      ...['-netdev', `socket,id=n3,udp=127.0.0.1:${this.settings.frames},localaddr=127.0.0.1:${this.localFrames}`],
      ...['-device', 'virtio-net-pci,id=nic3,netdev=n3,mac=52:54:00:00:00:03,romfile='],
    ];
  }

  /** Takes the authority away from the guest, or brings it back. */
  authority(state: 'up' | 'down'): void {
    if (state === 'down') writeFileSync(this.at('authority.down'), '');
    else rmSync(this.at('authority.down'), { force: true });
  }

  /** What a client on the network gets that trusts the authority's root alone; `scheme://name` as they are in public. */
  ask(target: string, args: readonly string[] = [], name = this.name, scheme = 'https'): Ran {
    const { http, https } = this.ports;
    const to = ['--connect-to', `${name}:443:127.0.0.1:${https}`, '--connect-to', `${name}:80:127.0.0.1:${http}`];
    return run('curl', ['-sS', '-m', '120', '--cacert', this.root, ...to, ...args, `${scheme}://${name}${target}`]);
  }

  /** The status of the same, as text; `000` where there is no answer. */
  status(target: string, args: readonly string[] = [], name = this.name): string {
    return this.ask(target, ['-o', '/dev/null', '-w', '%{http_code}', ...args], name).stdout;
  }

  /** What a TLS client says of the handshake and of the certificates it was shown. */
  handshake(name = this.name): string {
    const args = ['-connect', `127.0.0.1:${this.ports.https}`, '-servername', name, '-verify_hostname', name];
    const { stdout, stderr } = run('openssl', ['s_client', ...args, '-CAfile', this.root, '-verify_return_error']);
    return stdout + stderr;
  }

  async close(): Promise<void> {
    for (const child of this.children) await ended(child, 'SIGKILL');
  }

  private at(name: string): string {
    return path.join(this.folder, name);
  }

  /** One process per connection of the guest, as QEMU asks for; nothing answers while the file beside it is there. */
  private relay(name: string, port: number): string {
    const file = this.at(`${name}.sh`);
    const both = `const n=require('node:net'),g=new n.Socket({fd:0,readable:true,writable:true}),s=n.connect(${port},'127.0.0.1');for(const e of [g,s])e.on('error',()=>process.exit());g.pipe(s).pipe(g)`;
    writeFileSync(
      file,
      `#!/bin/sh\n[ ! -e '${this.at(name)}.down' ] || exit 0\nexec '${process.execPath}' -e "${both}"\n`,
    );
    chmodSync(file, 0o755);
    return file;
  }

  /** curl's words for a client with an operator's certificate, and for one with somebody else's. */
  get operator(): readonly string[] {
    return ['--cert', this.at('operator.pem'), '--key', this.at('operator.key')];
  }

  get stranger(): readonly string[] {
    return ['--cert', this.at('stranger.pem'), '--key', this.at('stranger.key')];
  }

  /** A certificate, signed by an authority of this run alone: that of servers, or another one. */
  private certify(file: string, name: string, by = 'ca'): void {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const [ca, caKey] = [this.at(`${by}.pem`), this.at(`${by}.key`)];
    if (!existsSync(ca)) must('openssl', ['req', '-x509', ...key, '-subj', `/CN=${by}`, '-keyout', caKey, '-out', ca]);
    const leaf = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const signer = ['-CA', ca, '-CAkey', caKey, '-addext', 'basicConstraints=critical,CA:FALSE'];
    const to = ['-keyout', this.at(`${file}.key`), '-out', this.at(`${file}.pem`)];
    must('openssl', ['req', '-x509', ...key, ...leaf, ...signer, ...to]);
  }

  private async start(pebble: string): Promise<void> {
    const { ports, settings } = this;
    const log = openSync(this.at('outside.log'), 'a');
    const names = fork(path.join(__dirname, 'outside-process.ts'), [JSON.stringify(settings)], {
      stdio: ['ignore', log, log, 'ipc'],
    });
    this.children.push(names);
    await Promise.race([
      once(names, 'message'),
      once(names, 'exit').then(() => Promise.reject(new Error(readFileSync(this.at('outside.log'), 'utf8')))),
    ]);
    const authority = {
      ...{ listenAddress: `127.0.0.1:${ports.acme}`, managementListenAddress: `127.0.0.1:${ports.management}` },
      ...{ certificate: this.at('authority.pem'), privateKey: this.at('authority.key') },
      // Where it connects to when it looks whether a name is served by who asks: the guest's own ports.
      ...{ httpPort: ports.http, tlsPort: ports.https },
      ...{ externalAccountBindingRequired: true, externalAccountMACKeys: { [KEY_ID]: MAC } },
      profiles: { default: { description: 'the only one', validityPeriod: 7 * 86_400 } },
    };
    writeFileSync(this.at('pebble.json'), JSON.stringify({ pebble: authority }));
    // Its sleeps and refused nonces are there to try a client's patience.
    const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' };
    const args = ['-config', this.at('pebble.json'), '-dnsserver', `127.0.0.1:${settings.dns}`];
    this.children.push(spawn(pebble, args, { env, stdio: ['ignore', log, log] }));
    for (const child of this.children) process.once('exit', () => child.kill('SIGKILL'));
    const root = ['-sf', '--insecure', '-o', this.root, `https://127.0.0.1:${ports.management}/roots/0`];
    for (let tries = 0; run('curl', root).status !== 0; tries += 1) {
      if (tries === 200) throw new Error(`Pebble does not answer: ${readFileSync(this.at('outside.log'), 'utf8')}`);
      await sleep(100);
    }
  }
}
