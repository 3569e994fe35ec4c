import { readFileSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from '../stacks/built.ts';
import { DEVICE } from './first-boot.ts';
import type { Guest } from './guest.ts';
import { Socket } from './plug.ts';
import { expectSame, type Scenario, type Suite } from './suite.ts';

/** What must hold after a blank disk was set up, each a command that says so by its status. */
const HOLDS = {
  mounted: 'mountpoint -q /srv/lukko',
  'mounted without devices and set-uid programs': 'findmnt -no OPTIONS /srv/lukko | grep nosuid | grep -q nodev',
  encrypted: `cryptsetup isLuks --type luks2 ${DEVICE}`,
  'bound to the key servers': `clevis luks list -d ${DEVICE} | grep -q sss`,
  'recovery key in the header': `cryptsetup luksDump ${DEVICE} | grep -q lukko-recovery`,
  'labelled as ours': `[ "$(blkid --probe --match-tag LABEL --output value ${DEVICE})" = lukko ]`,
  'UUID recorded': `[ "$(cat /var/lib/lukko/luks-uuid)" = "$(cryptsetup luksUUID ${DEVICE})" ]`,
  'nothing pending': '[ ! -e /var/lib/lukko/pending ]',
  'no plain key left': '[ ! -e /run/lukko/volume.key ]',
  'mount point immutable':
    'mount --bind / /mnt && lsattr -d /mnt/srv/lukko | grep -q "^....i"; s=$?; umount /mnt; [ $s = 0 ]',
  'folders of the services': '[ -d /srv/lukko/restic ]',
  'services started': 'systemctl is-active -q lukko-data.target',
} as const;
type Held = keyof typeof HOLDS;

/** Steps of the volume script, as lines of it, and what no longer holds without each. */
const STEPS: readonly (readonly [name: string, line: RegExp, held: Held])[] = [
  ['making the mount point immutable', /^chattr \+i \/srv\/lukko$/m, 'mount point immutable'],
  ['making a key', /^ {2}head -c 32 .*$/m, 'mounted'],
  ['formatting', /^ {2}cryptsetup luksFormat .*$/m, 'encrypted'],
  ['binding', /^ {2}if ! clevis luks bind [\s\S]*?\n {2}fi$/m, 'bound to the key servers'],
  ['sealing the recovery key', /^ {2}cryptsetup token import .*$/m, 'recovery key in the header'],
  ['removing the plain key', /^ {2}rm -f "\$key" .*$/m, 'no plain key left'],
  ['opening', /^ {2}clevis luks unlock .*$/m, 'mounted'],
  ['making the file system', /^ {2}mkfs\.ext4 .*$/m, 'mounted'],
  ['labelling', /^ {2}cryptsetup config --label .*$/m, 'labelled as ours'],
  ['recording the UUID', /^cryptsetup luksUUID .*>"\$recorded"$/m, 'UUID recorded'],
  ['taking the pending mark away', /^rm -f "\$pending"$/m, 'nothing pending'],
  // The mount unit mounts it later all the same, for whoever waits for it: by then the folders were to be there.
  ['mounting', /^mount -o .*$/m, 'folders of the services'],
  ['making the folders', /^systemd-tmpfiles .*$/m, 'folders of the services'],
  ['starting what needs the volume', /^systemctl start --no-block lukko-data\.target$/m, 'services started'],
];

/** Removes one step after the other from the volume script: without any of them something that is checked no longer holds. */
export const steps: Scenario = {
  name: 'every step of setting a volume up',
  core: false,
  onlyByName: true,
  run: async (suite) => {
    const script = readFileSync(path.join(REPOSITORY, 'stacks/payload/volume/volume'), 'utf8');
    const guest = await suite.resumed('serving');
    const socket = new Socket(guest);
    await suite.check('the whole script: all holds', async () => {
      expectSame(await missingAfter(suite, guest, socket, script), []);
    });
    for (const [name, line, held] of STEPS)
      await suite.check(`without ${name} it no longer holds: ${held}`, async () => {
        const without = script.replace(line, '  :');
        expectSame(without === script, false);
        const missing = await missingAfter(suite, guest, socket, without);
        if (!missing.includes(held)) throw new Error(`all of it still held but: ${missing.join(', ') || 'nothing'}`);
      });
  },
};

let disks = 0;

/** What does not hold after this script set a blank disk up. */
async function missingAfter(suite: Suite, guest: Guest, socket: Socket, script: string): Promise<readonly string[]> {
  guest.ssh(
    '/usr/local/lib/lukko/quiesce; umount -q /srv/lukko; cryptsetup close lukko-data 2>/dev/null; rm -f /var/lib/lukko/* /run/lukko/volume.key; chattr -i /srv/lukko',
  );
  disks += 1;
  await socket.plug(suite.disk(`step${disks}`, 128));
  guest.sshMust('cat >/usr/local/lib/lukko/volume', script);
  guest.ssh('set -a; . /etc/lukko/host.env; set +a; timeout 600 /usr/local/lib/lukko/volume');
  await guest.until('! systemctl is-active -q lukko-data.target || systemctl is-active -q lukko-journal.service', 30);
  const probe = Object.entries(HOLDS).map(([name, command]) => `(${command}) >/dev/null 2>&1 || echo '${name}'`);
  return guest
    .sshMust(`${probe.join('\n')}\ntrue`)
    .trim()
    .split('\n')
    .filter((name) => name !== '');
}
