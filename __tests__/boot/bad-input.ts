import { expectIn, expectSame, MARKER, type Scenario } from './suite.ts';

const REPORT = '/usr/local/lib/lukko/report';

/** Milliseconds. */
const YEAR = 365 * 24 * 3600 * 1000;

/** The lines the alert script wrote to the journal since this boot. */
const ALERTS = 'journalctl -b -o cat --no-pager -t alert -t checks';

export const networkLate: Scenario = {
  name: 'network up late',
  core: false,
  run: async (suite) => {
    const guest = await suite.resumed('serving');
    await guest.powerOff();
    await guest.start();
    await guest.untilConsole(/systemd-networkd\[\d+\]: eth1: (Link UP|Gained carrier)/, 120);
    await guest.monitor('set_link', { name: 'nic1', up: false });
    await suite.check('without its network the volume stays locked, and the journal says why', async () => {
      await guest.untilConsole(/volume\[\d+\]: .*no answer from http:\/\/10\.0\.2\.101:7500/, 120);
      await guest.untilConsole(/refused: too few key servers opened \S+; trying again/, 120);
      expectSame(guest.console.includes('Reached target lukko-data.target'), false);
    });
    await suite.check('the network comes: the volume opens', async () => {
      await guest.monitor('set_link', { name: 'nic1', up: true });
      await guest.serves();
      expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
    });
  },
};

export const clockWrong: Scenario = {
  name: 'clock wrong by a year',
  core: false,
  run: async (suite) => {
    // Ahead: behind the day it was built systemd sets a clock right by itself.
    const wrong = new Date(Date.now() + YEAR).toISOString().slice(0, 19);
    const { guest } = await suite.saved('serving', ['-rtc', `base=${wrong}`]);
    await guest.start();
    await suite.check('the volume opens whatever the clock says', async () => {
      await guest.serves();
      expectSame(guest.sshMust('date -u +%Y').trim(), wrong.slice(0, 4));
      expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
    });
    await suite.check('the report says that the clock is not synchronised, and so does one line of the journal', () => {
      expectSame(JSON.parse(guest.sshMust(REPORT)).clock.synchronised, false);
      guest.sshMust('systemctl start lukko-watch.service');
      const line = new RegExp(
        `^ALERT clock \\S+ no time server agrees with the clock, which says ${wrong.slice(0, 4)}-`,
        'm',
      );
      expectIn(guest.sshMust(ALERTS), line);
    });
  },
};

export const diskFull: Scenario = {
  name: 'full disk',
  core: false,
  run: async (suite) => {
    const guest = await suite.resumed('serving');
    guest.ssh('cat /dev/zero >/srv/lukko/restic/full 2>/dev/null; sync');
    await suite.check('one line of the journal and the report say that the volume is full', () => {
      expectIn(guest.sshMust('df --output=avail /srv/lukko | tail -n 1'), /^\s*0\s*$/);
      guest.sshMust('systemctl start lukko-watch.service');
      expectIn(guest.sshMust(ALERTS), /^ALERT disk \/srv\/lukko (9[0-9]|100) % of the volume are used/m);
      expectIn(String(JSON.parse(guest.sshMust(REPORT)).volume.usedPercent), /^(9[0-9]|100)$/);
    });
    await suite.check('nothing went to the root disk in its place', () => {
      const below = 'mount --bind / /mnt && ls -A /mnt/srv/lukko; umount /mnt';
      expectSame(guest.sshMust(below).trim(), '');
    });
    await suite.check('after a reboot the volume opens all the same', async () => {
      await guest.reboot();
      await guest.serves();
      expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
    });
  },
};

export const crashing: Scenario = {
  name: 'a service that keeps crashing',
  core: false,
  run: async (suite) => {
    const guest = await suite.resumed('serving');
    await suite.check('is given up, told in one line of the journal, and named in the report', async () => {
      guest.sshMust('mount --bind /bin/false /usr/bin/rclone; systemctl restart lukko-restic.service || true');
      await guest.until('systemctl is-failed -q lukko-restic.service', 60);
      await guest.until(`${ALERTS} | grep -q '^ALERT failed lukko-restic.service'`, 60);
      expectIn(JSON.parse(guest.sshMust(REPORT)).failedUnits.join(' '), 'lukko-restic.service');
      expectIn(guest.ssh('/usr/local/lib/lukko/serving').stdout, 'not serving: lukko-restic.service is failed');
    });
    await suite.check('and runs again when it is mended', async () => {
      guest.sshMust(
        'umount /usr/bin/rclone; systemctl reset-failed lukko-restic.service; systemctl start lukko-restic.service',
      );
      await guest.until('systemctl is-active -q lukko-restic.service', 20);
    });
  },
};
