import { statSync, truncateSync } from 'node:fs';
import type { Guest } from './guest.ts';
import { Socket } from './plug.ts';
import { expectLocked } from './reboot.ts';
import { must } from './run.ts';
import { expectIn, expectSame, MARKER, type Scenario, type Suite } from './suite.ts';

const sum = (file: string): string => must('sha256sum', [file]).split(' ')[0] as string;

/** Runs the volume unit until it refuses, and expects a line of its journal and a host that is locked. */
async function refused(guest: Guest, line: string): Promise<void> {
  const since = guest.sshMust('date "+%Y-%m-%d %H:%M:%S"').trim();
  const journal = `journalctl -u lukko-volume -o cat --no-pager --since '${since}'`;
  guest.sshMust('systemctl restart --no-block lukko-volume.service');
  await guest.until(`${journal} | grep -q '^refused'`, 120);
  guest.sshMust('systemctl stop lukko-volume.service');
  expectIn(guest.sshMust(journal), line);
  expectLocked(guest);
}

/** A guest whose volume was closed, and what takes it away. */
async function closed(suite: Suite): Promise<readonly [Guest, Socket, string]> {
  const guest = await suite.resumed('serving');
  const said = guest.ssh('/usr/local/lib/lukko/quiesce');
  expectSame([said.status, said.stdout.trim().split('\n').at(-1)], [0, 'quiesce: the volume is closed']);
  return [guest, new Socket(guest), guest.options.volume?.file ?? ''];
}

/**
 * Other disks in the place of the volume, each plugged into a guest whose volume was closed. The journal's line is quoted, the disk is
 * compared byte for byte, and nothing is served from the root disk in its place.
 */
export const foreignDisks: Scenario = {
  name: 'foreign disks in the place of the volume',
  core: true,
  run: async (suite) => {
    const [guest, socket, own] = await closed(suite);
    await suite.check('quiesce left nothing open', () => {
      expectSame(guest.sshMust('ls /dev/mapper').trim(), 'control');
    });
    await suite.check('a disk that somebody else formatted is refused, and untouched byte for byte', async () => {
      const foreign = suite.disk('foreign');
      must('mke2fs', ['-q', '-t', 'ext4', '-L', 'theirs', foreign]);
      const before = sum(foreign);
      await socket.plug(foreign);
      await refused(guest, 'refused: the volume holds something that is not ours: ');
      expectSame(sum(foreign), before);
    });
    await suite.check('so is LUKS of somebody else', async () => {
      const foreign = suite.disk('luks');
      const words = ['--batch-mode', '--label', 'lukk0', '--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
      must('cryptsetup', ['luksFormat', ...words, foreign], { input: 'theirs' });
      const before = sum(foreign);
      await socket.plug(foreign);
      await refused(guest, 'refused: the volume holds something that is not ours: ');
      expectSame(sum(foreign), before);
    });
    await suite.check('a blank disk where a UUID is recorded is refused, and stays blank', async () => {
      const blank = suite.disk('blank');
      const before = sum(blank);
      await socket.plug(blank);
      await refused(guest, 'refused: the volume is not set up, expected ');
      expectSame(sum(blank), before);
    });
    await suite.check('the own one in its place again: it is opened', async () => {
      await socket.plug(own);
      guest.sshMust('systemctl start --no-block lukko-volume.service');
      await guest.until('systemctl is-active -q lukko-data.target', 120);
    });
  },
};

export const volumeLate: Scenario = {
  name: 'volume attached late',
  core: false,
  run: async (suite) => {
    const [guest, socket, own] = await closed(suite);
    await suite.check(
      'a volume that is not attached is said to be missing; one that comes late is opened',
      async () => {
        await socket.unplug();
        await refused(guest, 'has not appeared: is the volume attached?');
        guest.sshMust('systemctl start --no-block lukko-volume.service');
        // It is tried again by itself.
        const tries = "journalctl -u lukko-volume -b -o cat --no-pager | grep -c 'has not appeared'";
        await guest.until(`[ "$(${tries})" -ge 2 ]`, 120);
        await socket.plug(own);
        await guest.until('mountpoint -q /srv/lukko && systemctl is-active -q lukko-data.target', 120);
      },
    );
  },
};

export const grown: Scenario = {
  name: 'volume made larger',
  core: false,
  run: async (suite) => {
    const [guest, socket, own] = await closed(suite);
    await suite.check('the file system grows into it when it is opened', async () => {
      const size = statSync(own).size + 256 * 1024 * 1024;
      truncateSync(own, size);
      await socket.plug(own);
      guest.sshMust('systemctl start --no-block lukko-volume.service');
      await guest.until('systemctl is-active -q lukko-data.target', 120);
      const bytes = Number(guest.sshMust('df --output=size -B1 /srv/lukko | tail -n 1').trim());
      // The LUKS header and what ext4 keeps for itself are no tenth of it.
      expectSame(bytes > size * 0.9, true);
      expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
    });
  },
};

export const otherKeys: Scenario = {
  name: 'key servers with other keys',
  core: false,
  run: async (suite) => {
    const { guest, memory } = await suite.saved('before the volume');
    for (const index of [0, 1]) guest.tang(index, 'other');
    await guest.start(memory);
    await suite.check('a volume is not bound to keys that are not the pinned ones, and nothing is served', async () => {
      await guest.untilConsole(/could not be bound to the key servers/, 120);
      await guest.until('true', 60);
      const journal = guest.sshMust('journalctl -u lukko-volume -o cat --no-pager -b');
      expectIn(journal, 'refused: http://10.0.2.101:7500 answers with other keys than the pinned ');
      expectLocked(guest);
    });
    await suite.check('when the right ones answer, the volume is set up', async () => {
      for (const index of [0, 1]) guest.tang(index, 'up');
      await guest.serves();
    });
  },
};
