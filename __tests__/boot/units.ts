import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onHost } from '../stacks/on-host.ts';
import { must } from './run.ts';
import { expectSame, type Scenario, type Suite } from './suite.ts';

const HOSTS = ['edge', 'logs', 'errors', 'backups', 'tang-fsn1'];
/** Exposure of a service as systemd counts it, 0 to 10; what listens or parses foreign bytes must stay below. */
const MOST_EXPOSED = '60';

/** What only Debian 13's own programs can say of the units and quadlets of every host. */
export const units: Scenario = { name: 'units of every host', core: true, run };

async function run(suite: Suite): Promise<void> {
  const guest = await suite.resumed('serving');
  for (const host of HOSTS) {
    const files = onHost(suite.userData(host)).files.filter(({ path: file }) =>
      /^\/etc\/(systemd\/system|containers\/systemd)\/[^/]+$/.test(file),
    );
    const folder = suite.file(`units-${host}`);
    mkdirSync(folder);
    for (const { path: file, content } of files) writeFileSync(path.join(folder, path.basename(file)), content);
    const archive = readFileSync(packed(folder));
    guest.sshMust(`mkdir -p /run/verify/${host} && tar -x -C /run/verify/${host}`, archive);
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

/** A folder's files in one archive: every command over SSH costs a second where the processor is emulated. */
function packed(folder: string): string {
  must('tar', ['-c', '-f', `${folder}.tar`, '-C', folder, '.']);
  return `${folder}.tar`;
}
