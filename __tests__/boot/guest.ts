import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Image } from './image.ts';
import { machineWords, type Volume } from './machine.ts';
import { monitor } from './monitor.ts';
import { must, type Ran, run, sleep } from './run.ts';
import { GUEST_ADDRESS, type Site, TANG_ADDRESSES } from './site.ts';

/** Factor on every time limit, which only ends a test that hangs: emulation on a busy machine is slow. */
export const PATIENCE = 10;
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

export interface GuestOptions {
  readonly name: string;
  readonly folder: string;
  readonly image: Image;
  readonly site: Site;
  readonly userData: string;
  readonly volume?: Volume;
  readonly accelerated: boolean;
  /** A root disk to go on from, which is not written to; the image's own otherwise. */
  readonly root?: string;
  /** More words for QEMU. */
  readonly extra?: readonly string[];
  /** Addresses with their lengths, of each network interface that these words add. */
  readonly nics?: readonly (readonly string[])[];
}

/**
 * A virtual server as Hetzner would start it: the metadata service at its link-local address (so that cloud-init's own Hetzner data
 * source finds it), a volume by its by-id path, and the key servers behind addresses of the user network. Nothing else is reachable.
 * What the harness adds stands on the kernel's command line alone: the journal is copied to the console.
 */
export class Guest {
  readonly options: GuestOptions;
  readonly folder: string;
  private process: ChildProcess | undefined;
  private port = 0;
  private boots = 0;

  constructor(options: GuestOptions) {
    this.options = options;
    this.folder = options.folder;
    mkdirSync(this.folder, { recursive: true });
    const { root } = options;
    this.newRoot(root === undefined ? [options.image.root, 'raw'] : [root, 'qcow2']);
    this.serve(options.userData);
    for (const index of TANG_ADDRESSES.keys())
      this.script(`tang${index}.sh`, options.site.tangScript(index, this.folder));
  }

  get sshPort(): number {
    return this.port;
  }

  get disk(): string {
    return path.join(this.folder, 'root.qcow2');
  }

  get socket(): string {
    return path.join(this.folder, 'qmp.sock');
  }

  /** What stood on the console since the last start, without escape sequences. */
  get console(): string {
    const file = this.consoleFile(this.boots);
    return existsSync(file) ? readFileSync(file, 'utf8').replace(ESCAPES, '') : '';
  }

  consoleFile(boot: number): string {
    return path.join(this.folder, `console-${boot}.log`);
  }

  private newRoot([backing, format]: readonly [string, string]): void {
    rmSync(this.disk, { force: true });
    must('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', format, '-b', backing, this.disk]);
  }

  private script(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text);
    chmodSync(path.join(this.folder, name), 0o755);
  }

  /** The text the metadata service hands out from now on. */
  serve(userData: string): void {
    const nic = (index: number, subnet: string) =>
      `  - {type: physical, name: eth${index}, mac_address: "52:54:00:00:00:0${index}", subnets: [${subnet}]}\n`;
    const fixed = (addresses: readonly string[]) =>
      addresses.map((address) => `{type: static, address: ${address}}`).join(', ');
    const nics = [[`${GUEST_ADDRESS}/24`], ...(this.options.nics ?? [])].map((addresses, index) =>
      nic(index + 1, fixed(addresses)),
    );
    const metadata = [
      `hostname: ${this.options.name}\ninstance-id: "4711"\npublic-ipv4: 192.0.2.1\nregion: eu-central\n`,
      `public-keys:\n- ${readFileSync(this.options.site.at('ca.pub'), 'utf8')}`,
      `network-config:\n  version: 1\n  config:\n${nic(0, '{type: dhcp}')}${nics.join('')}`,
    ].join('');
    const files = { userdata: userData, metadata, 'instance-id': '4711' };
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(this.folder, file), text);
    this.script(
      'metadata.sh',
      `#!/bin/sh
read -r _ path _
while read -r line && [ "\${#line}" -gt 1 ]; do :; done
case $path in
  /hetzner/v1/userdata | /hetzner/v1/metadata | /hetzner/v1/metadata/instance-id) file='${this.folder}'/\${path##*/} status='200 OK' ;;
  *) file=/dev/null status='404 Not Found' ;;
esac
printf 'HTTP/1.1 %s\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n' "$status" "$(wc -c <"$file")"
exec cat "$file"
`,
    );
  }

  /** Takes a key server away from this guest, brings it back, or lets somebody else answer in its place. */
  tang(index: number, state: 'up' | 'down' | 'other'): void {
    for (const each of ['down', 'other'])
      if (each === state) writeFileSync(path.join(this.folder, `tang${index}.${each}`), '');
      else rmSync(path.join(this.folder, `tang${index}.${each}`), { force: true });
  }

  /** Gives the server a new root disk from its image, as Hetzner's rebuild action does; the volume stays. */
  rebuild(userData: string): void {
    this.newRoot([this.options.image.root, 'raw']);
    this.serve(userData);
  }

  /** Starts it, or lets it go on from a memory that was saved. */
  async start(memory?: string): Promise<void> {
    const { image, volume, accelerated, extra = [] } = this.options;
    this.boots += 1;
    this.port = await freePort();
    const { folder, port: sshPort } = this;
    const incoming = memory === undefined ? [] : ['-incoming', `exec:cat '${memory}'`];
    const words = machineWords({
      ...{ image, accelerated, folder, sshPort, extra: [...extra, ...incoming] },
      console: this.consoleFile(this.boots),
      ...(volume === undefined ? {} : { volume }),
    });
    const log = openSync(path.join(folder, 'qemu.log'), 'a');
    this.process = spawn('qemu-system-x86_64', words, { stdio: ['ignore', log, log] });
    closeSync(log);
    running.add(this);
    if (memory === undefined) return;
    await this.wait('its saved memory', 60, async () => (await this.status()) === 'paused');
    await this.monitor('cont');
  }

  private async status(): Promise<unknown> {
    if (!existsSync(this.socket)) return undefined;
    return ((await this.monitor('query-status').catch(() => ({}))) as { status?: string }).status;
  }

  monitor(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return monitor(this.socket, command, args);
  }

  /** Stops the processor, so that memory and disks can be copied as they are at one moment; `monitor('cont')` goes on. */
  async saveMemory(file: string): Promise<void> {
    this.closeSsh();
    await this.monitor('stop');
    await this.monitor('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 });
    await this.monitor('migrate', { uri: `exec:cat >'${file}'` });
    let status: string | undefined;
    await this.wait('its memory to be saved', 60, async () => {
      status = ((await this.monitor('query-migrate')) as { status?: string }).status;
      return status === 'completed' || status === 'failed';
    });
    if (status !== 'completed') throw new Error(`the memory of ${this.options.name} was not saved`);
  }

  /** One connection per boot: a handshake is dear where the processor is emulated. */
  private get control(): string {
    return path.join(this.folder, 'ssh');
  }

  private closeSsh(): void {
    run('ssh', ['-o', `ControlPath=${this.control}`, '-O', 'exit', 'guest']);
  }

  /** What follows `ssh` to run a command on the guest as root, with the operator's certificate. */
  sshWords(command: string): readonly string[] {
    const { site } = this.options;
    const control = ['-o', 'ControlMaster=auto', '-o', 'ControlPersist=600', '-o', `ControlPath=${this.control}`];
    return ['-p', String(this.port), '-i', site.at('operator'), ...control, ...SSH_OPTIONS, 'root@127.0.0.1', command];
  }

  ssh(command: string, input?: string | Buffer): Ran {
    return run('ssh', this.sshWords(command), { input: input ?? '', timeout: 120_000 * PATIENCE });
  }

  /** What a command prints that must succeed. */
  sshMust(command: string, input?: string | Buffer): string {
    const { status, stdout, stderr } = this.ssh(command, input);
    if (status !== 0)
      throw new Error(`on ${this.options.name}: ${command} ended with ${status}: ${stderr.trim()} ${stdout.trim()}`);
    return stdout;
  }

  /** Waits until a command succeeds on the guest. */
  async until(command: string, seconds: number): Promise<void> {
    let last = '';
    await this.wait(
      `\`${command}\``,
      seconds,
      () => {
        const { status, stdout, stderr } = this.ssh(command);
        last = `${stdout} ${stderr}`.trim();
        return status === 0;
      },
      () => last,
    );
  }

  /** Waits until a line stands on the console. */
  async untilConsole(pattern: RegExp, seconds: number): Promise<void> {
    await this.wait(String(pattern), seconds, () => pattern.test(this.console), undefined, 50);
  }

  private async wait(
    what: string,
    seconds: number,
    done: () => boolean | Promise<boolean>,
    last: () => string = () => this.console.slice(-1500),
    pause = 2000,
  ): Promise<void> {
    const end = Date.now() + seconds * 1000 * PATIENCE;
    while (!(await done())) {
      if (this.process === undefined || this.process.exitCode !== null)
        throw new Error(`${this.options.name} stopped while waiting for ${what}; ${this.console.slice(-1500)}`);
      if (Date.now() > end)
        throw new Error(`${this.options.name}: waited ${seconds * PATIENCE} s for ${what}; ${last()}`);
      await sleep(pause);
    }
  }

  /** First boot or any other: until cloud-init has done all it does; SSH answers then. */
  async booted(): Promise<void> {
    await this.untilConsole(/Cloud-init v\. \S+ finished at/, 120);
    await this.until('true', 60);
  }

  /** Until the volume is open and everything behind it was started. The console is asked first: a question over SSH costs seconds. */
  async serves(): Promise<void> {
    await this.untilConsole(/Reached target lukko-data\.target/, 90);
    await this.until('mountpoint -q /srv/lukko && systemctl is-active -q lukko-data.target lukko-journal.service', 60);
  }

  /** Orderly: the guest powers itself off. */
  async powerOff(): Promise<void> {
    this.ssh('systemctl poweroff');
    await this.ended(90);
  }

  /** As when the machine loses power: nothing is told, nothing is written. */
  async cutPower(): Promise<void> {
    this.process?.kill('SIGKILL');
    await this.ended(20);
  }

  async reboot(): Promise<void> {
    await this.powerOff();
    await this.start();
  }

  private async ended(seconds: number): Promise<void> {
    const { process } = this;
    const end = Date.now() + seconds * 1000 * PATIENCE;
    while (process !== undefined && process.exitCode === null && process.signalCode === null) {
      if (Date.now() > end) {
        process.kill('SIGKILL');
        const said = this.console.slice(-1500);
        throw new Error(`${this.options.name} did not power off in ${seconds * PATIENCE} s; ${said}`);
      }
      await sleep(100);
    }
    this.forget();
  }

  private forget(): void {
    this.closeSsh();
    running.delete(this);
  }

  kill(): void {
    this.process?.kill('SIGKILL');
    this.forget();
  }
}

/** Ends every guest that still runs. */
export function endGuests(): void {
  for (const guest of running) guest.kill();
}

/** Guests that run; ended with the harness, whatever ends it. */
const running = new Set<Guest>();
process.on('exit', endGuests);

const SSH_OPTIONS = [
  ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=20', '-o', 'LogLevel=ERROR'],
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'IdentitiesOnly=yes'],
];

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
