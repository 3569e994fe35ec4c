import type { TerraformJson } from '@lukko/terraform-model';
import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { dataInFinland } from '../../policies/data-in-finland.ts';
import { cloudConfig, quadlet, victoriaLogsImage } from '../../policies/shared/example-payloads.ts';
import { attachment, hcloud, server, volume } from '../../policies/shared/examples.ts';
import { verdictOf } from './verdict-of.ts';

const judge = (terraform: TerraformJson) =>
  verdictOf(judgeExample(dataInFinland, { name: 'case', verdict: 'pass', terraform }));

const restic = {
  '/etc/systemd/system/restic.service':
    '[Service]\nExecStart=/usr/bin/rclone serve restic --append-only --addr 127.0.0.1:8081 /srv/lukko/restic\n',
};
const tang = { '/etc/systemd/system/tangd.socket': '[Socket]\nListenStream=7500\nAccept=yes\n' };
const caddy = quadlet('registry.lukko.example/library/caddy:2.11.4', ['Volume=/srv/lukko/caddy:/data']);
const start = (unit: string) => ['systemctl', 'enable', '--now', unit];
type Commands = readonly (readonly string[])[];
const payload = (files: Record<string, string>, ...more: Commands) =>
  cloudConfig(files, [start('restic.service'), ...more]);
const keys = (files: Record<string, string>, ...more: Commands) => cloudConfig(files, [start('tangd.socket'), ...more]);

const away = (userData: string, attached: boolean): TerraformJson =>
  hcloud({
    hcloud_server: { host: server({ location: 'nbg1', user_data: userData }) },
    ...(attached
      ? { hcloud_volume: { data: volume({ location: 'nbg1' }) }, hcloud_volume_attachment: { data: attachment() } }
      : {}),
  });

describe('outside Finland', () => {
  it.each([
    [
      'append-only backups behind their own Caddy',
      away(payload({ ...restic, '/etc/containers/systemd/caddy.container': caddy }), true),
      'pass',
    ],
    [
      'a database that calls itself Caddy, beside append-only backups',
      away(
        payload({
          ...restic,
          '/etc/containers/systemd/caddy.container': caddy.replace('library/caddy', 'library/postgres'),
        }),
        true,
      ),
      'fail',
    ],
    [
      'a key server with a package that is not known',
      away(keys(tang).replace('#cloud-config\n', '#cloud-config\npackages: [tang, mongodb]\n'), false),
      'unknown',
    ],
    ['a key server that starts a unit nobody showed', away(keys(tang, start('mongod.service')), false), 'unknown'],
    [
      'a key server with a service of its own',
      away(
        keys({ ...tang, '/etc/systemd/system/db.service': '[Service]\nExecStart=/usr/bin/db\n' }, start('db.service')),
        false,
      ),
      'unknown',
    ],
    [
      'restic beside a container without volumes',
      away(payload({ ...restic, '/etc/containers/systemd/app.container': quadlet('app') }), true),
      'unknown',
    ],
    ['a key server', away(keys(tang), false), 'pass'],
    ['a key server with a volume', away(keys(tang), true), 'fail'],
    [
      'a key server that keeps logs',
      away(
        keys({
          ...tang,
          '/etc/containers/systemd/logs.container': quadlet(victoriaLogsImage, ['Volume=/var/lib/logs:/data']),
        }),
        false,
      ),
      'fail',
    ],
    ['a unit that is written and never started', away(cloudConfig(restic, [['true']]), true), 'fail'],
    ['a server without a payload', hcloud({ hcloud_server: { host: server({ location: 'nbg1' }) } }), 'fail'],
    [
      'a script fetched at boot',
      away(payload(restic, ['sh', '-c', 'curl -s https://run.example | sh']), true),
      'unknown',
    ],
    [
      'a storage box: what is written to it is not told',
      hcloud({
        hcloud_storage_box: { backups: { name: 'backups', location: 'fsn1', storage_box_type: 'bx11', password: '' } },
      }),
      'unknown',
    ],
    [
      'a location outside the Union, whatever runs there',
      hcloud({ hcloud_server: { host: server({ location: 'sin', user_data: keys(tang) }) } }),
      'fail',
    ],
  ] as const)('%s', (_, terraform, verdict) => {
    expect(judge(terraform)).toBe(verdict);
  });

  it('a volume that may be attached to a restic server or to none that is told', () => {
    const terraform = hcloud(
      {
        hcloud_server: { host: server({ location: 'nbg1', user_data: payload(restic) }) },
        hcloud_volume: { data: volume({ location: 'nbg1' }) },
        hcloud_volume_attachment: { data: attachment(undefined, '${var.first ? hcloud_server.host.id : 4711}') },
      },
      { variable: { first: {} } },
    );
    expect(judge(terraform)).toBe('unknown');
  });
});
