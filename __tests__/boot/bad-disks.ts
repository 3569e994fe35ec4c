import { truncateSync, writeFileSync } from 'node:fs';
import type { Guest } from './guest.ts';
import { must } from './run.ts';
import { expectIn, expectSame, type Suite } from './suite.ts';

const sum = (file: string): string => must('sha256sum', [file]).split(' ')[0] as string;

/** The lines the volume unit said since a moment of the guest's own clock. */
function said(guest: Guest, since: string): string {
  return guest.sshMust(`journalctl -u lukko-volume -o cat --no-pager --since '${since}'`);
}

async function refused(guest: Guest, line: string): Promise<void> {
  const since = guest.sshMust('date "+%Y-%m-%d %H:%M:%S"').trim();
  guest.ssh('systemctl restart --no-block lukko-volume.service');
  await guest.until(`journalctl -u lukko-volume -o cat --no-pager --since '${since}' | grep -q '^refused'`, 120);
  guest.sshMust('systemctl stop lukko-volume.service');
  expectIn(said(guest, since), line);
  expectSame(guest.ssh('mountpoint -q /srv/lukko').status, 32);
  expectSame(guest.ssh('systemctl is-active lukko-data.target').stdout.trim(), 'inactive');
}

/**
 * Other disks in the place of the volume, each plugged into a guest whose volume was closed. The journal's line is quoted, the disk is
 * compared byte for byte, and nothing is served from the root disk in its place.
 */
export async function badDisks(suite: Suite, guest: Guest, own: string): Promise<void> {
  const disk = (name: string): string => {
    const file = `${own}.${name}`;
    writeFileSync(file, '');
    truncateSync(file, 64 * 1024 * 1024);
    return file;
  };
  guest.sshMust('systemctl stop lukko-volume.service');

  await suite.check('a disk that somebody else formatted is refused, and untouched byte for byte', async () => {
    const foreign = disk('foreign');
    must('mke2fs', ['-q', '-t', 'ext4', '-L', 'theirs', foreign]);
    const before = sum(foreign);
    await guest.swapVolume(foreign);
    await refused(guest, 'refused: the volume holds something that is not ours: ');
    expectSame(sum(foreign), before);
  });
  await suite.check('so is LUKS of somebody else', async () => {
    const foreign = disk('luks');
    must(
      'cryptsetup',
      [
        'luksFormat',
        '--batch-mode',
        '--label',
        'lukk0',
        '--pbkdf',
        'pbkdf2',
        '--pbkdf-force-iterations',
        '1000',
        foreign,
      ],
      { input: 'theirs' },
    );
    const before = sum(foreign);
    await guest.swapVolume(foreign);
    await refused(guest, 'refused: the volume holds something that is not ours: ');
    expectSame(sum(foreign), before);
  });
  await suite.check('a blank disk where a UUID is recorded is refused, and stays blank', async () => {
    const blank = disk('blank');
    const before = sum(blank);
    await guest.swapVolume(blank);
    await refused(guest, 'refused: the volume is not set up, expected ');
    expectSame(sum(blank), before);
  });
  await suite.check('key servers that answer with other keys are not bound to', async () => {
    const blank = disk('unbound');
    await guest.swapVolume(blank);
    guest.sshMust('mv /var/lib/lukko/luks-uuid /run/kept-uuid');
    suite.site.swapTang(0);
    suite.site.swapTang(1);
    try {
      await refused(guest, 'could not be bound to the key servers');
      expectIn(
        guest.sshMust('journalctl -u lukko-volume -o cat --no-pager -n 60'),
        'refused: http://10.0.2.101:7500 answers with other keys than the pinned ',
      );
    } finally {
      suite.site.swapTang(0);
      suite.site.swapTang(1);
      guest.sshMust('mv /run/kept-uuid /var/lib/lukko/luks-uuid; rm -f /var/lib/lukko/pending');
    }
  });
  await suite.check(
    'a volume that is not attached is said to be missing, and one that comes late is opened',
    async () => {
      await guest.swapVolume(undefined);
      await refused(guest, 'has not appeared: is the volume attached?');
      guest.ssh('systemctl start --no-block lukko-volume.service');
      await guest.swapVolume(own);
      await guest.until('mountpoint -q /srv/lukko && systemctl is-active -q lukko-data.target', 120);
      expectSame(guest.ssh('/usr/local/lib/lukko/quiesce').status, 0);
    },
  );
}
