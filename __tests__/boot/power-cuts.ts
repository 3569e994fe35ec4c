import { serves } from './first-boot.ts';
import { expectIn, expectSame, type Suite } from './suite.ts';

/** Moments of setting a volume up, each by the line that is said before it. */
const MOMENTS = [
  ['while it is formatted', /setting up: formatting/],
  ['between format and bind', /setting up: binding/],
  ['while the recovery key is sealed', /setting up: sealing/],
  ['while the file system is made', /setting up: making the file system/],
  ['right after it was set up', /setting up: done/],
] as const;

/** Power is cut again and again on one volume, at later and later moments; each boot goes on with what the one before left. */
export async function powerCuts(suite: Suite, moments: number): Promise<void> {
  await suite.scenario('power cuts while the volume is set up', async () => {
    const volume = suite.volume();
    const guest = suite.guest('cut', 'backups', volume);
    for (const [name, line] of chosen(moments)) {
      await guest.start();
      await suite.check(`power is cut ${name}`, async () => {
        await guest.untilConsole(line, 240);
        await guest.cutPower();
      });
    }
    await guest.start();
    await suite.check('the next boot finishes, and nothing is pending', async () => {
      await guest.until('systemctl is-active -q lukko-data.target', 300);
      await serves(guest);
      expectSame(guest.sshMust('ls /var/lib/lukko').trim(), 'luks-uuid');
      expectIn(
        guest.sshMust('cryptsetup luksDump $(sed -n "s/^LUKKO_VOLUME_DEVICE=//p" /etc/lukko/host.env)'),
        /Label:\s+lukko\n/,
      );
    });
  });
}

/** All of them, or the one between format and bind. */
function chosen(moments: number) {
  return moments === MOMENTS.length ? MOMENTS : MOMENTS.slice(1, 1 + moments);
}
