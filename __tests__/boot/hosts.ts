import { onHost } from '../stacks/on-host.ts';
import { DEVICE } from './first-boot.ts';
import type { Guest } from './guest.ts';
import { errorsAreKept } from './host-errors.ts';
import { type HostImages, hostImages, load } from './host-images.ts';
import { BEHIND, keptOverReboot, servedOverTls } from './host-tls.ts';
import { Outside } from './outside.ts';
import { expectIn, expectSame, type Scenario, type Suite } from './suite.ts';

const DATA_HOSTS = [
  ['backups', ['caddy']],
  ['edge', ['caddy']],
  ['logs', ['caddy', 'victoriaLogs']],
  ['errors', ['caddy', 'glitchtip', 'postgresql']],
] as const;

/** MiB of the volume of a host, where it holds images of hundreds of them. */
const VOLUME_SIZES: Readonly<Record<string, number>> = { errors: 6144 };

/** The hosts that keep data, with what serves on them: on the system itself, or as containers where there is an image here. */
export const otherHosts: readonly Scenario[] = DATA_HOSTS.map(([host, images]) => ({
  name: `first boot of ${host}`,
  core: false,
  run: (suite) => dataHost(suite, host, images),
}));

async function dataHost(suite: Suite, host: string, names: (typeof DATA_HOSTS)[number][1]): Promise<void> {
  const outside = await Outside.open(suite, host);
  try {
    await bootedWithServices(suite, host, names, outside);
  } finally {
    if (!('missing' in outside)) await outside.close();
  }
}

async function bootedWithServices(
  suite: Suite,
  host: string,
  names: (typeof DATA_HOSTS)[number][1],
  outside: Outside | { readonly missing: string },
): Promise<void> {
  const seen = 'missing' in outside ? undefined : outside;
  const images = hostImages(suite, names, seen?.trusted);
  for (const [name, why] of images.missing) suite.say(`not run: ${name}, ${why}`);
  if ('missing' in outside) suite.say(`not run: what is served over TLS, ${outside.missing}`);
  const guest = suite.guest(
    host,
    (config) => {
      images.change(config);
      seen?.change(config);
    },
    seen === undefined ? {} : { extra: seen.words, nics: seen.nics },
    VOLUME_SIZES[host],
  );
  await guest.start();
  await guest.booted();
  // Not the target: while images are missing, containers are started over and over, and it waits for a moment at which none is.
  await guest.until('mountpoint -q /srv/lukko && systemctl is-active -q lukko-journal.service', 150);
  await setUp(suite, guest, host);
  const began = Date.now();
  load(guest, images);
  suite.say(`images were loaded in ${Math.round((Date.now() - began) / 1000)} s`);
  if (images.archives.has('victoriaLogs')) await logsAreKept(suite, guest);
  if (seen !== undefined && images.archives.has('caddy')) await served(suite, guest, seen, host, images);
  if (host === 'errors')
    await suite.check('errors: the key of GlitchTip was made on the volume, and sealed to the operators', async () => {
      await guest.until('systemctl is-active -q lukko-glitchtip-secret.service', 60);
      expectIn(guest.sshMust('head -n 1 /srv/lukko/secrets/glitchtip.env.age'), 'BEGIN AGE ENCRYPTED FILE');
      expectIn(guest.sshMust('stat -c %a /srv/lukko/secrets/glitchtip.env'), '600');
    });
}

/** The volume, and what every host has; no image is there yet. */
async function setUp(suite: Suite, guest: Guest, host: string): Promise<void> {
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
}

/** Caddy with a certificate, what stands behind it, and both again after a reboot. */
async function served(suite: Suite, guest: Guest, outside: Outside, host: string, images: HostImages): Promise<void> {
  await servedOverTls(suite, guest, outside, host);
  await BEHIND[host]?.(suite, guest, outside, new Set(images.archives.keys()));
  const whole = images.archives.has('glitchtip') && images.archives.has('postgresql');
  const again = whole ? await errorsAreKept(suite, guest, outside) : undefined;
  await keptOverReboot(suite, guest, outside, host);
  await again?.();
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
