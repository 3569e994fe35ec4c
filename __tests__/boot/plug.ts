import type { Guest } from './guest.ts';

/** Takes the volume away from running guests and gives them other disks of the same number. */
export class Socket {
  private readonly guest: Guest;
  private plugged = 'volume-device';
  private disks = 0;

  constructor(guest: Guest) {
    this.guest = guest;
  }

  async unplug(): Promise<void> {
    if (this.plugged === '') return;
    await this.guest.monitor('device_del', { id: this.plugged });
    this.plugged = '';
    await this.guest.until('[ -z "$(ls /dev/disk/by-id/ | grep scsi-0HC_Volume)" ]', 20);
  }

  /** Plugs a raw disk in, in the place of the one that is there. */
  async plug(file: string): Promise<void> {
    await this.unplug();
    this.disks += 1;
    const node = `disk${this.disks}`;
    this.plugged = `${node}-device`;
    await this.guest.monitor('blockdev-add', {
      ...{ driver: 'raw', 'node-name': node },
      file: { driver: 'file', filename: file },
    });
    await this.guest.monitor('device_add', {
      ...{ driver: 'scsi-hd', id: this.plugged, bus: 'scsi.0', drive: node },
      ...{ vendor: 'HC', product: 'Volume', serial: this.guest.options.volume?.id },
    });
    await this.guest.until('[ -n "$(ls /dev/disk/by-id/ | grep scsi-0HC_Volume)" ]', 20);
  }
}
