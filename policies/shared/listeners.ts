import type { CaddySite, Payload, ServerFacts } from '@lukko/facts';
import { type Judgement, no, type Truth, unknown, yes } from '@lukko/policy-engine';
import { fit, short } from './message.ts';
import { isCaddy, readable } from './payload.ts';
import { addressOf } from './words.ts';

/** What Caddy speaks on a port: undefined when none of its sites is there. https://caddyserver.com/docs/caddyfile/concepts#addresses */
function caddyOn(payload: Payload, port: number): Truth | undefined {
  if (!runsCaddy(payload)) return undefined;
  const here = payload.sites.flatMap((site) =>
    site.addresses.flatMap((address) => (portOf(address) === port ? [{ site, address }] : [])),
  );
  const clear = here.find(({ site, address }) => site.tls === 'off' || address.startsWith('http://'));
  if (clear !== undefined) return no({ at: clear.site.at, saw: `site ${short(clear.address, 40)}` });
  const [first] = here;
  if (first !== undefined) return yes({ at: first.site.at, saw: `Caddy speaks TLS for ${printable(first.address)}` });
  const secured = payload.sites.find((site) => site.tls !== 'off');
  if (port === 80 && secured !== undefined)
    return yes({ at: secured.at, saw: 'Caddy answers ACME on port 80 and sends the rest to https' });
  return undefined;
}

/** A Caddyfile alone answers nothing: its package, a container or a command of it must be there. */
function runsCaddy({ containers, packages, commands }: Payload): boolean {
  return (
    packages.includes('caddy') ||
    containers.some(({ image }) => isCaddy(image)) ||
    commands.some(({ program }) => program === 'caddy')
  );
}

/** The port of a site's address; a name alone is https. */
function portOf(address: string): number {
  const [, scheme, rest = ''] = /^(?:(https?):\/\/)?(.*)$/.exec(address) ?? [];
  const written = /:(\d+)(?:\/|$)/.exec(rest)?.[1];
  if (written !== undefined) return Number(written);
  return scheme === 'http' ? 80 : 443;
}

/** rclone's own server: TLS with a certificate and a key. https://rclone.org/commands/rclone_serve_restic/ */
function rcloneOn(payload: Payload, port: number): Truth | undefined {
  const serving = payload.commands.find(
    ({ program, args }) =>
      program === 'rclone' && args[0] === 'serve' && optionOf(args, '--addr')?.endsWith(`:${port}`),
  );
  if (serving === undefined) return undefined;
  const { at, args } = serving;
  return optionOf(args, '--cert') !== undefined && optionOf(args, '--key') !== undefined
    ? yes({ at, saw: 'rclone serves with --cert and --key' })
    : no({ at, saw: 'rclone serves without --cert and --key' });
}

function optionOf(args: readonly (string | undefined)[], option: string): string | undefined {
  const index = args.findIndex((arg) => arg === option || arg?.startsWith(`${option}=`));
  const found = args[index];
  if (found === undefined) return undefined;
  return found === option ? args[index + 1] : found.slice(option.length + 1);
}

/** Whether what answers on a port of a server speaks TLS, as far as its payload shows; undefined when nothing there does. */
export function speaksTls({ payload }: ServerFacts, port: number): Truth | undefined {
  const whole = readable(payload);
  const seen = caddyOn(payload, port) ?? rcloneOn(payload, port);
  return seen?.is === false ? seen : whole.is === true ? (otherListener(payload, port) ?? seen) : whole;
}

/** A container other than Caddy that publishes the port: what it speaks there is not shown. */
function otherListener(payload: Payload, port: number): Truth | undefined {
  const other = payload.containers.find(
    (container) => !isCaddy(container.image) && container.publishes.some((one) => publishes(one, port)),
  );
  return other === undefined
    ? undefined
    : unknown({
        at: other.unit.file.at,
        saw: `${other.unit.name} publishes port ${port}; what it speaks is not shown`,
        causes: ['outside'],
      });
}

/** `[ip:]host:container[/protocol]`, bound to more than loopback. */
function publishes(text: string, port: number): boolean {
  const [address = ''] = text.split('/');
  if (/^(127\.|\[::1\]|localhost:)/.test(address)) return false;
  const parts = address.split(':');
  return Number(parts.length > 1 ? parts[parts.length - 2] : parts[0]) === port;
}

/** Upstreams of Caddy that lie on another host and are reached in the clear, one judgement each; a pass for the others. */
export function plainUpstreams({ resource, payload }: ServerFacts): readonly Judgement[] {
  return payload.sites.flatMap((site: CaddySite) =>
    site.upstreams.map(({ text, tls, line }): Judgement => {
      const at = `${site.at}:${line}`;
      const shown = printable(text);
      if (tls) return { truth: yes({ at, saw: `${shown} over TLS` }), message: 'over TLS', at };
      if (isLocal(text))
        return { truth: yes({ at, saw: `${shown} on the host itself` }), message: 'on the host itself', at };
      if (text !== shown) {
        const message = fit(`${addressOf(resource)} reaches an upstream that is not known in the clear`);
        return { truth: unknown({ at, saw: `${shown}, in the clear`, causes: ['function'] }), message, at };
      }
      const message = fit(`${addressOf(resource)} reaches upstream ${short(shown, 60)} in the clear`);
      return { truth: no({ at, saw: `${shown}, in the clear` }), message, at };
    }),
  );
}

/** Loopback, a socket file, or the name of a container beside it: a name without a dot never leaves the host. */
function isLocal(text: string): boolean {
  const host = text.replace(/^(https?|h2c):\/\//, '').replace(/(:\d+)?(\/.*)?$/, '');
  if (/^(unix\/|unix\+)/.test(text)) return true;
  return /^(127(\.\d+){3}|\[?::1\]?|localhost|host\.containers\.internal|[a-z0-9_-]+)$/i.test(host);
}

/** Holes of a text stand as private-use characters. */
function printable(text: string): string {
  return text.replace(/\p{Co}+/gu, '${…}');
}
