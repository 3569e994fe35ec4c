import type { Facts } from '@lukko/facts';
import type { Resource, Value } from '@lukko/terraform-model';
import { existing, hidden, inPayloads, known, list, type Mutation, setTo, type Target, unset } from './change.ts';
import { settingMutations } from './setting-mutations.ts';

const everybody = list('0.0.0.0/0', '::/0');

/** Every way to make a model worse that `lukko prove` knows. Each is something an audit has found or an attacker would do. */
export const mutations: readonly Mutation[] = [
  {
    id: 'location-us',
    what: 'it stands in Ashburn, US',
    targets: (facts) => placed(facts).map((resource) => setTo(resource, 'location', known('ash'))),
  },
  {
    id: 'location-hidden',
    what: 'a variable without value decides where it stands',
    targets: (facts) => placed(facts).map((resource) => setTo(resource, 'location', hidden)),
  },
  {
    id: 'volume-detached',
    what: 'nothing attaches it',
    targets: (facts) =>
      existing(facts, 'hcloud_volume_attachment').map(({ id }) => ({
        address: id,
        changes: { removed: new Set([id]) },
      })),
  },
  {
    id: 'volume-formatted',
    what: 'the provider makes a plain file system on it',
    targets: (facts) =>
      existing(facts, 'hcloud_volume')
        .filter((volume) => volume.attr('format').value.state === 'unset')
        .map((volume) => setTo(volume, 'format', known('ext4'))),
  },
  {
    id: 'luks-dropped',
    what: 'the step that sets up LUKS is gone',
    targets: (facts) => inPayloads(facts, /\bcryptsetup((?: -\S+)*) luksFormat\b/g, 'true$1 luksFormat'),
  },
  {
    id: 'plain-mount',
    what: 'the bare device is mounted instead of the opened one',
    targets: (facts) => inPayloads(facts, /\bmount((?: -o [\w,=]+)?) \/dev\/mapper\/[\w-]+/g, 'mount$1 /dev/sdb'),
  },
  {
    id: 'data-beside-volume',
    what: 'a service keeps its data on the root disk',
    // A payload may be YAML in which the lines of a file are one text: a path ends at a colon, a space or a backslash.
    targets: (facts) =>
      inPayloads(facts, /\b(Volume=)\/(?!var\/lib\/|etc\/|run\/|usr\/|dev\/)[^:\s\\"]+:/g, '$1/var/lib/data:'),
  },
  {
    id: 'append-only-dropped',
    what: 'whoever sends backups can delete them',
    targets: (facts) => inPayloads(facts, / --append-only\b/g, ''),
  },
  {
    id: 'image-unpinned',
    what: 'container images lose their digest',
    targets: (facts) => inPayloads(facts, /@sha256:[0-9a-f]{64}/g, ''),
  },
  {
    id: 'us-host',
    what: 'the package source is one of a US operator',
    targets: (facts) =>
      hostsInPayloads(facts)
        .flatMap((host) => inPayloads(facts, wholeName(host), 'api.openai.com'))
        .slice(0, 3),
  },
  {
    id: 'secret-in-payload',
    what: 'a private key is written into what it boots from',
    targets: (facts) =>
      existing(facts, 'hcloud_server').map((server) => setTo(server, 'user_data', withSecret(server))),
  },
  {
    id: 'firewall-opened',
    what: 'what it admits from some it admits from everybody',
    targets: (facts) => existing(facts, 'hcloud_firewall').flatMap(opened),
  },
  {
    id: 'firewall-dropped',
    what: 'no firewall stands before it',
    targets: withoutFirewalls,
  },
  {
    id: 'ssh-keys-dropped',
    what: 'it is created with a root password',
    targets: (facts) =>
      existing(facts, 'hcloud_server')
        .filter((server) => server.attr('ssh_keys').value.state !== 'unset')
        .map((server) => setTo(server, 'ssh_keys', unset)),
  },
  {
    id: 'image-unsupported',
    what: 'it boots a system that gets no updates any more',
    targets: (facts) => existing(facts, 'hcloud_server').map((server) => setTo(server, 'image', known('ubuntu-18.04'))),
  },
  {
    id: 'delete-protection-off',
    what: 'it can be deleted by a click',
    targets: (facts) =>
      existing(facts)
        .filter((resource) => resource.attr('delete_protection').text === 'true')
        .map((resource) => setTo(resource, 'delete_protection', known(false))),
  },
  {
    id: 'prevent-destroy-off',
    what: 'a plan may remove it',
    targets: (facts) =>
      existing(facts)
        .filter(({ type, lifecycle }) => type === 'hcloud_volume' && lifecycle?.preventDestroy === true)
        .map(({ id, lifecycle }) => ({
          address: id,
          changes: {
            lifecycles: new Map([[id, { ...(lifecycle as NonNullable<typeof lifecycle>), preventDestroy: false }]]),
          },
        })),
  },
  ...settingMutations,
];

/** What stands at a location in the EU that is known. */
function placed(facts: Facts): readonly Resource[] {
  const inEu = new Set(
    facts.placements.filter(({ location }) => location?.eu === true).map(({ resource }) => resource.id),
  );
  return existing(facts).filter((resource) => inEu.has(resource.id) && resource.attr('location').text !== undefined);
}

/** Names of hosts that payloads pull from, as written there. */
function hostsInPayloads({ hosts }: Facts): readonly string[] {
  const named = hosts.filter(({ host, implicit, class: path }) => host !== undefined && !implicit && path === 'pull');
  return [...new Set(named.map(({ host }) => host as string))].filter((host) => /\.[a-z]{2,}$/.test(host)).sort();
}

function wholeName(host: string): RegExp {
  return new RegExp(`(?<![\\w.-])${host.replaceAll('.', '\\.')}(?![\\w.-])`, 'g');
}

const privateKey = [
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ',
  '-----END OPENSSH PRIVATE KEY-----',
];

function withSecret(server: Resource): Value {
  const { value } = server.attr('user_data');
  const secret = `\n${privateKey.map((line) => `# ${line}`).join('\n')}\n`;
  if (value.state === 'text') return { ...value, parts: [...value.parts, secret] };
  return known(`${value.state === 'known' ? value.value : '#cloud-config'}${secret}`);
}

/** One target for each inbound rule that admits named sources to a port that is not the web's. */
function opened(firewall: Resource): readonly Target[] {
  const rules = firewall.attr('rule').value;
  if (rules.state !== 'list') return [];
  return rules.items.flatMap((rule, index): readonly Target[] => {
    if (rule.state !== 'map') return [];
    const text = (name: string) => {
      const value = rule.entries.get(name);
      return value?.state === 'known' ? String(value.value) : undefined;
    };
    const narrow =
      JSON.stringify(firewall.attr('rule', index, 'source_ips').text ?? '').includes('0.0.0.0/0') === false;
    if (
      text('direction') !== 'in' ||
      ['80', '443'].includes(text('port') ?? '') ||
      text('protocol') === 'icmp' ||
      !narrow
    )
      return [];
    const wider: Value = { ...rule, entries: new Map([...rule.entries, ['source_ips', everybody]]) };
    return [setTo(firewall, 'rule', { ...rules, items: rules.items.with(index, wider) })];
  });
}

/** Servers, each without what guards it: its own list, and attachments that name it. */
function withoutFirewalls(facts: Facts): readonly Target[] {
  const attachments = existing(facts, 'hcloud_firewall_attachment').map(({ id }) => id);
  return facts.servers
    .filter(({ exposure }) => exposure.guarded.is === true && exposure.public.is === true)
    .map(({ resource }) => ({
      address: resource.id,
      changes: {
        values: new Map([[resource.id, new Map([['firewall_ids', unset]])]]),
        removed: new Set(attachments),
      },
    }));
}
