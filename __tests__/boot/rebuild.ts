import { expectIn, expectSame, MARKER, type Scenario } from './suite.ts';

const IDENTITY = 'cat /srv/lukko/identity/ssh_host_ed25519_key.pub';

/** What `lukko host rebuild` leads to: another root disk with another payload, on the volume as it was. */
export const rebuild: Scenario = {
  name: 'rebuilt with another payload on the same volume',
  core: true,
  run: async (suite) => {
    const guest = await suite.resumed('serving');
    guest.sshMust('chown 974 /srv/lukko/restic/marker; logger -t before rebuilt-journal-line; journalctl --sync');
    guest.sshMust('mkdir -p /srv/lukko/caddy/data; echo certificate >/srv/lukko/caddy/data/kept.crt');
    const identity = guest.sshMust(IDENTITY);
    const uuid = guest.sshMust('/usr/local/lib/lukko/luks-uuid').trim();
    const machine = guest.sshMust('cat /etc/machine-id').trim();
    await suite.check('quiesce stops what runs, closes the journal and the volume', () => {
      const said = guest.ssh('/usr/local/lib/lukko/quiesce');
      expectSame([said.status, said.stdout.trim().split('\n').at(-1)], [0, 'quiesce: the volume is closed']);
    });
    await guest.powerOff();
    guest.rebuild(
      suite.userData('backups', (config) => {
        const { backups } = config.hosts;
        if (backups !== undefined) backups.volume.luksUuid = uuid;
        config.retention.backups = 21;
      }),
    );
    await guest.start();
    await suite.check('the volume is opened, not set up, with what was on it and whose it was', async () => {
      await guest.serves();
      expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
      expectSame(guest.sshMust('stat -c %U /srv/lukko/restic/marker').trim(), 'lukko-restic');
      expectSame(guest.sshMust('cat /srv/lukko/caddy/data/kept.crt').trim(), 'certificate');
      expectSame(guest.sshMust('/usr/local/lib/lukko/luks-uuid').trim(), uuid);
      expectIn(guest.sshMust('journalctl -u lukko-volume -b -o cat --no-pager'), `opened ${uuid}`);
    });
    await suite.check('the new payload runs, on another machine as systemd counts them', () => {
      expectIn(guest.sshMust('cat /usr/local/lib/lukko/expire'), '-mtime -14');
      expectSame(guest.sshMust('cat /etc/machine-id').trim() === machine, false);
    });
    await suite.check('it is the same host to SSH', () => {
      expectSame(guest.sshMust(IDENTITY), identity);
    });
    await suite.check('the journal of the machine before is still read, and shipped with the new one', () => {
      expectIn(guest.sshMust('journalctl --merge -t before -o cat --no-pager'), 'rebuilt-journal-line');
      expectIn(guest.sshMust('systemctl cat lukko-ship.service'), '--merge');
    });
  },
};
