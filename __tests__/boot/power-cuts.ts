import { DEVICE } from './first-boot.ts';
import { expectIn, expectSame, type Scenario, type Suite } from './suite.ts';

/** Moments of setting a volume up, each by the line that is said before it. */
const MOMENTS = [
  ['while it is formatted', /setting up: formatting/],
  ['between format and bind', /setting up: binding/],
  ['while the recovery key is sealed', /setting up: sealing/],
  ['while the file system is made', /setting up: making the file system/],
  ['right after it was set up', /setting up: done/],
] as const;

/** Power is cut once while the volume is set up; the next boot goes on with what was left. The one that leaves a LUKS nobody can open is among those that matter most. */
export const powerCuts: readonly Scenario[] = MOMENTS.map(([moment, line], index) => ({
  name: `power cut ${moment}`,
  core: index === 1,
  run: (suite) => cut(suite, moment, line),
}));

async function cut(suite: Suite, moment: string, line: RegExp): Promise<void> {
  const guest = await suite.resumed('before the volume');
  await guest.untilConsole(line, 120);
  await guest.cutPower();
  await guest.start();
  await suite.check(`cut ${moment}: the next boot finishes, and nothing is pending`, async () => {
    await guest.serves();
    expectSame(guest.sshMust('ls /var/lib/lukko').trim(), 'luks-uuid');
    expectIn(guest.sshMust(`cryptsetup luksDump ${DEVICE}`), /Label:\s+lukko\n/);
    const said = guest.sshMust('journalctl -u lukko-volume -b -o cat --no-pager');
    const how = said.includes('setting up: formatting') ? 'set up again' : 'opened as it was';
    suite.say(`the volume was ${how}`);
    expectSame(guest.sshMust('/usr/local/lib/lukko/luks-uuid'), guest.sshMust('cat /var/lib/lukko/luks-uuid'));
  });
}
