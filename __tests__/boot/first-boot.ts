import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { hostReport } from '@lukko/formats';
import { badDisks } from './bad-disks.ts';
import { debianChecks } from './debian-checks.ts';
import type { Guest } from './guest.ts';
import { must, run } from './run.ts';
import { expectIn, expectSame, type Suite } from './suite.ts';

const DEVICE = '$(sed -n "s/^LUKKO_VOLUME_DEVICE=//p" /etc/lukko/host.env)';
export const MARKER = 'lukko-boot-test-marker-6b1f0c52';

/** Waits until the volume is open and everything behind it was started. */
export async function serves(guest: Guest): Promise<void> {
  await guest.until('mountpoint -q /srv/lukko && systemctl is-active -q lukko-data.target lukko-journal.service', 60);
}

/** First boot, what a reboot needs, key servers that are away, what lies on the disks afterwards. */
export async function firstBoot(suite: Suite): Promise<void> {
  await suite.scenario('first boot, reboot, key servers away', async () => {
    const volume = suite.volume();
    const guest = suite.guest('backups', 'backups', volume);
    await guest.start();
    await guest.booted();
    await suite.check('cloud-init took user_data from its Hetzner data source, and found nothing wrong in it', () => {
      expectIn(guest.sshMust('cat /run/cloud-init/result.json'), 'DataSourceHetzner');
      expectSame(guest.sshMust('cloud-init schema --system 2>&1 | grep -ci "invalid" || true').trim(), '0');
    });
    await suite.check('the volume is formatted, bound, sealed and mounted, and its service runs', async () => {
      await serves(guest);
      const dump = guest.sshMust(`cryptsetup luksDump ${DEVICE}`);
      expectIn(dump, /Version:\s+2/);
      expectIn(dump, /Label:\s+lukko\n/);
      expectIn(dump, /0: lukko-recovery[\s\S]*1: clevis|0: clevis[\s\S]*1: lukko-recovery/);
      expectSame(guest.sshMust('findmnt -no SOURCE /srv/lukko').trim(), '/dev/mapper/lukko-data');
      expectSame(guest.sshMust('systemctl is-active lukko-restic.service').trim(), 'active');
    });
    await suite.check('its UUID is recorded, the plain key is gone, nothing is pending', () => {
      const uuid = guest.sshMust(`cryptsetup luksUUID ${DEVICE}`).trim();
      expectSame(guest.sshMust('cat /var/lib/lukko/luks-uuid').trim(), uuid);
      expectSame(guest.sshMust('/usr/local/lib/lukko/luks-uuid').trim(), uuid);
      expectSame(guest.sshMust('ls /run/lukko/volume.key /var/lib/lukko/pending 2>/dev/null || true').trim(), '');
    });
    await suite.check('the journal lies on the volume, and none of it on the root disk', () => {
      expectIn(guest.sshMust('findmnt -no SOURCE /var/log/journal'), '/dev/mapper/lukko-data');
      expectIn(guest.sshMust('journalctl -b -o cat --no-pager -u nftables'), 'Finished nftables');
      const below = 'mount --bind / /mnt && ls -A /mnt/var/log/journal /mnt/srv/lukko; umount /mnt';
      expectSame(
        guest
          .sshMust(below)
          .replace(/\/mnt\/(var\/log\/journal|srv\/lukko):/g, '')
          .trim(),
        '',
      );
    });
    await suite.check('nothing can be written where the volume is mounted while it is not', () => {
      expectIn(guest.sshMust('mount --bind / /mnt; lsattr -d /mnt/srv/lukko; umount /mnt'), /^\S*i\S* /);
    });
    await suite.check('serving says so, and what it waits for', () => {
      const said = guest.ssh('/usr/local/lib/lukko/serving');
      expectSame([said.status, said.stdout.trim().split('\n').at(-1)], [0, 'serving']);
      expectIn(said.stdout, 'waiting: caddy.service for acme-account');
    });
    await suite.check(
      'the report names the volume, the key servers and the payload it was handed, and is signed',
      () => {
        const report = hostReport.parse(JSON.parse(guest.sshMust('/usr/local/lib/lukko/report')));
        expectSame([report.volume?.unlocked, report.volume?.threshold, report.sshd.passwords], [true, 2, false]);
        expectSame(report.volume?.keyServers.length, 3);
        expectSame(report.volume?.recoveryRecipients.length, 2);
        const handed = must('sha256sum', [`${guest.folder}/userdata`]).split(' ')[0];
        expectSame(
          [report.payloadSha256, report.swap, report.firewall.policies],
          [handed, [], { input: 'drop', forward: 'drop', output: 'drop' }],
        );
        const verify =
          '/usr/local/lib/lukko/report >/run/r; jq -r .signature /run/r >/run/r.sig; (printf "host "; cat /srv/lukko/identity/*.pub) >/run/signers; jq -cS "del(.signature)" /run/r | ssh-keygen -Y verify -f /run/signers -I host -n lukko-host-report -s /run/r.sig';
        expectIn(guest.sshMust(verify), 'Good "lukko-host-report" signature');
      },
    );
    await suite.check('no unit failed, no swap is on, nothing listens in the open but SSH', () => {
      expectSame(guest.sshMust('systemctl list-units --failed --plain --no-legend').trim(), '');
      expectSame(guest.sshMust('swapon --noheadings --show').trim(), '');
      const open = guest.sshMust(
        "ss -Hlnt | awk '{print $4}' | grep -Ev '^(127\\.|\\[::1\\])' | sed 's/.*://' | sort -u | xargs",
      );
      expectSame(open.trim(), '22');
    });
    await suite.check(
      'a sealed secret is opened on the host, and one that does not open is refused in one line',
      async () => {
        const seal = `. /etc/lukko/host.env; cd /run; jose jwk gen -i '{"alg":"ECDH-ES+A128KW"}' -o k.jwk; printf 'kid\\nmac' >s
        jose jwe enc -I s -k k.jwk -c -o s.jwe; jq -n --arg key "$(clevis encrypt sss "$LUKKO_CLEVIS" <k.jwk)" --arg sealed "$(cat s.jwe)" '{key: $key, secrets: {"acme-account": {sealed: $sealed}}}' >sealed.json
        rm k.jwk s; mv sealed.json /srv/lukko/secrets/sealed.json`;
        guest.sshMust(seal);
        await guest.until('test -s /srv/lukko/secrets/acme-account/mac-key', 60);
        expectSame(
          guest
            .sshMust(
              'cat /srv/lukko/secrets/acme-account/key-id /srv/lukko/secrets/acme-account/mac-key; ls /run/lukko/open 2>/dev/null || true',
            )
            .trim(),
          'kidmac',
        );
        guest.sshMust(
          `jq '.secrets["acme-account"].sealed |= (.[0:-4] + "AAAA")' /srv/lukko/secrets/sealed.json >/run/bad; cat /run/bad >/srv/lukko/secrets/sealed.json`,
        );
        await guest.until(
          'journalctl -u lukko-secrets -b -o cat --no-pager | grep -q "^refused: the secret acme-account does not open"',
          60,
        );
        guest.sshMust(
          'systemctl stop lukko-secrets.service caddy.path caddy.service; rm -f /srv/lukko/secrets/sealed.json /srv/lukko/secrets/acme-account/*; systemctl reset-failed',
        );
      },
    );
    await debianChecks(suite, guest);
    await suite.check('every package the payload names is installed', () => {
      const wanted = suite.packagesOf('backups');
      expectSame(
        guest
          .ssh(`dpkg-query -W -f '\${Status}\\n' ${wanted.join(' ')} | grep -vc 'install ok installed' || true`)
          .stdout.trim(),
        '0',
      );
    });
    await suite.check('what is not named does not leave: neither from a user nor past the proxy', () => {
      expectSame(
        guest.ssh('setpriv --reuid 970 --clear-groups curl -s -m 4 http://169.254.169.254/hetzner/v1/userdata')
          .status === 0,
        false,
      );
      expectSame(guest.ssh('curl -s -m 4 http://10.0.2.2:443').status === 0, false);
      expectIn(guest.ssh('curl -sS -m 5 -x http://127.0.0.1:8888 https://example.org 2>&1; true').stdout, '403');
      expectIn(guest.sshMust('journalctl -b --no-pager -o cat | grep -a "example.org"'), /refused|filtered/);
    });
    const marker = `printf '${MARKER}' >/srv/lukko/restic/marker && mkdir -p /srv/lukko/identity && sync`;
    guest.sshMust(marker);
    const identity = guest.sshMust('cat /srv/lukko/identity/ssh_host_ed25519_key.pub');

    await guest.reboot();
    await guest.booted();
    await suite.check(
      'after a reboot the volume opens by itself, with what was on it and the same identity',
      async () => {
        await serves(guest);
        expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
        expectSame(guest.sshMust('cat /srv/lukko/identity/ssh_host_ed25519_key.pub'), identity);
        const keys = run('ssh-keyscan', ['-t', 'ed25519', '-p', String(guest.sshPort), '127.0.0.1']).stdout;
        expectIn(keys, identity.split(' ')[1] as string);
      },
    );
    await suite.check('the journal of the boot before is still there', () => {
      expectIn(guest.sshMust('journalctl --list-boots --no-pager | wc -l'), /^[2-9]/);
    });

    suite.site.tang(0, 'down');
    suite.site.tang(1, 'down');
    await guest.reboot();
    await guest.booted();
    await suite.check(
      'two key servers away: SSH is up, nothing is mounted, no service runs, the reason is in the journal',
      async () => {
        await guest.until(
          'journalctl -u lukko-volume -b -o cat --no-pager | grep -q "^refused: too few key servers"',
          60,
        );
        expectSame(guest.ssh('mountpoint -q /srv/lukko').status, 32);
        expectSame(
          guest.ssh('systemctl is-active lukko-data.target lukko-restic.service').stdout.trim(),
          'inactive\ninactive',
        );
        const lines = guest.sshMust('journalctl -u lukko-volume -b -o cat --no-pager');
        expectIn(lines, 'no answer from http://10.0.2.101:7500');
        expectIn(lines, 'http://10.0.2.103:7500 answers');
        expectIn(
          guest.ssh('/usr/local/lib/lukko/serving').stdout,
          'not serving: /srv/lukko is not mounted: refused: too few key servers',
        );
        expectSame(JSON.parse(guest.sshMust('/usr/local/lib/lukko/report')).volume.unlocked, false);
      },
    );
    await suite.check(
      'one of them comes back, minutes late: the volume opens without anybody doing anything',
      async () => {
        suite.site.tang(0, 'up');
        await serves(guest);
        expectSame(guest.sshMust('cat /srv/lukko/restic/marker'), MARKER);
      },
    );
    suite.site.tang(1, 'up');

    await suite.check('quiesce stops what runs, closes the journal and the volume', () => {
      const said = guest.ssh('/usr/local/lib/lukko/quiesce');
      expectSame([said.status, said.stdout.trim().split('\n').at(-1)], [0, 'quiesce: the volume is closed']);
      expectSame(guest.sshMust('ls /dev/mapper').trim(), 'control');
    });
    await badDisks(suite, guest, volume.file);
    await guest.powerOff();

    await suite.check('the recovery key opens a copy of the disk on a machine that never held it', () => {
      const copy = `${volume.file}.copy`;
      copyFileSync(volume.file, copy);
      const token = ['0', '1']
        .map((id) => run('cryptsetup', ['token', 'export', '--token-id', id, copy]).stdout)
        .find((text) => text.includes('lukko-recovery'));
      const sealed = Buffer.from(JSON.parse(token ?? '{}').age ?? '', 'base64');
      const key = must('age', ['--decrypt', '-i', suite.site.at('age2')], { input: sealed });
      must('cryptsetup', ['open', '--test-passphrase', '--key-file', '-', copy], { input: key });
      const wrong = run('cryptsetup', ['open', '--test-passphrase', '--key-file', '-', copy], {
        input: key.replace(/^./, (first) => (first === '0' ? '1' : '0')),
      });
      expectSame(wrong.status, 2);
      rmSync(copy);
      suite.secrets.push(key);
    });
    await suite.check(
      'neither disk holds the marker or a plain key, nor does what the metadata service handed out',
      () => {
        must('qemu-img', ['convert', '-O', 'raw', guest.disk, `${guest.disk}.raw`]);
        for (const secret of [MARKER, ...suite.secrets]) {
          for (const file of [volume.file, `${guest.disk}.raw`, `${guest.folder}/userdata`])
            expectSame([file, run('grep', ['-c', '-a', '-F', secret, file]).stdout.trim()], [file, '0']);
          expectSame(readFileSync(`${guest.folder}/console-1.log`, 'utf8').includes(secret), false);
        }
        rmSync(`${guest.disk}.raw`);
      },
    );
  });
}
