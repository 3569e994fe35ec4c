import { GLITCHTIP_PROJECT } from '../stacks/glitchtip-project.ts';
import type { Guest } from './guest.ts';
import type { Outside } from './outside.ts';
import { eventually, expectIn, expectSame, type Suite } from './suite.ts';

const COUNT = "podman exec postgresql psql -U glitchtip -AtXc 'select count(*) from users_user' glitchtip";

/** Only the dump, in the unit that makes it before a backup. */
const CONFINED_DUMP = `mkdir -p /srv/lukko/dumps /run/systemd/system/lukko-backup.service.d
printf '[Service]\\nExecStart=\\nExecStart=/usr/local/lib/lukko/dump /srv/lukko/dumps\\n' >/run/systemd/system/lukko-backup.service.d/dump.conf
systemctl daemon-reload
systemctl start lukko-backup.service || { journalctl -u lukko-backup -o cat -n 20 --no-pager >&2; exit 1; }
rm /run/systemd/system/lukko-backup.service.d/dump.conf; systemctl daemon-reload`;

/**
 * The real GlitchTip and PostgreSQL in their containers, behind Caddy, and a stock Sentry SDK that reports to it by its public name. Gives
 * what is to be looked for after a reboot.
 */
export async function errorsAreKept(suite: Suite, guest: Guest, outside: Outside): Promise<() => Promise<void>> {
  const { name } = outside;
  const began = Date.now();
  await suite.check('errors: GlitchTip makes its tables and is healthy, behind Caddy', async () => {
    guest.sshMust('systemctl reset-failed postgresql glitchtip; systemctl restart --no-block postgresql glitchtip');
    await eventually('GlitchTip to be healthy', 240, () => outside.ask('/_health/').stdout === 'ok');
    suite.say(`healthy ${Math.round((Date.now() - began) / 1000)} s after its images were there`);
    expectIn(guest.sshMust('podman exec glitchtip ./manage.py showmigrations --plan'), '[X]');
    const left = guest.ssh("podman exec glitchtip ./manage.py showmigrations --plan | grep -F '[ ]'").stdout;
    expectSame(left, '');
  });
  await suite.check(
    'errors: the database listens on its unix socket alone, in a folder of its own and of GlitchTip',
    () => {
      const show = "podman exec postgresql psql -U glitchtip -AtXc 'show listen_addresses' glitchtip";
      expectSame(guest.sshMust(show).trim(), '');
      expectSame(guest.sshMust("ss -Hlnt 'sport = :5432'").trim(), '');
      expectSame(guest.sshMust('stat -c "%a %u %g" /run/lukko-postgresql').trim(), '750 973 972');
      expectSame(guest.ssh('setpriv --reuid 970 --clear-groups ls /run/lukko-postgresql/socket').status, 2);
    },
  );
  await suite.check('errors: nobody makes themselves an account, not even the first one', () => {
    const token = /csrftoken=([^;]+)/.exec(outside.ask('/_allauth/browser/v1/config', ['-D', '-']).stdout)?.[1] ?? '';
    const body = JSON.stringify({ email: 'somebody@else.example', password: 'long enough, and new' });
    const json = ['-H', 'Content-Type: application/json', '-H', `Origin: https://${name}`, '-d', body];
    const csrf = ['-H', `X-CSRFToken: ${token}`, '-H', `Cookie: csrftoken=${token}`, '-H', `Referer: https://${name}/`];
    expectSame(outside.status('/_allauth/browser/v1/auth/signup', [...json, ...csrf]), '403');
    expectSame(guest.sshMust(COUNT).trim(), '0');
  });
  const [key = '', project = '', token = ''] = await made(suite, guest);
  await suite.check('errors: a stock Sentry SDK reports an error to its DSN, over TLS', () => {
    guest.sshMust('cat >/srv/lukko/glitchtip/outside.pem; chmod 644 /srv/lukko/glitchtip/outside.pem', outside.trusted);
    const said = guest.sshMust('podman exec -i glitchtip python -', report(`https://${key}@${name}/${project}`));
    expectIn(said, /^[0-9a-f]{32}$/m);
  });
  await suite.check(
    'errors: an event from the network, as an SDK writes it, is taken; one with a wrong key is not',
    () => {
      const event = { event_id: 'fc6d8c0c43fc4630ad850ee518f1b9d0', level: 'error', message: 'from the network' };
      const head = { event_id: event.event_id, sent_at: new Date().toISOString() };
      const envelope = [head, { type: 'event' }, { ...event, timestamp: head.sent_at, platform: 'other' }];
      const lines = `${envelope.map((each) => JSON.stringify(each)).join('\n')}\n`;
      const send = (id: string, sentry: string) =>
        outside.status(`/api/${id}/envelope/`, [
          ...['-H', 'Content-Type: application/x-sentry-envelope', '--data-binary', lines],
          ...['-H', `X-Sentry-Auth: Sentry sentry_version=7, sentry_key=${sentry}, sentry_client=boot-test/1`],
        ]);
      expectSame(send(project, key), '200');
      expectSame(send('4711', '0'.repeat(32)), '403');
    },
  );
  const found = () =>
    outside.ask('/api/0/organizations/lukko/issues/', ['-H', `Authorization: Bearer ${token}`]).stdout;
  await suite.check('errors: both are found over the API, and no address they came from is kept', async () => {
    await eventually('the reports', 60, () =>
      ['the order was lost', 'from the network'].every((each) => found().includes(each)),
    );
    const kept = "podman exec postgresql pg_dump -U glitchtip -a -t 'issue_events*' glitchtip";
    expectIn(guest.sshMust(`${kept} | grep -c 'the order was lost'`), /^[1-9]/);
    expectSame(guest.ssh(`${kept} | grep -cF '192.0.2.'`).stdout.trim(), '0');
  });
  await suite.check(
    'errors: what backups take is a whole dump of it, made where the unit of backups is confined',
    () => {
      guest.sshMust(CONFINED_DUMP);
      const list = 'podman exec -i postgresql pg_restore --list </srv/lukko/dumps/glitchtip.pgdump';
      expectIn(guest.sshMust(list), 'issue_events_issueevent');
    },
  );
  await suite.check('errors: the host serves with all of its containers', () => {
    expectIn(guest.sshMust('/usr/local/lib/lukko/serving'), /^serving$/m);
  });
  await suite.check('errors: the dump is restored as the runbook says', () => {
    const restore = 'podman exec -i postgresql pg_restore --clean --create --exit-on-error -U glitchtip -d postgres';
    guest.sshMust(`systemctl stop glitchtip && ${restore} </srv/lukko/dumps/glitchtip.pgdump`);
    expectSame(guest.sshMust(COUNT).trim(), '1');
  });
  const secret = guest.sshMust('sha256sum /srv/lukko/secrets/glitchtip.env');
  return () =>
    suite.check('errors: after the reboot all is there again: reports, accounts and key', async () => {
      await eventually('GlitchTip to be healthy', 240, () => outside.ask('/_health/').stdout === 'ok');
      expectIn(found(), 'the order was lost');
      expectSame(guest.sshMust('sha256sum /srv/lukko/secrets/glitchtip.env'), secret);
      expectSame(guest.sshMust(COUNT).trim(), '1');
    });
}

/** An organisation with a project, made as an operator makes them: its key, its number, and a token that reads its events. */
async function made(suite: Suite, guest: Guest): Promise<readonly string[]> {
  let words: readonly string[] = [];
  await suite.check('errors: an operator makes the first account, over SSH', () => {
    const shell = 'podman exec glitchtip ./manage.py shell --no-imports -c "$(cat)"';
    words = guest.sshMust(shell, GLITCHTIP_PROJECT).trim().split('\n').at(-1)?.split(' ') ?? [];
    expectSame(words.length, 4);
  });
  return words;
}

function report(dsn: string): string {
  // Without the way out that every container of a host is given: it does not lead to the host itself.
  return `import os
os.environ.pop('HTTPS_PROXY', None)
import sentry_sdk
sentry_sdk.init(dsn=${JSON.stringify(dsn)}, ca_certs='/code/uploads/outside.pem', default_integrations=False, shutdown_timeout=120)
try:
    raise ValueError('the order was lost')
except ValueError as error:
    print(sentry_sdk.capture_exception(error))
sentry_sdk.flush(120)
`;
}
