import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { built, documentOf, REPOSITORY, serversOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

const example = built(shipped('example.yaml'));
const payloads = [...example.documents.keys()].flatMap((stack) =>
  serversOf(documentOf(example, stack)).map(
    ([name, server]) => [stack === 'keys' ? name : stack, onHost(server.user_data)] as const,
  ),
);
const dataHosts = payloads.filter(([name]) => !name.startsWith('tang-'));

test('there are three key servers and four hosts that keep data', () => {
  expect(payloads.map(([name]) => name)).toEqual([
    'tang-fsn1',
    'tang-nbg1',
    'tang-hel1',
    'edge',
    'logs',
    'errors',
    'backups',
  ]);
});

test.each(payloads)('%s: every script is one that a shell can read', (_, { files }) => {
  for (const { path: file, content, executable } of files) {
    expect([file, executable]).toEqual([file, content.startsWith('#!/bin/sh\n')]);
    if (!executable) continue;
    const { status, stderr } = spawnSync('sh', ['-n'], { input: content, encoding: 'utf8' });
    expect([file, status, stderr]).toEqual([file, 0, '']);
  }
});

test.each(payloads)('%s: references stand in host.env alone', (_, { files }) => {
  for (const { path: file, content } of files) {
    if (file !== '/etc/lukko/host.env') expect([file, content.includes('4711')]).toEqual([file, false]);
  }
});

test.each(dataHosts)(
  '%s: what keeps data waits for the encrypted mount, and starts with it',
  (_, { files, runcmd }) => {
    const services = files.filter(
      ({ path: file, content }) =>
        /\.(container|service)$/.test(file) &&
        content.includes('/srv/lukko/') &&
        !file.endsWith('lukko-volume.service'),
    );
    expect(services.length).toBeGreaterThan(0);
    for (const { path: file, content } of services) {
      expect([file, content.includes('\nRequiresMountsFor=/srv/lukko\n')]).toEqual([file, true]);
      expect([file, content.includes('WantedBy=multi-user.target')]).toEqual([file, false]);
    }
    expect(runcmd.at(-1)).toEqual(['systemctl', 'enable', '--now', 'lukko-volume.service']);
  },
);

test.each(dataHosts)('%s: the volume is set up in an order that loses nothing', (_, { files }) => {
  const script = files.find(({ path: file }) => file === '/usr/local/lib/lukko/volume')?.content ?? '';
  const steps = [
    'luksFormat',
    'clevis luks bind',
    'age --encrypt',
    'token import',
    'rm -f "$key"',
    'clevis luks unlock -d',
    'mkfs.ext4',
    '--label lukko ',
    '>"$recorded"',
    'rm -f "$pending"',
    'mount -o nodev,nosuid /dev/mapper',
  ];
  const setUp = script.slice(script.indexOf('cryptsetup luksFormat'));
  const places = steps.map((step) => setUp.indexOf(step));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test.each(dataHosts)(
  '%s: what is started by hand of time or of others is started on the first boot, too',
  (host, { files, runcmd }) => {
    const commands = runcmd.map((words) => words.join(' '));
    const enabled = commands.filter((line) => line.startsWith('systemctl enable ')).join(' ');
    const contentOf = (file: string) => files.find(({ path: each }) => each === file)?.content ?? '';
    const installed = files.filter(
      ({ path: file, content }) => /^\/etc\/systemd\/system\/[^/]+$/.test(file) && content.includes('[Install]'),
    );
    expect(installed.length).toBeGreaterThan(5);
    for (const { path: file, content } of installed) {
      const unit = path.posix.basename(file);
      expect([host, unit, enabled.split(' ').includes(unit)]).toEqual([host, unit, true]);
      // Enabling starts nothing; the volume's script starts lukko-data.target, and what is wanted by another target must be named.
      if (!/^WantedBy=lukko-data\.target$/m.test(content))
        expect([
          host,
          unit,
          commands.some((line) => /^systemctl (start|enable --now) /.test(line) && line.split(' ').includes(unit)),
        ]).toEqual([host, unit, true]);
    }
    // A secret that did not open before a reboot is opened after it, and nothing is asked for where none was sealed.
    expect(contentOf('/etc/systemd/system/lukko-secrets.service')).toContain(
      'ConditionPathExists=/srv/lukko/secrets/sealed.json\n',
    );
    // It is tried again for good, and never silently: a limit of starts would end its path unit too, RestartMode=direct its alerts.
    expect(contentOf('/etc/systemd/system/lukko-secrets.service')).toContain('\nRestart=on-failure\n');
    expect(contentOf('/etc/systemd/system/lukko-secrets.service')).not.toMatch(/StartLimit|RestartMode/);
    expect(contentOf('/etc/systemd/journald.conf.d/10-lukko.conf')).toContain('\nMaxRetentionSec=365day\n');
  },
);

test('an image has a quarter of an hour to be pulled, and a copy of the database is made where podman can work', () => {
  const quadlets = payloads.flatMap(([, { files }]) => files.filter(({ path: file }) => file.endsWith('.container')));
  expect(quadlets).toHaveLength(8);
  for (const { path: file, content } of quadlets)
    expect([file, content.includes('\n[Service]\n') && content.includes('\nTimeoutStartSec=15min\n')]).toEqual([
      file,
      true,
    ]);
  // It is confined as the rest, but for podman's own folders; the boot test dumps a database in it.
  for (const [host, { files }] of dataHosts) {
    const unit = files.find(({ path: file }) => file.endsWith('/lukko-backup.service'))?.content;
    if (host === 'backups') expect(unit).toBeUndefined();
    else expect(unit).toMatch(/\nProtectSystem=strict\n(#.*\n)?ReadWritePaths=.* -\/run\/containers /);
    if (host !== 'backups') expect(unit).toContain('\nExecStartPre=/usr/local/lib/lukko/dump /srv/lukko/dumps\n');
    const drill = files.find(({ path: file }) => file.endsWith('/lukko-drill.service'))?.content;
    if (host !== 'backups') expect(drill).toMatch(/^After=.*\blukko-backup\.service$/m);
  }
});

test('a host that floods a key server does not take it from the others', () => {
  const socket = onHost(serversOf(documentOf(example, 'keys'))[0]?.[1].user_data).files.find(({ path: file }) =>
    file.endsWith('/tangd.socket'),
  );
  expect(socket?.content).toMatch(/^Accept=true\nTriggerLimitIntervalSec=0\nMaxConnectionsPerSource=8$/m);
});

test('who asked a key server for a key is looked at first, and whatever comes of it', () => {
  const drop = onHost(serversOf(documentOf(example, 'keys'))[0]?.[1].user_data).files.find(({ path: file }) =>
    file.endsWith('/lukko-watch.service.d/10-lukko.conf'),
  );
  expect(drop?.content).toBe('[Service]\nExecStartPre=-/usr/local/lib/lukko/tang-asked\n');
});

test('backups are served append-only, and by nothing else that keeps data', () => {
  const { files } = onHost(documentOf(example, 'backups').resource.hcloud_server?.host_server?.user_data);
  const units = files
    .filter(({ path: file }) => /\.container$|restic\.service$/.test(file))
    .map(({ path: file }) => path.posix.basename(file));
  expect(units).toEqual(['caddy.container', 'lukko-restic.service']);
  expect(files.find(({ path: file }) => file.endsWith('lukko-restic.service'))?.content).toContain(
    'rclone serve restic --append-only --addr 127.0.0.1:',
  );
});

test('a key server runs Tang and no container, and its payload is the same everywhere but for its name', () => {
  const [first, ...others] = payloads.filter(([name]) => name.startsWith('tang-')).map(([, payload]) => payload);
  expect(first?.packages).toContain('tang');
  expect(first?.packages).not.toContain('podman');
  // Days of updates differ on purpose: two key servers never reboot on one.
  const common = (payload: typeof first) =>
    payload?.files.filter(({ path: file }) => !/unpack$|90-lukko$|apt-daily-upgrade/.test(file));
  for (const other of others) expect(common(other)).toEqual(common(first));
});

test('no file below stacks/payload lies there unused', () => {
  const sources = ['stacks', 'stacks/constructs'].flatMap((folder) =>
    readdirSync(path.join(REPOSITORY, folder))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(path.join(REPOSITORY, folder, file), 'utf8')),
  );
  const files = readdirSync(path.join(REPOSITORY, 'stacks/payload'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(20);
  const unused = files.map(({ name }) => name).filter((name) => !sources.some((text) => text.includes(`${name}'`)));
  expect(unused).toEqual([]);
});
