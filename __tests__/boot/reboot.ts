import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from '../stacks/built.ts';
import { DEVICE } from './first-boot.ts';
import type { Guest } from './guest.ts';
import { must, run } from './run.ts';
import { expectIn, expectSame, MARKER, type Scenario } from './suite.ts';

const IDENTITY = 'cat /srv/lukko/identity/ssh_host_ed25519_key.pub';

export const reboot: Scenario = {
  name: 'reboot',
  core: true,
  run: async (suite) => {
    const guest = await suite.resumed('serving');
    const identity = guest.sshMust(IDENTITY);
    await guest.powerOff();
    const began = Date.now();
    await guest.start();
    await suite.check('the volume opens by itself, with what was on it and the same identity', async () => {
      await guest.serves();
      suite.say(`serves ${Math.round((Date.now() - began) / 1000)} s after it was switched on`);
      expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
      expectSame(guest.sshMust(IDENTITY), identity);
      const keys = run('ssh-keyscan', ['-t', 'ed25519', '-p', String(guest.sshPort), '127.0.0.1']).stdout;
      expectIn(keys, identity.split(' ')[1] as string);
    });
    await suite.check('the journal of the boot before is still there', () => {
      expectIn(guest.sshMust('journalctl --list-boots --no-pager | wc -l'), /^[2-9]/);
    });
    await suite.check('no unit failed', async () => {
      await guest.booted();
      expectSame(guest.sshMust('systemctl list-units --failed --plain --no-legend').trim(), '');
    });
  },
};

export const oneAway: Scenario = {
  name: 'one key server away',
  core: true,
  run: async (suite) => {
    const guest = await suite.resumed('serving');
    guest.tang(0, 'down');
    await guest.reboot();
    await suite.check('the volume opens with the two that are left', async () => {
      await guest.serves();
      expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
    });
    await suite.check('the host says which one does not answer', () => {
      const said = guest.sshMust('/usr/local/lib/lukko/key-servers').trim().split('\n');
      expectSame(said, [
        'no answer from http://10.0.2.101:7500',
        'http://10.0.2.102:7500 answers',
        'http://10.0.2.103:7500 answers',
      ]);
    });
  },
};

/** What a locked host looks like: nothing is mounted, nothing of what needs the volume runs. */
export function expectLocked(guest: Guest): void {
  expectSame(guest.ssh('mountpoint -q /srv/lukko').status, 32);
  const units = guest.ssh('systemctl is-active lukko-data.target lukko-restic.service').stdout.trim();
  expectSame(units, 'inactive\ninactive');
}

export const twoAway: Scenario = {
  name: 'two key servers away',
  core: true,
  run: async (suite) => {
    const guest = await suite.resumed('serving');
    for (const index of [0, 1]) guest.tang(index, 'down');
    await guest.reboot();
    await suite.check('SSH is up, nothing is mounted, no service runs, the reason is in the journal', async () => {
      await guest.untilConsole(/refused: too few key servers/, 120);
      await guest.until('true', 60);
      expectLocked(guest);
      const lines = guest.sshMust('journalctl -u lukko-volume -b -o cat --no-pager');
      expectIn(lines, 'no answer from http://10.0.2.101:7500');
      expectIn(lines, 'http://10.0.2.103:7500 answers');
    });
    await suite.check('serving and the report say that the volume is locked, and why', () => {
      const reason = 'not serving: /srv/lukko is not mounted: refused: too few key servers';
      expectIn(guest.ssh('/usr/local/lib/lukko/serving').stdout, reason);
      expectSame(JSON.parse(guest.sshMust('/usr/local/lib/lukko/report')).volume.unlocked, false);
    });
    await suite.check(
      'one of them comes back, minutes late: the volume opens without anybody doing anything',
      async () => {
        guest.tang(0, 'up');
        await guest.serves();
        expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
      },
    );
  },
};

/** The written procedure of docs/runbooks/recovery-key.md, its own lines, on a host that two key servers left locked. */
export const recoveryByHand: Scenario = {
  name: 'opened by hand with the recovery key',
  core: false,
  run: async (suite) => {
    const guest = await suite.resumed('serving');
    for (const index of [0, 1]) guest.tang(index, 'down');
    await guest.reboot();
    await guest.untilConsole(/refused: too few key servers/, 120);
    await guest.until('true', 60);
    const page = readFileSync(path.join(REPOSITORY, 'docs/runbooks/recovery-key.md'), 'utf8');
    const [exported = '', , opened = ''] = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, block = '']) =>
      block.replaceAll('<device>', DEVICE),
    );
    await suite.check(
      'the token, one identity and the lines of the page open it, and everything behind it starts',
      async () => {
        const { age } = JSON.parse(guest.sshMust(`cd /run && ${exported.trim()} && cat token.json`)) as { age: string };
        const sealed = suite.file('token.age');
        writeFileSync(sealed, Buffer.from(age, 'base64'));
        guest.sshMust('cat >/run/key', must('age', ['--decrypt', '-i', suite.site.at('age2'), sealed]));
        guest.sshMust(opened);
        await guest.until('systemctl is-active -q lukko-data.target lukko-journal.service lukko-restic.service', 60);
        expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
        expectSame(guest.sshMust('findmnt -no SOURCE /var/log/journal').startsWith('/dev/mapper/lukko-data'), true);
        expectSame(guest.ssh('test -e /run/key || test -e /srv/lukko/key').status === 0, false);
        expectIn(guest.sshMust('/usr/local/lib/lukko/serving'), /^serving$/m);
      },
    );
    await suite.check('it closes as it does otherwise, and the key servers open it again', async () => {
      expectIn(guest.sshMust('/usr/local/lib/lukko/quiesce'), 'quiesce: the volume is closed');
      guest.tang(0, 'up');
      guest.sshMust('systemctl start --no-block lukko-volume.service');
      await guest.until('mountpoint -q /srv/lukko && systemctl is-active -q lukko-data.target', 120);
    });
  },
};
