import * as z from 'zod';
import { environmentClass, hostName, pattern, schemaVersion } from './common.ts';
import { checkBackups } from './config-backups.ts';
import { checkAddresses, checkNames, checkNetwork, checkQuorum } from './config-checks.ts';
import { hasHostBits } from './network.ts';
import { isAgeRecipient, isSshPublicKey } from './public-key.ts';

/** A name that becomes part of resource names, labels and file names. */
const slug = pattern(
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  'expected lower-case letters, digits and single hyphens, starting with a letter',
);
const text = z.string().min(1);
const days = z.number().int().min(1).max(3650);
const networkForm = 'expected an IPv4 network without bits set behind its prefix, such as 10.20.0.0/16';
const networkV4 = z.cidrv4(networkForm).refine((network) => !hasHostBits(network), networkForm);
const network = z
  .union([z.cidrv4(), z.cidrv6()], { error: 'expected a network such as 198.51.100.0/24 or 2001:db8::/32' })
  // The provider refuses it too, but only when it plans.
  .refine(
    (text) => !hasHostBits(text),
    'expected a network without bits set behind its prefix, such as 198.51.100.0/24 or 2001:db8::/32',
  );
const addressV4 = z.ipv4('expected an IPv4 address such as 10.20.1.10');
const address = z.union([z.ipv4(), z.ipv6()], { error: 'expected an IP address such as 192.0.2.53 or 2001:db8::53' });
const httpsUrl = z.url({ protocol: /^https$/, error: 'expected a URL that starts with https://' });

/** What a name of a server may look like where a port may follow: RFC 1123's letters, and a port from 1 to 65535. */
const SERVER = String.raw`(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`;
const PORT = String.raw`(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?`;

const thumbprint = pattern(
  /^([A-Za-z0-9_-]{43}|[A-Za-z0-9_-]{27})$/,
  'expected a JWK thumbprint of 43 characters, as `tang-show-keys` prints it',
).describe(
  'SHA-256 thumbprint of the signing key, as `jose jwk thp -a S256` prints it (RFC 7638); SHA-1 has 27 characters.',
);
const publicKeyForm = 'expected an OpenSSH public key on one line, such as "ssh-ed25519 AAAA… comment"';
const recipientForm =
  'expected an age recipient with a valid checksum (age1 and 58 characters, as age-keygen prints it)';

const image = z.strictObject({
  repository: pattern(
    /^[a-z0-9]+([._/-][a-z0-9]+)*$/,
    'expected a repository without registry and tag, such as victoriametrics/victoria-logs',
  ),
  tag: pattern(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, 'expected a tag such as v1.52.0'),
  digest: pattern(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hexadecimal digits'),
});

const host = z.strictObject({
  serverType: slug,
  privateAddress: addressV4.describe('Fixed address in the private network.'),
  volume: z.strictObject({
    size: z.number().int().min(10).max(10240).describe('Gigabytes; a volume of Hetzner has 10 to 10240.'),
    luksUuid: z
      .uuid('expected a UUID, as `cryptsetup luksUUID` prints it')
      .optional()
      .describe('What `cryptsetup luksUUID` says after the first boot: a host that has it refuses a blank disk.'),
  }),
});

const keyServer = z.strictObject({
  name: slug,
  location: slug,
  serverType: slug,
  thumbprint: thumbprint
    .optional()
    .describe('What `tang-show-keys` says on the server; until all have one, the stacks that need them are left out.'),
});

const keys = z
  .strictObject({
    threshold: z.number().int().min(2).describe('How many key servers must answer before a volume opens.'),
    servers: z.array(keyServer).min(3),
  })
  .superRefine(checkQuorum);

const bucketName = pattern(
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'expected a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens',
);

const state = z.discriminatedUnion('backend', [
  z.strictObject({ backend: z.literal('local') }),
  z.strictObject({ backend: z.literal('s3'), endpoint: httpsUrl, bucket: bucketName, region: text }),
]);

const backupBucket = z.strictObject({
  endpoint: pattern(
    /^https:\/\/[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
    'expected https:// and a host alone, such as https://fsn1.your-objectstorage.com: what leaves goes to 443, and the bucket stands in name',
  ).describe('Its host is let out of the hosts, and judged by who operates it and where it stands.'),
  name: bucketName,
  region: pattern(/^[a-z0-9-]+$/, 'expected the region that requests are signed for, such as fsn1'),
  lockDays: z
    .number()
    .int()
    .min(8, 'expected at least 8: a backup may need what was written seven days before it')
    .max(3650)
    .describe(
      "Days for which nobody can delete what was written: the default retention of the bucket's object lock, mode COMPLIANCE. Hosts ask for it.",
    ),
});

/**
 * `config/<env>.yaml`: what an operator edits. It checks form and what would make no sense anywhere (a quorum that cannot be
 * met); whether a location, registry or bucket is allowed is a rule's business, so that it is refused by name.
 */
export const config = z
  .strictObject({
    schemaVersion,
    environment: z.strictObject({ name: slug, class: environmentClass }),
    organisation: z.strictObject({
      name: text,
      securityContact: z.email('expected an e-mail address such as security@lukko.example'),
    }),
    domain: hostName.describe('Zone below which every host gets its name: logs.<domain>.'),
    dns: z.strictObject({
      managed: z.boolean().describe('Whether the zone is managed here; false leaves out the stack dns.'),
      ttl: z.number().int().min(60).max(86400).describe('Seconds.'),
    }),
    locations: z.strictObject({
      live: slug,
      backups: slug.optional().describe('Where hosts.backups stands; left out beside backups.bucket.'),
      networkZone: slug,
    }),
    network: z.strictObject({ range: networkV4, subnet: networkV4 }).superRefine(checkNetwork),
    access: z.strictObject({
      sshUserCa: z
        .string(publicKeyForm)
        .refine(isSshPublicKey, publicKeyForm)
        .describe("Public key of the authority that signs operators' SSH certificates."),
      operatorNetworks: z
        .array(network)
        .min(1)
        .describe('Networks from which operators connect; they live only in the Hetzner firewall.'),
      queryCa: z
        .string()
        .regex(
          /^-----BEGIN CERTIFICATE-----\n[^]+\n-----END CERTIFICATE-----\n?$/,
          'expected a certificate in PEM form',
        )
        .optional()
        .describe(
          'Authority of the certificates with which operators query the log server; without it, through SSH only.',
        ),
      ageRecipients: z
        .array(z.string(recipientForm).refine(isAgeRecipient, recipientForm))
        .min(2)
        .describe('Who can recover a volume: at least two, so that one lost identity loses nothing.'),
    }),
    keys,
    hosts: z.strictObject({
      edge: host,
      logs: host,
      errors: host,
      backups: host.optional().describe('Keeps the backups of the others, append-only; or backups.bucket does.'),
    }),
    backups: z
      .strictObject({ bucket: backupBucket })
      .optional()
      .describe('Backups in a bucket with versions and object lock, instead of on hosts.backups.'),
    system: z.strictObject({
      image: slug,
      packageMirror: httpsUrl,
      securityMirror: httpsUrl,
      clocks: z.array(hostName).min(2),
      resolvers: z.array(address).min(1),
    }),
    images: z.strictObject({
      registry: pattern(
        new RegExp(`^${SERVER}${PORT}$`),
        'expected the host of a registry, such as registry.lukko.example',
      ),
      caddy: image,
      victoriaLogs: image,
      glitchtip: image,
      postgresql: image,
    }),
    certificates: z.strictObject({
      authority: z.strictObject({ name: text, directory: httpsUrl }),
      minimumTls: z.enum(['1.2', '1.3']),
    }),
    upstreams: z
      .array(
        z.strictObject({
          name: hostName,
          // Caddy takes no path, and a login would stand in the payload for all to read.
          to: pattern(
            new RegExp(`^https?://${SERVER}${PORT}$`),
            'expected a URL of scheme, name and port alone, such as https://errors.lukko.example',
          ),
        }),
      )
      .describe('What the edge proxies: a public name and the service behind it.'),
    alerts: z
      .strictObject({
        webhook: httpsUrl
          .optional()
          .describe('Where hosts post alerts and heartbeats as JSON; its host must stand in the register.'),
        errors: pattern(
          /^https:\/\/[0-9a-f]{32}@[a-z0-9.-]+\/\d+$/,
          'expected the DSN of a project, such as https://0123456789abcdef0123456789abcdef@errors.lukko.example/1',
        )
          .optional()
          .describe('DSN of the project of GlitchTip to which hosts report what they alert; its key can only write.'),
        mail: z
          .strictObject({
            relay: pattern(
              /^(smtp:\/\/[a-z0-9.-]+:587|smtps:\/\/[a-z0-9.-]+:465)$/,
              'expected smtp://<host>:587 or smtps://<host>:465: TLS is asked for on both',
            ).describe('Its host must stand in the register. A login is sealed: lukko secrets seal alert-mail.'),
            from: z.email('expected an address of mail'),
            to: z.email('expected an address of mail'),
          })
          .optional()
          .describe('Alerts by mail, and a heartbeat a day.'),
      })
      .optional(),
    state,
    retention: z.strictObject({ audit: days, application: days, errors: days, backups: days }).describe('Days.'),
  })
  .superRefine(checkAddresses)
  .superRefine(checkNames)
  .superRefine(checkBackups)
  .meta({ title: 'Lukko environment', description: 'config/<environment>.yaml: what an operator edits.' });
export type Config = z.infer<typeof config>;
