import { hostReport } from '@lukko/formats';
import { must } from './run.ts';
import { expectIn, expectSame, type Scenario, type Suite } from './suite.ts';

/** The device of the volume, in a shell on the host. */
export const DEVICE = '$(sed -n "s/^LUKKO_VOLUME_DEVICE=//p" /etc/lukko/host.env)';

/** First boot of the backups host, and what must hold while it serves. Others go on from guests it saves. */
export const firstBoot: Scenario = { name: 'first boot', core: true, run };

async function run(suite: Suite): Promise<void> {
  const guest = suite.guest('backups');
  const began = Date.now();
  await suite.bootAndSave(guest);
  suite.say(`serves ${Math.round((Date.now() - began) / 1000)} s after it was switched on`);
  await suite.check('cloud-init took user_data from its Hetzner data source, and found nothing wrong in it', () => {
    expectIn(guest.sshMust('cat /run/cloud-init/result.json'), 'DataSourceHetzner');
    expectSame(guest.sshMust('cloud-init schema --system 2>&1 | grep -ci "invalid" || true').trim(), '0');
  });
  await suite.check('the volume is formatted, bound, sealed and mounted, and its service runs', () => {
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
    const names = guest.sshMust(below).replace(/\/mnt\/(var\/log\/journal|srv\/lukko):/g, '');
    expectSame(names.trim(), '');
  });
  await suite.check('nothing can be written where the volume is mounted while it is not', () => {
    expectIn(guest.sshMust('mount --bind / /mnt; lsattr -d /mnt/srv/lukko; umount /mnt'), /^\S*i\S* /);
  });
  await suite.check('what looks for trouble and sends the heartbeat looks since this first boot', () => {
    expectSame(guest.sshMust('systemctl is-active lukko-watch.timer lukko-shipped.timer').trim(), 'active\nactive');
    guest.sshMust('systemctl start lukko-watch.service');
  });
  await suite.check('serving says so, and what it waits for', () => {
    const said = guest.ssh('/usr/local/lib/lukko/serving');
    expectSame([said.status, said.stdout.trim().split('\n').at(-1)], [0, 'serving']);
    expectIn(said.stdout, 'waiting: caddy.service for acme-account');
  });
  await suite.check('the report names the volume, the key servers and the payload it was handed, and is signed', () => {
    const report = hostReport.parse(JSON.parse(guest.sshMust('/usr/local/lib/lukko/report | tee /run/r')));
    expectSame([report.volume?.unlocked, report.volume?.threshold, report.sshd.passwords], [true, 2, false]);
    expectSame(report.volume?.keyServers.length, 3);
    expectSame(report.volume?.recoveryRecipients.length, 2);
    const onVolume = report.dataPaths.filter(({ path }) => path.startsWith('/srv/lukko/'));
    expectSame(onVolume.length > 0, true);
    for (const { source, layers } of onVolume)
      expectSame([source, layers.map((layer) => layer.split(' ')[0])], ['/dev/mapper/lukko-data', ['crypt', 'disk']]);
    expectSame([report.records.oldest === null, report.records.newest === null], [false, false]);
    const handed = must('sha256sum', [`${guest.folder}/userdata`]).split(' ')[0];
    expectSame(
      [report.payloadSha256, report.swap, report.firewall.policies],
      [handed, [], { input: 'drop', forward: 'drop', output: 'drop' }],
    );
    const verify =
      'jq -r .signature /run/r >/run/r.sig; (printf "host "; cat /srv/lukko/identity/*.pub) >/run/signers; jq -cS "del(.signature)" /run/r | ssh-keygen -Y verify -f /run/signers -I host -n lukko-host-report -s /run/r.sig';
    expectIn(guest.sshMust(verify), 'Good "lukko-host-report" signature');
  });
  await suite.check('no unit failed, no swap is on, nothing listens in the open but SSH', () => {
    expectSame(guest.sshMust('systemctl list-units --failed --plain --no-legend').trim(), '');
    expectSame(guest.sshMust('swapon --noheadings --show').trim(), '');
    const open = guest.sshMust(
      "ss -Hlnt | awk '{print $4}' | grep -Ev '^(127\\.|\\[::1\\])' | sed 's/.*://' | sort -u | xargs",
    );
    expectSame(open.trim(), '22');
  });
  await suite.check('every package the payload names is installed', () => {
    const query = `dpkg-query -W -f '\${Status}\\n' ${suite.packagesOf('backups').join(' ')}`;
    expectSame(guest.ssh(`${query} | grep -vc 'install ok installed' || true`).stdout.trim(), '0');
  });
  await suite.check('what is not named does not leave: neither from a user nor past the proxy', () => {
    const metadata = 'curl -s -m 4 http://169.254.169.254/hetzner/v1/userdata';
    expectSame(guest.ssh(`setpriv --reuid 970 --clear-groups ${metadata}`).status === 0, false);
    expectSame(guest.ssh('curl -s -m 4 http://10.0.2.2:443').status === 0, false);
    expectIn(guest.ssh('curl -sS -m 5 -x http://127.0.0.1:8888 https://example.org 2>&1; true').stdout, '403');
    expectIn(guest.sshMust('journalctl -b --no-pager -o cat | grep -a "example.org"'), /refused|filtered/);
  });
}
