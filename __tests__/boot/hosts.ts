import { onHost } from '../stacks/on-host.ts';
import { DEVICE } from './first-boot.ts';
import type { Guest } from './guest.ts';
import { hostImages, load } from './host-images.ts';
import { SEAL } from './secrets.ts';
import { expectIn, expectSame, type Scenario, type Suite } from './suite.ts';

const DATA_HOSTS = [
  ['edge', ['caddy']],
  ['logs', ['caddy', 'victoriaLogs']],
  ['errors', ['caddy', 'glitchtip', 'postgresql']],
] as const;

/** The other hosts that keep data: what runs on the system itself, what as a container, and what has no image here. */
export const otherHosts: readonly Scenario[] = DATA_HOSTS.map(([host, images]) => ({
  name: `first boot of ${host}`,
  core: false,
  run: (suite) => dataHost(suite, host, images),
}));

async function dataHost(suite: Suite, host: string, names: (typeof DATA_HOSTS)[number][1]): Promise<void> {
  const images = hostImages(suite, names);
  for (const [name, why] of images.missing) suite.say(`not run: ${name}, ${why}`);
  const guest = suite.guest(host, images.change);
  await guest.start();
  await guest.booted();
  await guest.serves();
  await suite.check(`${host}: the volume is set up, the journal lies on it, what every host has runs`, () => {
    expectIn(guest.sshMust(`cryptsetup luksDump ${DEVICE}`), /Label:\s+lukko\n/);
    expectIn(guest.sshMust('findmnt -no SOURCE /var/log/journal'), '/dev/mapper/lukko-data');
    const units = ['nftables', 'lukko-egress', 'chrony', 'ssh', 'lukko-journal'].map((unit) => `${unit}.service`);
    const states = guest
      .sshMust(`systemctl is-active ${units.join(' ')}`)
      .trim()
      .split('\n');
    expectSame(
      states,
      units.map(() => 'active'),
    );
  });
  const { files } = onHost(suite.userData(host));
  const containers = files
    .filter(({ path }) => path.endsWith('.container'))
    .map(({ path }) => path.replace(/^.*\/(.*)\.container$/, '$1.service'));
  await suite.check(`${host}: no container runs without its image, and the host says which`, () => {
    const said = guest.ssh('/usr/local/lib/lukko/serving').stdout;
    for (const unit of containers.filter((each) => each !== 'caddy.service'))
      expectIn(said, `not serving: ${unit} is `);
    expectIn(said, 'waiting: caddy.service for acme-account');
    expectSame(guest.sshMust('podman ps --quiet').trim(), '');
  });
  load(guest, images);
  if (images.archives.has('caddy')) await caddyServes(suite, guest, host);
  if (images.archives.has('victoriaLogs')) await logsAreKept(suite, guest);
  if (host === 'errors')
    await suite.check('errors: the key of GlitchTip was made on the volume, and sealed to the operators', async () => {
      await guest.until('systemctl is-active -q lukko-glitchtip-secret.service', 60);
      expectIn(guest.sshMust('head -n 1 /srv/lukko/secrets/glitchtip.env.age'), 'BEGIN AGE ENCRYPTED FILE');
      expectIn(guest.sshMust('stat -c %a /srv/lukko/secrets/glitchtip.env'), '600');
    });
}

/** The real Caddy in its container: started by the account binding, on the public ports, and with one authority. */
async function caddyServes(suite: Suite, guest: Guest, host: string): Promise<void> {
  await suite.check(`${host}: Caddy starts as a container when its account binding is opened`, async () => {
    guest.sshMust(SEAL);
    await guest.until('systemctl is-active -q caddy.service', 90);
    const name = `${host}.${suite.site.config.domain}`;
    const redirect = `curl -s -o /dev/null -m 10 -w '%{http_code} %{redirect_url}' --resolve ${name}:80:127.0.0.1 http://${name}/`;
    await guest.until(`${redirect} | grep -q '^308'`, 60);
    expectSame(guest.sshMust(redirect), `308 https://${name}/`);
  });
  await suite.check(`${host}: without a certificate it serves nothing, and asks no other authority`, async () => {
    const name = `${host}.${suite.site.config.domain}`;
    const journal = 'journalctl -b -u caddy.service -o cat --no-pager';
    const directory = suite.site.config.certificates.authority.directory;
    await guest.until(`${journal} | grep -qF '${directory}'`, 60);
    expectSame(guest.ssh(`curl -sk -m 10 --resolve ${name}:443:127.0.0.1 https://${name}/`).status, 35);
    const refused = /letsencrypt|zerossl/i.exec(guest.sshMust(journal));
    expectSame(refused, null);
  });
}

/** VictoriaLogs in its containers: what was written is there after an orderly stop. */
async function logsAreKept(suite: Suite, guest: Guest): Promise<void> {
  await suite.check('logs: both stores run as containers, take lines and keep them over a restart', async () => {
    for (const [name, port] of [
      ['audit', 9427],
      ['application', 9428],
    ] as const) {
      const unit = `victoria-logs-${name}.service`;
      guest.sshMust(`systemctl reset-failed ${unit}; systemctl restart ${unit}`);
      await guest.until(`curl -sf -m 5 http://127.0.0.1:${port}/health`, 60);
      const lines = `seq 1 500 | jq -c --arg at "$(date -u +%FT%TZ)" '{_time: $at, host: "boot-test", _msg: "line \\(.)"}'`;
      guest.sshMust(
        `${lines} | curl -sf -H 'Content-Type: application/stream+json' --data-binary @- 'http://127.0.0.1:${port}/insert/jsonline?_stream_fields=host'`,
      );
      guest.sshMust(`systemctl restart ${unit}`);
      await guest.until(`curl -sf -m 5 http://127.0.0.1:${port}/health`, 60);
      const query = `curl -sf 'http://127.0.0.1:${port}/select/logsql/query' -d 'query=host:boot-test | count() lines'`;
      await guest.until(`${query} | grep -q '"500"'`, 30);
    }
  });
}

/** A key server: Tang alone behind its port, and no volume. */
export const keyServer: Scenario = {
  name: 'first boot of a key server',
  core: false,
  run: async (suite) => {
    const guest = suite.guest('tang-fsn1');
    await guest.start();
    await guest.booted();
    await suite.check('Tang answers with keys of its own; nothing else listens but SSH', () => {
      expectIn(guest.sshMust('/usr/local/lib/lukko/tang-thumbprint'), /^[\w-]{43}\n/);
      const open = "ss -Hlnt | awk '{print $4}' | grep -Ev '^(127\\.|\\[::1\\])' | sed 's/.*://' | sort -un | xargs";
      expectSame(guest.sshMust(open).trim(), '22 7500');
    });
    await suite.check('it serves, no unit failed', () => {
      expectIn(guest.sshMust('/usr/local/lib/lukko/serving'), /^serving$/m);
      expectSame(guest.sshMust('systemctl list-units --failed --plain --no-legend').trim(), '');
    });
    await suite.check('after a reboot its keys are the same', async () => {
      const before = guest.sshMust('/usr/local/lib/lukko/tang-thumbprint');
      await guest.reboot();
      await guest.booted();
      expectSame(guest.sshMust('/usr/local/lib/lukko/tang-thumbprint'), before);
    });
  },
};
