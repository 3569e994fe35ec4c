import type { TerraformJson } from '@lukko/terraform-model';
import { caddyImage, quadlet } from './example-payloads.ts';
import { setUp } from './host-setup.ts';

/** One site of a Caddyfile with these directives. */
export function answering(...directives: readonly string[]): string {
  return `www.lukko.example {\n${directives.map((line) => `  ${line}\n`).join('')}  respond 404\n}\n`;
}

/** An example's server that runs Caddy with this Caddyfile, and other files beside it. */
export function siteExample(caddyfile: string, files: Readonly<Record<string, string>> = {}): TerraformJson {
  return setUp(
    {
      '/etc/caddy/Caddyfile': caddyfile,
      ...files,
      '/etc/containers/systemd/caddy.container': quadlet(caddyImage, [
        'Network=host',
        'Volume=/etc/caddy:/etc/caddy:ro',
      ]),
    },
    [['systemctl', 'daemon-reload']],
  );
}
