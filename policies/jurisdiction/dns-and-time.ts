import type { Operator } from '@lukko/formats';
import { read, vendorRegister } from './sources.ts';

/** Registrars, zones, resolvers: who answers for a name. */
export const dnsAndTime: readonly Operator[] = [
  {
    id: 'gandi',
    name: 'Gandi',
    legal: { entity: 'Gandi SAS', country: 'FR' },
    source: vendorRegister(2960),
    date: read,
    providers: [{ source: 'go-gandi/gandi', reaches: 'fixed' }],
    hosts: ['gandi.net'],
  },
  {
    id: 'mullvad',
    name: 'Mullvad DNS',
    legal: { entity: 'Mullvad VPN AB', country: 'SE' },
    source: 'https://mullvad.net/en/help/privacy-policy',
    date: read,
    hosts: ['mullvad.net'],
    addresses: ['194.242.2.0/24', '2a07:e340::/32'],
  },
  {
    id: 'namecheap',
    name: 'Namecheap',
    legal: { entity: 'Namecheap, Inc.', country: 'US' },
    source: vendorRegister(5337),
    date: read,
    providers: [{ source: 'namecheap/namecheap', reaches: 'fixed' }],
    hosts: ['namecheap.com', 'registrar-servers.com'],
  },
  {
    id: 'quad9',
    name: 'Quad9',
    legal: { entity: 'Quad9 Foundation', country: 'CH' },
    source: 'https://quad9.net/de/privacy/policy/',
    date: read,
    hosts: ['quad9.net', 'quad9.org'],
    addresses: ['9.9.9.0/24', '149.112.112.0/24', '2620:fe::/48'],
  },
];
