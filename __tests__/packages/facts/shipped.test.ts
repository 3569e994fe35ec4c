import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deriveFacts, type Facts } from '@lukko/facts';
import { type Config, config, parseFile } from '@lukko/formats';
import { readSynth } from '@lukko/terraform-model';
import { App } from 'cdktf';
import { buildStacks } from '../../../stacks/index.ts';
import { opened, packedAgain } from '../../stacks/on-host.ts';
import { operators } from './sample.ts';

const example = path.join(__dirname, '../../../config/example.yaml');

/** The text of every shipped stack, by name, as cdktf writes it. */
function synthesise(change: (value: Config) => void = () => undefined): Map<string, string> {
  const declared = parseFile(config, readFileSync(example, 'utf8'), 'config/example.yaml');
  change(declared.value);
  const outdir = mkdtempSync(path.join(tmpdir(), 'lukko-facts-'));
  try {
    const app = new App({ outdir });
    const { stacks } = buildStacks(app, declared.value, { at: declared.at });
    app.synth();
    const read = (name: string) => readFileSync(path.join(outdir, 'stacks', name, 'cdk.tf.json'), 'utf8');
    return new Map(
      stacks
        .map((stack) => stack.node.id)
        .sort()
        .map((name) => [name, read(name)]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function factsOf(texts: ReadonlyMap<string, string>): Facts {
  const roots = [...texts].map(([name, text]) => ({
    files: [{ file: `cdktf.out/stacks/${name}/cdk.tf.json`, text }],
  }));
  return deriveFacts(readSynth({ roots, complete: true }), {
    operators,
    register: [],
  });
}

const shipped = synthesise();
const facts = factsOf(shipped);
const data = ['backups', 'edge', 'errors', 'logs'];

/** Encryption of the volume of the stack `logs`, after its text was changed. */
function after(change: (text: string) => string) {
  const before = shipped.get('logs') ?? '';
  const text = packedAgain(change(opened(before)));
  expect(opened(text)).not.toBe(opened(before));
  const volume = factsOf(new Map([...shipped, ['logs', text]])).volumes.find((each) =>
    each.resource.id.startsWith('logs/'),
  );
  return volume?.encryption.is;
}

describe('the shipped stacks', () => {
  it('every payload is read whole, and hides nothing', () => {
    for (const { payload } of facts.servers) {
      expect([
        payload.server.id,
        payload.state,
        payload.unread,
        payload.commands.filter((command) => command.opaque),
      ]).toEqual([payload.server.id, 'read', [], []]);
    }
    expect(facts.servers).toHaveLength(7);
  });

  it('every volume is shown to be encrypted, and every data path to lie on it', () => {
    expect(facts.volumes.map((volume) => [volume.resource.root.stack, volume.encryption.is, volume.mount])).toEqual(
      data.map((stack) => [stack, true, '/srv/lukko']),
    );
    expect(
      facts.servers.flatMap((server) =>
        server.dataPaths.map(
          ({ path: at, service, encrypted }) => `${server.resource.root.stack} ${at} ${service} ${encrypted.is}`,
        ),
      ),
    ).toMatchSnapshot();
  });

  it('servers are guarded, and only web ports are open to the world', () => {
    const open = facts.servers.map(({ resource, exposure }) => [
      resource.root.stack,
      exposure.public.is,
      exposure.guarded.is,
      ...exposure.inbound.filter((rule) => rule.worldOpen.is !== false).map((rule) => rule.ports?.from),
    ]);
    expect(open).toEqual([
      ...['backups', 'edge', 'errors'].map((stack) => [stack, true, true, 80, 443]),
      ...['keys', 'keys', 'keys'].map((stack) => [stack, true, true]),
      ['logs', true, true, 80, 443],
    ]);
  });

  it('hosts are named with their positions', () => {
    expect([...new Set(facts.hosts.map((use) => `${use.class} ${use.position} ${use.host}`))].sort()).toMatchSnapshot();
  });

  it('every host drops what is not named, keeps its metadata to root, swaps nothing and updates itself', () => {
    const said = facts.servers.map(({ resource }) => {
      const { firewall, noSwap, automaticUpdates } = facts.hostSettings(resource);
      const { dropsInbound, dropsOutbound, guardsMetadata } = firewall;
      return [resource.id, dropsInbound.is, dropsOutbound.is, guardsMetadata.is, noSwap.is, automaticUpdates.is];
    });
    expect(said).toEqual(facts.servers.map(({ resource }) => [resource.id, true, true, true, true, true]));
  });

  it('no secret is readable', () => {
    expect(facts.secrets).toEqual([]);
  });

  it('a pinned LUKS UUID takes the place of setting up', () => {
    const pinned = factsOf(
      synthesise((value) => {
        value.hosts.logs.volume.luksUuid = '0b0f3b3e-2f6f-4b53-9d3e-2f3c0a8f6a11';
      }),
    );
    const volume = pinned.volumes.find((each) => each.resource.id.startsWith('logs/'));
    expect(volume?.encryption.steps.filter((step) => step.is !== true)).toEqual([]);
  });
});

describe('breaking the payload of the logs host', () => {
  // Inside JSON a newline of the script is the two characters \n.
  const line = (pattern: string) => new RegExp(` *${pattern}[^\\n]*?(?<!\\\\)\\\\n`, 'g');
  it.each([
    ['no luksFormat', (text: string) => text.replaceAll(line('cryptsetup luksFormat'), ''), false],
    ['no opening', (text: string) => text.replaceAll('clevis luks unlock', 'clevis luks list'), false],
    [
      'no mount',
      (text: string) => text.replaceAll('mount -o nodev,nosuid /dev/mapper/lukko-data /srv/lukko', 'true'),
      false,
    ],
    [
      'no enablement',
      (text: string) => text.replaceAll('- enable\\n   - --now\\n   - lukko-volume.service', '- daemon-reload'),
      false,
    ],
    ['no device', (text: string) => text.replaceAll('LUKKO_VOLUME_DEVICE=', 'LUKKO_OTHER='), 'unknown'],
    [
      'another volume',
      (text: string) => text.replaceAll('scsi-0HC_Volume_${hcloud_volume.data_volume.id}', 'scsi-0HC_Volume_4711'),
      false,
    ],
    [
      'a volume of another stack',
      (text: string) => text.replaceAll('${hcloud_volume.data_volume.id}', '${var.volume}'),
      'unknown',
    ],
    [
      'a file system on the device',
      (text: string) =>
        text.replaceAll('mkfs.ext4 -q /dev/mapper/lukko-data', 'mkfs.ext4 -q \\"$LUKKO_VOLUME_DEVICE\\"'),
      false,
    ],
    [
      'a payload that triggers no rebuild',
      (text: string) => text.replaceAll('"triggers_replace"', '"not_triggers"'),
      'unknown',
    ],
    ['another command in its place', (text: string) => text.replaceAll('lukko host rebuild', 'echo'), 'unknown'],
    [
      'a format',
      (text: string) => text.replace('"automount": false', '"automount": false, "format": "xfs"'),
      undefined,
    ],
  ] as const)('%s', (_, change, is) => {
    const seen = after(change);
    if (is === undefined) expect(seen).not.toBe(true);
    else expect(seen).toBe(is);
  });
});
