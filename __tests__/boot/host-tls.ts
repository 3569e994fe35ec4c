import type { Guest } from './guest.ts';
import type { Outside } from './outside.ts';
import { seal } from './secrets.ts';
import { publicAddress } from './site.ts';
import { eventually, expectIn, expectSame, type Suite } from './suite.ts';

const JOURNAL = 'journalctl -b -u caddy.service -o cat --no-pager';
/** What openssl says of a chain that ends at the root it was given, with the name that was asked for. */
const VERIFIED = /^Verified peername: \S+$/m;

/** The real Caddy in its container, asked from the network: nothing without a certificate, and everything the Caddyfile says with one. */
export async function servedOverTls(suite: Suite, guest: Guest, outside: Outside, host: string): Promise<void> {
  const { name } = outside;
  await suite.check(`${host}: the account binding starts Caddy; without a certificate it serves nothing`, async () => {
    outside.authority('down');
    guest.sshMust(seal(outside.binding));
    await guest.until('systemctl is-active -q caddy.service', 90);
    await eventually('the redirect', 60, () => redirect(outside, '/') === `308 https://${name}/`);
    const directory = 'https://authority.example/dir';
    await guest.until(`${JOURNAL} | grep -qF '${directory}'`, 60);
    expectSame(outside.status('/'), '000');
    expectSame(/letsencrypt|zerossl/i.exec(guest.sshMust(JOURNAL)), null);
  });
  await suite.check(
    `${host}: Caddy gets a certificate by the binding; a client traces it to the authority`,
    async () => {
      outside.authority('up');
      // It would ask again by itself; a restart only saves patience.
      guest.sshMust('systemctl restart caddy.service');
      await eventually('a certificate', 120, () => VERIFIED.test(outside.handshake()));
      const said = outside.handshake();
      expectIn(said, /issuer=CN ?= ?Pebble Intermediate CA/);
      expectIn(said, `Verified peername: ${name}`);
      expectIn(said, /New, TLSv1\.3/);
      expectIn(guest.sshMust(JOURNAL), '"msg":"certificate obtained successfully"');
    },
  );
  await suite.check(`${host}: headers, lowest version of TLS and redirect, as a client sees them`, () => {
    const head = outside.ask('/', ['-o', '/dev/null', '-D', '-']).stdout.toLowerCase();
    const { backups, live } = suite.site.config.locations;
    for (const line of [
      'strict-transport-security: max-age=31536000; includesubdomains',
      'x-content-type-options: nosniff',
      'x-frame-options: deny',
      'referrer-policy: no-referrer',
      `data-region: ${host === 'backups' ? backups : live}`,
    ])
      expectIn(head, `\n${line}\r\n`);
    // Where nothing answers behind it yet, Caddy tells the error itself, and which program says so.
    if (!/^http\/\S+ 5/.test(head)) expectSame(/^server:/m.exec(head), null);
    // 35: no handshake.
    expectSame(outside.ask('/', ['--tls-max', '1.2']).status, 35);
    expectSame(redirect(outside, '/some/where'), `308 https://${name}/some/where`);
  });
  await suite.check(`${host}: security.txt names a contact, and expires in 90 days`, () => {
    const text = outside.ask('/.well-known/security.txt').stdout;
    expectIn(text, `Contact: mailto:${suite.site.config.organisation.securityContact}`);
    const expires = Date.parse(/^Expires: (\S+)$/m.exec(text)?.[1] ?? '');
    expectSame(Math.round((expires - Date.now()) / 86_400_000), 90);
  });
}

/** After a reboot the certificate is the same one: it lies on the volume, and nobody was asked. */
export async function keptOverReboot(suite: Suite, guest: Guest, outside: Outside, host: string): Promise<void> {
  await suite.check(`${host}: after a reboot it serves with the certificate it had, the authority away`, async () => {
    const before = certificate(outside);
    outside.authority('down');
    await guest.reboot();
    await guest.serves();
    await eventually('the certificate', 120, () => VERIFIED.test(outside.handshake()));
    expectSame(certificate(outside), before);
  });
}

/**
 * systemd-resolved answers for a host's own name with every address it has. Of those of the guest only one is one that Terraform knows, and
 * with it others know it; the rest are QEMU's.
 */
function knowsItself(guest: Guest, name: string): void {
  guest.sshMust('cat >>/etc/hosts', `${publicAddress(name.split('.')[0] as string)} ${name}\n`);
}

/** What stands behind Caddy on each host, by a client of the network and by one of our own hosts. */
export const BEHIND: Readonly<
  Record<string, (suite: Suite, guest: Guest, outside: Outside, images: ReadonlySet<string>) => Promise<void>>
> = { edge, backups, logs };

async function edge(suite: Suite, _: Guest, outside: Outside): Promise<void> {
  await suite.check(
    'edge: its own name has nothing; another is proxied to the upstream, over verified TLS',
    async () => {
      expectSame(outside.status('/'), '404');
      const [{ name, to } = { name: '', to: '' }] = suite.site.config.upstreams;
      await eventually(`a certificate of ${name}`, 120, () => VERIFIED.test(outside.handshake(name)));
      // Caddy names the upstream with its port, also the usual one.
      const { hostname, port } = new URL(to);
      expectSame(outside.ask('/', [], name).stdout, `upstream of ${hostname}:${port || '443'}`);
    },
  );
}

async function backups(suite: Suite, guest: Guest, outside: Outside): Promise<void> {
  const { name } = outside;
  knowsItself(guest, name);
  guest.sshMust('cat >/run/outside.pem', outside.trusted);
  const restic = (args: string) =>
    guest.ssh(
      `export RESTIC_PASSWORD=boot-test HOME=/run; restic --cacert /run/outside.pem -r rest:https://${name}/edge/2026-w01 ${args}`,
    );
  const count = () => JSON.parse(restic('snapshots --json').stdout || '[]').length;
  await suite.check('backups: nobody but our own hosts comes to the store', () => {
    expectSame(outside.status('/edge/2026-w01/config'), '403');
    expectSame(outside.status('/edge/2026-w01/?create=true', ['-X', 'POST']), '403');
  });
  await suite.check('backups: from an address of ours restic adds a backup over TLS, and can remove none', () => {
    for (const args of ['init', 'backup --quiet /etc/lukko/serving.env']) {
      const { status, stderr } = restic(args);
      if (status !== 0) throw new Error(`restic ${args}: ${stderr}`);
    }
    expectSame(count(), 1);
    // restic 0.18 says so and ends with 0; 0.14 ended with 1.
    expectIn(restic('forget latest').stderr, /unable to remove .*snapshot/);
    expectSame(outside.status('/edge/2026-w01/config', ['-X', 'DELETE']), '403');
    expectSame(count(), 1);
  });
}

async function logs(suite: Suite, guest: Guest, outside: Outside, images: ReadonlySet<string>): Promise<void> {
  const { name, operator } = outside;
  const query = (text: string, args: readonly string[]) =>
    outside.ask('/select/audit/logsql/query', [...args, '-d', `query=${text}`]).stdout;
  const line = JSON.stringify({ _time: new Date().toISOString(), host: 'boot-test', _msg: 'over TLS' });
  const insert = '/insert/audit/jsonline?_stream_fields=host';
  await suite.check('logs: lines are taken from our own hosts alone, queries from operators alone', () => {
    expectSame(outside.status(insert, ['--data-binary', line]), '403');
    expectSame(outside.status('/select/audit/logsql/query', ['-d', 'query=*']), '403');
    // One of another authority ends the handshake.
    expectSame(outside.status('/select/audit/logsql/query', [...outside.stranger, '-d', 'query=*']), '000');
  });
  if (!images.has('victoriaLogs')) return;
  await suite.check('logs: a line from an address of ours is found by an operator with a certificate', async () => {
    knowsItself(guest, name);
    guest.sshMust('cat >/run/outside.pem', outside.trusted);
    // Sent as a form, which is curl's way, it would be answered 200 and kept nowhere.
    const send = `curl -sf --cacert /run/outside.pem -H 'content-type: application/stream+json' --data-binary @- 'https://${name}${insert}'`;
    guest.sshMust(send, `${line}\n`);
    await eventually('the line', 30, () => query('host:boot-test "over TLS"', operator).includes('"over TLS"'));
  });
  await suite.check(
    "logs: the host's own journal comes in by its shipped way: by name, through the proxy, over TLS",
    async () => {
      guest.sshMust(`cat >>/etc/ssl/certs/ca-certificates.crt; systemctl restart lukko-ship.service`, outside.trusted);
      guest.sshMust('logger shipped-6b1f0c52');
      await eventually('the line', 120, () => query('"shipped-6b1f0c52"', operator).includes('shipped-6b1f0c52'));
    },
  );
}

function redirect(outside: Outside, target: string): string {
  return outside.ask(target, ['-o', '/dev/null', '-w', '%{http_code} %{redirect_url}'], outside.name, 'http').stdout;
}

function certificate(outside: Outside): string {
  return /-----BEGIN CERTIFICATE-----[\s\S]*?-----END/.exec(outside.handshake())?.[0] ?? 'none';
}
