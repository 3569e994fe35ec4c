import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Image } from './image.ts';
import { sleep } from './run.ts';
import { GUEST_ADDRESS, TANG_ADDRESSES } from './site.ts';

/** The disk that looks like a Hetzner volume, and the number of that volume. */
export interface Volume {
  readonly file: string;
  readonly id: string;
}

export interface MachineOptions {
  readonly image: Image;
  /** Whether the processor's own virtualisation works here; emulated otherwise. */
  readonly accelerated: boolean;
  /** Where the guest's scripts, disk and sockets lie. */
  readonly folder: string;
  readonly console: string;
  readonly sshPort: number;
  readonly volume?: Volume;
  /** More words for QEMU. */
  readonly extra?: readonly string[];
}

/** QEMU's words for a virtual server as Hetzner would start it. */
export function machineWords(options: MachineOptions): readonly string[] {
  const { image, accelerated, folder, console, sshPort, volume, extra = [] } = options;
  const tangs = TANG_ADDRESSES.map(
    (address, index) => `guestfwd=tcp:${address}:7500-cmd:${path.join(folder, `tang${index}.sh`)}`,
  );
  return [
    ...processor(accelerated),
    ...['-m', '2048', '-display', 'none', '-monitor', 'none', '-nodefaults', '-no-reboot'],
    ...['-smbios', 'type=1,manufacturer=Hetzner,product=vServer,serial=4711'],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', COMMAND_LINE],
    ...['-serial', `file:${console}`],
    ...['-qmp', `unix:${path.join(folder, 'qmp.sock')},server=on,wait=off`],
    ...['-device', 'virtio-rng-pci'],
    // What the guest flushes is written to the file; only the wait for this machine's own disk is left out.
    ...['-drive', `if=virtio,file=${path.join(folder, 'root.qcow2')},format=qcow2,cache=unsafe`],
    ...[
      '-netdev',
      `user,id=n0,net=169.254.0.0/16,restrict=on,guestfwd=tcp:169.254.169.254:80-cmd:${path.join(folder, 'metadata.sh')}`,
    ],
    ...['-device', 'virtio-net-pci,id=nic0,netdev=n0,mac=52:54:00:00:00:00,romfile='],
    ...[
      '-netdev',
      `user,id=n1,net=10.0.2.0/24,restrict=on,hostfwd=tcp:127.0.0.1:${sshPort}-${GUEST_ADDRESS}:22,${tangs.join(',')}`,
    ],
    ...['-device', 'virtio-net-pci,id=nic1,netdev=n1,mac=52:54:00:00:00:01,romfile='],
    ...['-device', 'virtio-scsi-pci,id=scsi'],
    ...(volume === undefined ? [] : volumeWords(volume)),
    ...extra,
  ];
}

/** What makes udev name it /dev/disk/by-id/scsi-0HC_Volume_<id>, as at Hetzner. */
function volumeWords({ file, id }: Volume): readonly string[] {
  return [
    ...['-drive', `if=none,id=volume,file=${file},format=raw,cache=unsafe,discard=unmap`],
    ...['-device', `scsi-hd,id=volume-device,bus=scsi.0,drive=volume,vendor=HC,product=Volume,serial=${id}`],
  ];
}

function processor(accelerated: boolean): readonly string[] {
  if (accelerated) return ['-machine', 'q35,accel=kvm', '-cpu', 'host', '-smp', '2'];
  // One processor: two emulated ones now and then run into a kernel that is patching its own code, and it stops.
  return ['-machine', 'q35', '-accel', 'tcg', '-cpu', 'max,la57=off', '-smp', '1'];
}

const COMMAND_LINE = [
  // Mitigations keep others on the same processor out; emulated, they cost a tenth and there are no others.
  'root=/dev/vda rw console=ttyS0 panic=-1 quiet mitigations=off',
  'systemd.journald.forward_to_console=1 systemd.journald.max_level_console=info',
].join(' ');

/** Part of the name of what was saved: a guest goes on only in the machine it was saved from. */
export const MACHINE = `${COMMAND_LINE} 2048 q35`;

/** Whether a guest starts with /dev/kvm: that the device is there says little, inside another virtual machine least of all. */
export async function canAccelerate(image: Image, folder: string): Promise<boolean> {
  if (!existsSync('/dev/kvm')) return false;
  const console = path.join(folder, 'probe.log');
  const boot = ['-kernel', image.kernel, '-initrd', image.initrd, '-append', 'console=ttyS0 panic=-1'];
  const words = [...processor(true), ...['-m', '512', '-display', 'none', '-nodefaults', '-no-reboot'], ...boot];
  const probe = spawn('qemu-system-x86_64', [...words, '-serial', `file:${console}`], { stdio: 'ignore' });
  process.once('exit', () => probe.kill('SIGKILL'));
  for (let waited = 0; waited < 40 && probe.exitCode === null; waited += 1) {
    await sleep(250);
    if (existsSync(console) && readFileSync(console, 'utf8').includes('Linux version')) break;
  }
  probe.kill('SIGKILL');
  return existsSync(console) && readFileSync(console, 'utf8').includes('Linux version');
}
