import type { Config } from '@lukko/formats';
import type { CloudFile } from './cloud-config.ts';
import type { HostName } from './hosts.ts';
import { locationOf } from './hosts.ts';
import { payloadFile } from './payload-file.ts';
import { hostOf, type Part, type PayloadOrigin, script } from './payload-types.ts';

/** An image of the configuration as a quadlet names it: by digest; the tag only tells people which one it is. */
export function imageText(config: Config, name: Exclude<keyof Config['images'], 'registry'>): string {
  const { repository, tag, digest } = config.images[name];
  return `${config.images.registry}/${repository}:${tag}@${digest}`;
}

export function imageOrigins(
  config: Config,
  name: Exclude<keyof Config['images'], 'registry'>,
): readonly PayloadOrigin[] {
  return [
    { value: config.images.registry, path: 'images.registry' },
    { value: config.images[name].digest, path: `images.${name}.digest` },
  ];
}

/**
 * Caddy as a quadlet in front of what a host serves. It stays off until the account binding of the certificate authority lies on
 * the volume: with the file missing it would exit, and without an account it could ask for no certificate.
 *
 * @param sites the site blocks, written out: what is public is to be read in one place.
 */
export function caddy(config: Config, host: HostName, sites: string): Required<Omit<Part, 'packages'>> {
  const { directory } = config.certificates.authority;
  const global = payloadFile('caddy/global.Caddyfile', {
    directory,
    region: locationOf(config, host).location,
  });
  const files: readonly CloudFile[] = [
    { path: '/etc/caddy/Caddyfile', content: `${global}\n${sites}` },
    {
      path: '/etc/caddy/well-known/security.txt',
      content: payloadFile('caddy/security.txt', { contact: config.organisation.securityContact }),
    },
    {
      path: '/etc/containers/systemd/caddy.container',
      content: payloadFile('caddy/caddy.container', { image: imageText(config, 'caddy') }),
    },
    script(
      '/usr/local/lib/lukko/open-secrets',
      payloadFile('secrets/open-secrets', {
        bucket: config.backups === undefined ? '' : payloadFile('secrets/backup-bucket'),
      }),
    ),
    { path: '/etc/systemd/system/lukko-secrets.service', content: payloadFile('secrets/lukko-secrets.service') },
    { path: '/etc/systemd/system/lukko-secrets.path', content: payloadFile('secrets/lukko-secrets.path') },
    { path: '/etc/systemd/system/caddy.path', content: payloadFile('caddy/caddy.path') },
    {
      path: '/etc/systemd/system/lukko-acme-account.service',
      content: payloadFile('caddy/lukko-acme-account.service'),
    },
    script('/usr/local/lib/lukko/acme-account', payloadFile('caddy/acme-account')),
    { path: '/etc/lukko/data.d/caddy.conf', content: payloadFile('caddy/data.conf') },
  ];
  return {
    files,
    units: ['caddy.path', 'lukko-acme-account.service', 'lukko-secrets.path', 'lukko-secrets.service'],
    egress: [hostOf(directory)],
    origins: [...imageOrigins(config, 'caddy'), { value: directory, path: 'certificates.authority.directory' }],
  };
}

/** The values every site block takes: its name and the lowest version of TLS it accepts. */
export function site(config: Config, name: string): { name: string; tls: string } {
  return { name, tls: `tls${config.certificates.minimumTls}` };
}
