import { fullSource } from '../configuration/providers.ts';

/** Before Terraform 0.13 a plan named providers by their short name; this one moved out of the default namespace since. */
const legacy = new Map([['hcloud', 'hetznercloud/hcloud']]);

/** The full address of a provider as a plan names it, of any age. */
export function providerSource(name: string): string {
  return fullSource(legacy.get(name) ?? name);
}
