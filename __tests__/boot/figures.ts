import { parse, stringify } from 'yaml';
import type { Guest } from './guest.ts';
import { expectSame, type Scenario, type Suite } from './suite.ts';

const RUNS = 3;
/** The volume script of a host that encrypts nothing: the same device, file system, mount and services behind it. */
const PLAIN = `cat >/usr/local/lib/lukko/volume <<'END'
#!/bin/sh
set -eu
mkdir -p /run/lukko /var/lib/lukko /srv/lukko
chattr +i /srv/lukko
[ -n "$(blkid --probe --match-tag LABEL --output value "$LUKKO_VOLUME_DEVICE" || true)" ] ||
  mkfs.ext4 -q -L plain "$LUKKO_VOLUME_DEVICE"
mount -o nodev,nosuid "$LUKKO_VOLUME_DEVICE" /srv/lukko
systemd-tmpfiles --create /etc/lukko/data.d/*.conf
systemctl start --no-block lukko-data.target
END`;

/**
 * First boot, and reboot with one of three key servers away, against the same guest with a plain disk. At first boot all three answer: a
 * volume is bound to what each of them says, and none may be left out. Asked for by name: it takes most of an hour.
 */
export const figures: Scenario = {
  name: 'figures',
  core: false,
  onlyByName: true,
  run: async (suite) => {
    const found = { first: { sealed: [], plain: [] }, again: { sealed: [], plain: [] } } as Figures;
    for (let count = 0; count < RUNS; count += 1)
      for (const kind of ['sealed', 'plain'] as const) {
        const guest = await bootedOnce(suite, kind, found);
        guest.tang(0, 'down');
        await guest.powerOff();
        found.again[kind].push(await seconds(guest));
        guest.kill();
        suite.say(`${kind}: ${found.first[kind].at(-1)} s first boot, ${found.again[kind].at(-1)} s reboot`);
      }
    for (const [what, limit] of [
      ['first', 1.5],
      ['again', 1.35],
    ] as const) {
      const ratio = median(found[what].sealed) / median(found[what].plain);
      const name = what === 'first' ? 'first boot to serving' : 'reboot to unlocked';
      suite.say(
        `${name}: ${median(found[what].sealed)} s against ${median(found[what].plain)} s, ${ratio.toFixed(2)} times; the goal is ${limit}`,
      );
    }
    expectSame(found.first.sealed.length, RUNS);
  },
};

type Kind = 'sealed' | 'plain';
type Figures = Record<'first' | 'again', Record<Kind, number[]>>;

async function bootedOnce(suite: Suite, kind: Kind, found: Figures): Promise<Guest> {
  const guest = suite.guest('backups');
  if (kind === 'plain') guest.serve(plain(suite.userData('backups')));
  found.first[kind].push(await seconds(guest));
  return guest;
}

/** From switching on to the target behind the mount. */
async function seconds(guest: Guest): Promise<number> {
  const began = Date.now();
  await guest.start();
  await guest.untilConsole(/Reached target lukko-data\.target/, 120);
  const took = Math.round((Date.now() - began) / 100) / 10;
  await guest.serves();
  return took;
}

function plain(userData: string): string {
  const document = parse(userData) as { runcmd: (readonly string[])[] };
  // After the files of the payload were written, before anything of them runs.
  document.runcmd.splice(1, 0, ['sh', '-c', PLAIN]);
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
