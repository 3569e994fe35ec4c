import type { ReferenceFile } from './cloud-config.ts';

/** What a payload knows of resources, and what rides beside it: the one file in which references stand. */
export interface HostEnv {
  readonly device: string;
  readonly luksUuid: string | undefined;
  readonly threshold: number;
  readonly tangs: readonly { readonly url: string; readonly thumbprint: string }[];
  readonly tangAddresses: readonly string[];
  readonly ageRecipients: readonly string[];
  /** Addresses and networks of our own hosts; empty where the service asks for none. */
  readonly sources: readonly string[];
}

/** Path at which units and scripts find it; `EnvironmentFile=` of systemd. */
export const HOST_ENV = '/etc/lukko/host.env';

/**
 * The lines of `host.env`. `LUKKO_LUKS_UUID` is there once the disk is pinned, alone on its line: the digest that triggers a
 * rebuild is taken without it.
 */
export function hostEnv(env: HostEnv): ReferenceFile {
  const lines = [
    `LUKKO_VOLUME_DEVICE=${env.device}`,
    ...(env.luksUuid === undefined ? [] : [`LUKKO_LUKS_UUID=${env.luksUuid}`]),
    ...env.tangs.map(({ url }, index) => `LUKKO_TANG_${index}=${url}`),
    `LUKKO_TANG_ADDRESSES="${env.tangAddresses.join(' ')}"`,
    `LUKKO_CLEVIS='${clevis(env)}'`,
    `LUKKO_AGE_RECIPIENTS="${env.ageRecipients.join(' ')}"`,
    ...(env.sources.length === 0 ? [] : [`LUKKO_SOURCES="${env.sources.join(' ')}"`]),
  ];
  return { path: HOST_ENV, content: `${lines.join('\n')}\n` };
}

/**
 * What `clevis encrypt sss` takes: Shamir's threshold over Tang servers, each by its pinned thumbprint, so that nobody who
 * answers in its place is bound to. Written by hand, since JSON.stringify would escape the references in it.
 */
function clevis({ threshold, tangs }: HostEnv): string {
  const pins = tangs.map(({ url, thumbprint }) => `{"url":"${url}","thp":"${thumbprint}"}`);
  return `{"t":${threshold},"pins":{"tang":[${pins.join(',')}]}}`;
}
