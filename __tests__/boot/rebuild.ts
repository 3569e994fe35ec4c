import { MARKER, serves } from './first-boot.ts';
import { expectIn, expectSame, type Suite } from './suite.ts';

/** What `lukko host rebuild` leads to: another root disk with another payload, on the volume as it was. */
export async function rebuild(suite: Suite): Promise<void> {
  await suite.scenario('rebuilt with another payload on the same volume', async () => {
    const volume = suite.volume();
    const guest = suite.guest('rebuilt', 'backups', volume);
    await guest.start();
    await guest.booted();
    await serves(guest);
    guest.sshMust(
      `printf '${MARKER}' >/srv/lukko/restic/marker; chown 974 /srv/lukko/restic/marker; logger -t before rebuilt-journal-line; journalctl --sync`,
    );
    const identity = guest.sshMust('cat /srv/lukko/identity/ssh_host_ed25519_key.pub');
    const uuid = guest.sshMust('/usr/local/lib/lukko/luks-uuid').trim();
    expectSame(guest.ssh('/usr/local/lib/lukko/quiesce').status, 0);
    await guest.powerOff();
    guest.rebuild(
      suite.site.userData('backups', volume.id, (config) => {
        config.hosts.backups.volume.luksUuid = uuid;
        config.retention.backups = 21;
      }),
    );
    await guest.start();
    await guest.booted();
    await suite.check('the volume is opened, not set up, with what was on it and whose it was', async () => {
      await serves(guest);
      expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
      expectSame(guest.sshMust('stat -c %U /srv/lukko/restic/marker').trim(), 'lukko-restic');
      expectSame(guest.sshMust('/usr/local/lib/lukko/luks-uuid').trim(), uuid);
      expectIn(guest.sshMust('journalctl -u lukko-volume -b -o cat --no-pager'), `opened ${uuid}`);
    });
    await suite.check('the new payload runs', () => {
      expectIn(guest.sshMust('cat /usr/local/lib/lukko/expire'), '-mtime -14');
    });
    await suite.check('it is the same host to SSH', () => {
      expectSame(guest.sshMust('cat /srv/lukko/identity/ssh_host_ed25519_key.pub'), identity);
    });
    await suite.check('the journal of the machine before is still read, and shipped with the new one', () => {
      expectIn(guest.sshMust('journalctl --merge -t before -o cat --no-pager'), 'rebuilt-journal-line');
      expectIn(guest.sshMust('systemctl cat lukko-ship.service'), '--merge');
    });
  });
}
