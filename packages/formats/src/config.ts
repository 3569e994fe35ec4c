import { z } from 'zod';
import { environmentClass, hostName, schemaVersion } from './common.ts';

/** A name that becomes part of resource names, labels and file names. */
const slug = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected lower-case letters, digits and single hyphens, starting with a letter');
const days = z.number().int().min(1).max(3650);
const cidrV4 = z.cidrv4('expected an IPv4 network such as 10.20.0.0/16');
const cidr = z.union([cidrV4, z.cidrv6()], { error: 'expected a network such as 198.51.100.0/24 or 2001:db8::/32' });
const ipv4 = z.ipv4('expected an IPv4 address such as 10.20.1.10');
const httpsUrl = z.url({ protocol: /^https$/, error: 'expected a URL that starts with https://' });

/** SHA-256 or SHA-1 thumbprint of a Tang signing key, as `jose jwk thp` prints it (base64url, RFC 7638). */
const thumbprint = z.string().regex(/^([A-Za-z0-9_-]{43}|[A-Za-z0-9_-]{27})$/, 'expected a JWK thumbprint of 43 characters, as `lukko keys pin` writes it');
const sshPublicKey = z.string().regex(/^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]+={0,2}( .*)?$/, 'expected an OpenSSH public key such as "ssh-ed25519 AAAA… comment"');
const ageRecipient = z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/, 'expected an age recipient (age1…)');

const image = z.strictObject({
  repository: z.string().regex(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, 'expected a repository without registry and tag, such as victoriametrics/victoria-logs'),
  tag: z.string().min(1),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hexadecimal digits'),
});

const host = z.strictObject({
  serverType: slug,
  /** Fixed address in the private network. */
  privateAddress: ipv4,
  volume: z.strictObject({
    /** Gigabytes; Hetzner's volumes have 10 to 10240. */
    size: z.number().int().min(10).max(10240),
    /** Written by `lukko volumes pin` after the first boot: a host that has it refuses a blank disk. */
    luksUuid: z.uuid().optional(),
  }),
});

const keyServer = z.strictObject({
  name: slug,
  location: slug,
  serverType: slug,
  /** Absent until `lukko keys pin` has read it over SSH; the stacks that need it are left out until then. */
  thumbprint: thumbprint.optional(),
});

const keys = z
  .strictObject({
    /** How many key servers must answer before a volume opens. */
    threshold: z.number().int().min(2),
    servers: z.array(keyServer).min(3),
  })
  .superRefine((value, context) => {
    const spare = value.servers.length - value.threshold;
    if (spare < 1) context.addIssue({ code: 'custom', path: ['threshold'], message: `expected fewer than the ${value.servers.length} servers, so that one may be lost` });
    for (const location of new Set(value.servers.map((server) => server.location))) {
      const there = value.servers.filter((server) => server.location === location).length;
      if (there > spare) context.addIssue({ code: 'custom', path: ['servers'], message: `expected at most ${Math.max(spare, 0)} in one location, found ${there} in ${location}: losing it would lose the quorum` });
    }
    duplicates(value.servers.map((server) => server.name), (name, index) => context.addIssue({ code: 'custom', path: ['servers', index, 'name'], message: `expected a name used once, ${name} stands twice` }));
  });

const state = z.discriminatedUnion('backend', [
  z.strictObject({ backend: z.literal('local') }),
  z.strictObject({
    backend: z.literal('s3'),
    endpoint: httpsUrl,
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected a bucket name'),
    region: z.string().min(1),
  }),
]);

/**
 * `config/<env>.yaml`: what an operator edits. It checks form and what would make no sense anywhere (a quorum that cannot be
 * met); whether a location, registry or bucket is allowed is a rule's business, so that it is refused by name.
 */
export const config = z
  .strictObject({
    schemaVersion,
    environment: z.strictObject({ name: slug, class: environmentClass }),
    organisation: z.strictObject({ name: z.string().min(1), securityContact: z.email() }),
    /** Zone below which every host gets its name: `logs.<domain>`. */
    domain: hostName,
    /** Whether the zone is managed here; `false` leaves out the stack `dns`. */
    dns: z.strictObject({ managed: z.boolean(), ttl: z.number().int().min(60).max(86400) }),
    locations: z.strictObject({ live: slug, backups: slug, networkZone: slug }),
    network: z.strictObject({ range: cidrV4, subnet: cidrV4 }),
    access: z.strictObject({
      /** Public key of the CA that signs operators' SSH certificates. */
      sshUserCa: sshPublicKey,
      /** Networks from which operators connect; they live only in the Hetzner firewall. */
      operatorNetworks: z.array(cidr).min(1),
      /** Who can recover a volume: at least two, so that one lost identity loses nothing. */
      ageRecipients: z.array(ageRecipient).min(2),
    }),
    keys,
    hosts: z.strictObject({ edge: host, logs: host, errors: host, backups: host }),
    system: z.strictObject({
      image: slug,
      packageMirror: httpsUrl,
      securityMirror: httpsUrl,
      clocks: z.array(hostName).min(2),
      resolvers: z.array(z.union([z.ipv4(), z.ipv6()])).min(1),
    }),
    images: z.strictObject({
      registry: z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?$/, 'expected the host of a registry, such as registry.lukko.example'),
      caddy: image,
      victoriaLogs: image,
      glitchtip: image,
      postgresql: image,
    }),
    certificates: z.strictObject({
      authority: z.strictObject({ name: z.string().min(1), directory: httpsUrl }),
      minimumTls: z.enum(['1.2', '1.3']),
    }),
    /** What the edge proxies: a public name and the service behind it. */
    upstreams: z.array(z.strictObject({ name: hostName, to: z.url({ protocol: /^https?$/ }) })),
    state,
    retention: z.strictObject({ audit: days, application: days, errors: days, backups: days }),
  })
  .superRefine((value, context) => {
    const addresses = Object.entries(value.hosts).map(([name, entry]) => ({ name, address: entry.privateAddress }));
    duplicates(addresses.map((entry) => entry.address), (address, index) =>
      context.addIssue({ code: 'custom', path: ['hosts', addresses[index]?.name ?? '', 'privateAddress'], message: `expected an address used once, ${address} stands twice` }),
    );
    for (const { name, address } of addresses) {
      if (!contains(value.network.subnet, address)) context.addIssue({ code: 'custom', path: ['hosts', name, 'privateAddress'], message: `expected an address inside network.subnet ${value.network.subnet}` });
    }
    const [base = ''] = value.network.subnet.split('/');
    if (!contains(value.network.range, base)) context.addIssue({ code: 'custom', path: ['network', 'subnet'], message: `expected a network inside network.range ${value.network.range}` });
    duplicates(value.upstreams.map((upstream) => upstream.name), (name, index) =>
      context.addIssue({ code: 'custom', path: ['upstreams', index, 'name'], message: `expected a name used once, ${name} stands twice` }),
    );
  });
export type Config = z.infer<typeof config>;

function duplicates(names: readonly string[], report: (name: string, index: number) => void): void {
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) report(name, index);
  });
}

/** Whether an IPv4 address lies in an IPv4 network; both already checked for form. */
function contains(network: string, address: string): boolean {
  const [base = '', bits = '32'] = network.split('/');
  const mask = bits === '0' ? 0 : (0xffffffff << (32 - Number(bits))) >>> 0;
  return (number(base) & mask) >>> 0 === (number(address) & mask) >>> 0;
}

function number(address: string): number {
  return address.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0);
}
