import { onHost } from '../stacks/on-host.ts';
import type { Guest } from './guest.ts';
import { expectSame, type Suite } from './suite.ts';

const HOSTS = ['edge', 'logs', 'errors', 'backups', 'tang-fsn1'];
/** Exposure of a service as systemd counts it, 0 to 10; what listens or parses foreign bytes must stay below. */
const MOST_EXPOSED = '60';

/** What only Debian 13's own programs can say of the units and quadlets of every host, in a guest that is up anyway. */
export async function debianChecks(suite: Suite, guest: Guest): Promise<void> {
  for (const host of HOSTS) {
    const files = onHost(suite.site.userData(host, '4711')).files.filter(({ path }) =>
      /^\/etc\/(systemd\/system|containers\/systemd)\/[^/]+$/.test(path),
    );
    for (const { path, content } of files)
      guest.sshMust(`mkdir -p /run/verify/${host}; cat >/run/verify/${host}/${path.split('/').at(-1)}`, content);
  }
  await suite.check('systemd takes every unit, and Podman every quadlet, of every host', () => {
    const script = `cd /run/verify; for host in *; do
  mkdir -p /run/made/$host
  QUADLET_UNIT_DIRS=/run/verify/$host /usr/lib/systemd/system-generators/podman-system-generator /run/made/$host /run/made/$host /run/made/$host 2>&1 | grep -v Loading
  for quadlet in $host/*.container; do
    [ ! -e $quadlet ] || [ -s /run/made/$host/$(basename $quadlet .container).service ] || echo "$quadlet gave no unit"
  done
  cp $host/*.service $host/*.timer $host/*.path $host/*.target $host/*.socket /run/made/$host/ 2>/dev/null
  SYSTEMD_UNIT_PATH=/run/made/$host:/usr/lib/systemd/system systemd-analyze verify --man=no --recursive-errors=no /run/made/$host/*.* 2>&1 | grep -v -e 'is not executable' -e 'tangd@' -e 'Failed to prepare'
done; true`;
    expectSame(guest.sshMust(script).trim(), '');
  });
  await suite.check(`services that listen or ship are confined: exposure below ${MOST_EXPOSED} of 100`, () => {
    for (const unit of ['lukko-egress.service', 'lukko-ship.service', 'lukko-restic.service']) {
      const { status, stdout } = guest.ssh(
        `systemd-analyze security --offline=true --threshold=${MOST_EXPOSED} /run/verify/backups/${unit} | tail -n 2`,
      );
      if (status !== 0) throw new Error(`${unit}: ${stdout}`);
    }
  });
}
