import { expectIn, expectSame, type Suite } from './suite.ts';

const DEVICE = 'LUKKO_VOLUME_DEVICE';

/** First boot, what a reboot needs, and Tangs that are away. */
export async function firstBoot(suite: Suite): Promise<void> {
  await suite.scenario('first boot, reboots, key servers away', async () => {
    const volume = suite.volume();
    const guest = suite.guest('backups', 'backups', volume);
    await guest.start();
    await guest.booted();
    await suite.check('cloud-init took user_data from its Hetzner data source', () => {
      expectIn(guest.sshMust('cat /run/cloud-init/result.json'), 'DataSourceHetzner');
    });
    await suite.check('the volume is LUKS2, labelled as ours, and mounted', async () => {
      await guest.until('mountpoint -q /srv/lukko', 60);
      expectIn(
        guest.sshMust(`. /etc/lukko/host.env; cryptsetup luksDump "$${DEVICE}"`),
        /Version:\s+2[\s\S]*Label:\s+lukko\n/,
      );
      expectSame(guest.sshMust('findmnt -no SOURCE /srv/lukko').trim(), '/dev/mapper/lukko-data');
    });
  });
}
