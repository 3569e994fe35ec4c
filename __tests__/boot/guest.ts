import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Image } from './image.ts';
import { must, type Ran, run, sleep } from './run.ts';
import { GUEST_ADDRESS, type Site, TANG_ADDRESSES } from './site.ts';

/** Factor on every time limit, which only ends a test that hangs: emulation on a busy machine is slow. */
const PATIENCE = 15;
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

export interface GuestOptions {
  readonly name: string;
  readonly image: Image;
  readonly site: Site;
  readonly userData: string;
  /** The disk that looks like a Hetzner volume, and the number of that volume. */
  readonly volume?: { readonly file: string; readonly id: string };
  /** Whether the processor's own virtualisation works here; emulated otherwise. */
  readonly accelerated: boolean;
  /** More words for QEMU. */
  readonly extra?: readonly string[];
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
    this.folder = options.site.at(options.name);
    mkdirSync(this.folder);
    must('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', options.image.root, this.disk]);
    this.serve(options.userData);
  }

  get sshPort(): number {
    return this.port;
  }

  get disk(): string {
    return path.join(this.folder, 'root.qcow2');
  }

  /** What stood on the console since the last start, without escape sequences. */
  get console(): string {
    const file = path.join(this.folder, `console-${this.boots}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8').replace(ESCAPES, '') : '';
  }

  /** The text the metadata service hands out from now on. */
  serve(userData: string): void {
    const { name } = this.options;
    const nic = (index: number, subnet: string) =>
      `  - {type: physical, name: eth${index}, mac_address: "52:54:00:00:00:0${index}", subnets: [${subnet}]}\n`;
    const metadata = [
      `hostname: ${name}\ninstance-id: "4711"\npublic-ipv4: 192.0.2.1\nregion: eu-central\n`,
      `public-keys:\n- ${readFileSync(this.options.site.at('ca.pub'), 'utf8')}`,
      `network-config:\n  version: 1\n  config:\n${nic(0, '{type: dhcp}')}${nic(1, `{type: static, address: ${GUEST_ADDRESS}/24}`)}`,
    ].join('');
    const files = { userdata: userData, metadata, 'instance-id': '4711' };
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(this.folder, file), text);
    const answer = `#!/bin/sh
read -r _ path _
while read -r line && [ "\${#line}" -gt 1 ]; do :; done
case $path in
  /hetzner/v1/userdata | /hetzner/v1/metadata | /hetzner/v1/metadata/instance-id) file='${this.folder}'/\${path##*/} status='200 OK' ;;
  *) file=/dev/null status='404 Not Found' ;;
esac
printf 'HTTP/1.1 %s\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n' "$status" "$(wc -c <"$file")"
exec cat "$file"
`;
    writeFileSync(path.join(this.folder, 'metadata.sh'), answer);
    chmodSync(path.join(this.folder, 'metadata.sh'), 0o755);
  }

  /** Gives the server a new root disk from its image, as Hetzner's rebuild action does; the volume stays. */
  rebuild(userData: string): void {
    rmSync(this.disk);
    must('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', this.options.image.root, this.disk]);
    this.serve(userData);
  }

  async start(): Promise<void> {
    const { image, site, volume, accelerated, extra = [] } = this.options;
    this.boots += 1;
    this.plugged = 'volume-device';
    this.port = await freePort();
    const tangs = TANG_ADDRESSES.map(
      (address, index) => `guestfwd=tcp:${address}:7500-cmd:${site.at(`tang${index}.sh`)}`,
    );
    const args = [
      ...machine(accelerated),
      ...['-m', '2048', '-display', 'none', '-monitor', 'none', '-nodefaults', '-no-reboot'],
      ...['-smbios', 'type=1,manufacturer=Hetzner,product=vServer,serial=4711'],
      ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', COMMAND_LINE],
      ...['-serial', `file:${path.join(this.folder, `console-${this.boots}.log`)}`],
      ...['-qmp', `unix:${this.qmp},server=on,wait=off`],
      ...['-device', 'virtio-rng-pci'],
      ...['-drive', `if=virtio,file=${this.disk},format=qcow2,cache=unsafe`],
      ...[
        '-netdev',
        `user,id=n0,net=169.254.0.0/16,restrict=on,guestfwd=tcp:169.254.169.254:80-cmd:${this.folder}/metadata.sh`,
      ],
      ...['-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:00:00:00,romfile='],
      ...[
        '-netdev',
        `user,id=n1,net=10.0.2.0/24,restrict=on,hostfwd=tcp:127.0.0.1:${this.port}-${GUEST_ADDRESS}:22,${tangs.join(',')}`,
      ],
      ...['-device', 'virtio-net-pci,netdev=n1,mac=52:54:00:00:00:01,romfile='],
      ...['-device', 'virtio-scsi-pci,id=scsi'],
      ...(volume === undefined
        ? []
        : [
            '-drive',
            `if=none,id=volume,file=${volume.file},format=raw,cache=none,discard=unmap`,
            '-device',
            volumeDevice(volume.id),
          ]),
      ...extra,
    ];
    const log = openSync(path.join(this.folder, 'qemu.log'), 'a');
    this.process = spawn('qemu-system-x86_64', args, { stdio: ['ignore', log, log] });
    running.add(this);
  }

  /** One connection per boot: a handshake is dear where the processor is emulated. */
  private get control(): string {
    return path.join(this.folder, 'ssh');
  }

  private get qmp(): string {
    return path.join(this.folder, 'qmp.sock');
  }

  /** A command of QEMU's monitor protocol. */
  monitor(command: string, args: Record<string, unknown> = {}): void {
    const input = `${JSON.stringify({ execute: 'qmp_capabilities' })}\n${JSON.stringify({ execute: command, arguments: args })}\n`;
    const { stdout } = run('socat', ['-t2', '-', `UNIX-CONNECT:${this.qmp}`], { input });
    if (!stdout.includes('"return"') || stdout.includes('"error"'))
      throw new Error(`QEMU refused ${command}: ${stdout}`);
  }

  private plugged = 'volume-device';

  /** Takes the volume away from the running guest and gives it another disk of the same number, or none. */
  async swapVolume(file: string | undefined): Promise<void> {
    const { volume } = this.options;
    if (this.plugged !== '') this.monitor('device_del', { id: this.plugged });
    this.plugged = '';
    await this.until('[ -z "$(ls /dev/disk/by-id/ | grep scsi-0HC_Volume)" ]', 20);
    if (file === undefined || volume === undefined) return;
    this.disks += 1;
    const node = `disk${this.disks}`;
    this.monitor('blockdev-add', { driver: 'raw', 'node-name': node, file: { driver: 'file', filename: file } });
    const device = { driver: 'scsi-hd', id: `${node}-device`, bus: 'scsi.0', drive: node };
    this.monitor('device_add', { ...device, vendor: 'HC', product: 'Volume', serial: volume.id });
    this.plugged = `${node}-device`;
    await this.until('[ -n "$(ls /dev/disk/by-id/ | grep scsi-0HC_Volume)" ]', 20);
  }

  private disks = 0;

  /** Runs a command on the guest as root, over SSH with the operator's certificate. */
  ssh(command: string, input?: string | Buffer): Ran {
    const { site } = this.options;
    const control = ['-o', 'ControlMaster=auto', '-o', 'ControlPersist=600', '-o', `ControlPath=${this.control}`];
    const args = [
      '-p',
      String(this.port),
      '-i',
      site.at('operator'),
      ...control,
      ...SSH_OPTIONS,
      'root@127.0.0.1',
      command,
    ];
    return run('ssh', args, { input: input ?? '', timeout: 300_000 * PATIENCE });
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
    await this.wait(
      String(pattern),
      seconds,
      () => pattern.test(this.console),
      () => this.console.slice(-1500),
      50,
    );
  }

  private async wait(
    what: string,
    seconds: number,
    done: () => boolean,
    last: () => string,
    pause = 700,
  ): Promise<void> {
    const end = Date.now() + seconds * 1000 * PATIENCE;
    while (!done()) {
      if (this.process?.exitCode !== null)
        throw new Error(`${this.options.name} stopped while waiting for ${what}; ${this.console.slice(-1500)}`);
      if (Date.now() > end)
        throw new Error(`${this.options.name}: waited ${seconds * PATIENCE} s for ${what}; ${last()}`);
      await sleep(pause);
    }
  }

  /** First boot or any other: until cloud-init has done all it does; SSH answers then. */
  async booted(): Promise<void> {
    await this.untilConsole(/Cloud-init v\. \S+ finished at/, 120);
    await this.until('true', 20);
  }

  /** Orderly: the guest powers itself off. */
  async powerOff(): Promise<void> {
    this.ssh('systemctl poweroff');
    await this.ended(120);
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
        throw new Error(
          `${this.options.name} did not power off in ${seconds * PATIENCE} s; ${this.console.slice(-1500)}`,
        );
      }
      await sleep(100);
    }
    this.forget();
  }

  private forget(): void {
    run('ssh', ['-o', `ControlPath=${this.control}`, '-O', 'exit', 'guest']);
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

function machine(accelerated: boolean): readonly string[] {
  if (accelerated) return ['-machine', 'q35,accel=kvm', '-cpu', 'host', '-smp', '2'];
  // One processor: two emulated ones now and then run into a kernel that is patching its own code, and it stops.
  return ['-machine', 'q35', '-accel', 'tcg', '-cpu', 'max,la57=off', '-smp', '1'];
}

/** Whether a guest starts with /dev/kvm: that the device is there says little, inside another virtual machine least of all. */
export async function canAccelerate(image: Image, folder: string): Promise<boolean> {
  const console = path.join(folder, 'probe.log');
  const boot = ['-kernel', image.kernel, '-initrd', image.initrd, '-append', 'console=ttyS0 panic=-1'];
  const args = [...machine(true), ...['-m', '512', '-display', 'none', '-nodefaults', '-no-reboot'], ...boot];
  const probe = spawn('qemu-system-x86_64', [...args, '-serial', `file:${console}`], { stdio: 'ignore' });
  for (let waited = 0; waited < 40 && probe.exitCode === null; waited += 1) {
    await sleep(250);
    if (existsSync(console) && readFileSync(console, 'utf8').includes('Linux version')) break;
  }
  probe.kill('SIGKILL');
  return existsSync(console) && readFileSync(console, 'utf8').includes('Linux version');
}

const COMMAND_LINE = [
  'root=/dev/vda rw console=ttyS0 panic=-1 quiet',
  'systemd.journald.forward_to_console=1 systemd.journald.max_level_console=info',
].join(' ');
const SSH_OPTIONS = [
  ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=4', '-o', 'LogLevel=ERROR'],
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'IdentitiesOnly=yes'],
];

/** What makes udev name it /dev/disk/by-id/scsi-0HC_Volume_<id>, as at Hetzner. */
export function volumeDevice(id: string): string {
  return `scsi-hd,id=volume-device,bus=scsi.0,drive=volume,vendor=HC,product=Volume,serial=${id}`;
}

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
