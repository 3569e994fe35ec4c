import { Refusal } from './refusal.ts';

export interface Endpoint {
  readonly url: string;
  readonly loopback: boolean;
}

/** Provider v1.68: the API of everything but storage boxes, and theirs. */
const OFFICIAL = {
  HCLOUD_ENDPOINT: 'https://api.hetzner.cloud/v1',
  HETZNER_ENDPOINT: 'https://api.hetzner.com/v1',
} as const;
const OFFICIAL_HOSTS = Object.values(OFFICIAL).map((url) => new URL(url).hostname);

/** Whether a host certainly is this machine: literal loopback addresses and `localhost` (RFC 6761), nothing that a resolver decides. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

/**
 * Where the provider will send its requests: an `endpoint` or `endpoint_hetzner` written in a provider block wins over the
 * variable, as in the provider. Throws a Refusal for a host that is neither Hetzner's nor loopback, and for plain HTTP off this machine.
 */
export function endpoints(
  environment: NodeJS.ProcessEnv,
  written: readonly Readonly<Record<string, unknown>>[],
): readonly Endpoint[] {
  const urls = new Set<string>();
  for (const block of written.length === 0 ? [{}] : written) {
    urls.add(choose(block.endpoint, environment.HCLOUD_ENDPOINT, OFFICIAL.HCLOUD_ENDPOINT));
    urls.add(choose(block.endpoint_hetzner, environment.HETZNER_ENDPOINT, OFFICIAL.HETZNER_ENDPOINT));
  }
  return [...urls].sort().map(check);
}

function choose(...candidates: readonly unknown[]): string {
  const found = candidates.find((candidate) => typeof candidate === 'string' && candidate !== '');
  return String(found);
}

function check(url: string): Endpoint {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined)
    throw new Refusal(
      `the endpoint ${JSON.stringify(url)} is no URL`,
      'unset HCLOUD_ENDPOINT and HETZNER_ENDPOINT, or name the sandbox',
    );
  // Credentials in a URL would land in the verdict file.
  const shown = `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  if (isLoopback(parsed.hostname)) return { url: shown, loopback: true };
  if (!OFFICIAL_HOSTS.includes(parsed.hostname))
    throw new Refusal(
      `the endpoint ${shown} is neither Hetzner's API nor on this machine: it would be given the token`,
      'unset HCLOUD_ENDPOINT and HETZNER_ENDPOINT, or name the sandbox',
    );
  if (parsed.protocol !== 'https:')
    throw new Refusal(`the endpoint ${shown} would be given the token in plain text`, 'use https://');
  return { url: shown, loopback: false };
}
