import type { Operator } from '@lukko/formats';
import { read, vendorRegister } from './sources.ts';

/** Hosting by operators of the EU, the EEA and Switzerland. Where a disk stands is another rule's question. */
export const hostingEu: readonly Operator[] = [
  {
    id: 'aruba',
    name: 'Aruba Cloud',
    legal: { entity: 'Aruba S.p.A.', country: 'IT' },
    source: 'https://www.aruba.it/en/pre-contractual-information/cloud.aspx',
    date: read,
    hosts: ['aruba.it', 'arubacloud.com', 'cloud.it'],
  },
  {
    id: 'exoscale',
    name: 'Exoscale',
    legal: { entity: 'Akenes SA', country: 'CH' },
    source: 'https://www.exoscale.com/dpa/',
    date: read,
    providers: [{ source: 'exoscale/exoscale', reaches: 'fixed' }],
    hosts: ['exoscale.com', 'exo.io', 'exoscale.ch'],
  },
  {
    id: 'hetzner',
    name: 'Hetzner',
    legal: { entity: 'Hetzner Online GmbH', country: 'DE' },
    source: 'https://www.hetzner.com/legal/privacy-policy',
    date: read,
    providers: [
      { source: 'hetznercloud/hcloud', reaches: 'endpoints', endpointArguments: ['endpoint', 'endpoint_hetzner'] },
      { source: 'timohirt/hetznerdns', reaches: 'fixed' },
    ],
    hosts: [
      'hetzner.cloud',
      'hetzner.com',
      'hetzner.de',
      'hetzner.net',
      'hetzner.company',
      'your-objectstorage.com',
      'your-server.de',
      'your-storagebox.de',
    ],
    // Its resolvers: https://docs.hetzner.com/dns-console/dns/general/recursive-name-servers
    addresses: ['185.12.64.1/32', '185.12.64.2/32', '2a01:4ff:ff00::add:1/128', '2a01:4ff:ff00::add:2/128'],
  },
  {
    id: 'infomaniak',
    name: 'Infomaniak',
    legal: { entity: 'Infomaniak Network SA', country: 'CH' },
    source: vendorRegister(3837),
    date: read,
    providers: [{ source: 'infomaniak/infomaniak', reaches: 'fixed' }],
    hosts: ['infomaniak.com', 'infomaniak.ch', 'infomaniak.cloud', 'ikddns.com'],
  },
  {
    id: 'ionos',
    name: 'IONOS',
    legal: { entity: 'IONOS SE', country: 'DE' },
    // United Internet's report 2022: 63.8 % of IONOS Group SE after the listing.
    parent: { entity: 'United Internet AG', country: 'DE' },
    source: 'https://bericht.united-internet.de/geschaeftsbericht/2022/lagebericht/nachtragsbericht.html',
    date: read,
    providers: [{ source: 'ionos-cloud/ionoscloud', reaches: 'endpoints', endpointArguments: ['endpoint'] }],
    hosts: ['ionos.com', 'ionos.de', 'ionoscloud.com', 'profitbricks.com'],
  },
  {
    id: 'netcup',
    name: 'netcup',
    legal: { entity: 'netcup GmbH', country: 'DE' },
    source: 'https://www.netcup.com/en/kontakt/datenschutzerklaerung',
    date: read,
    hosts: ['netcup.com', 'netcup.de', 'netcup.eu', 'netcup.net'],
  },
  {
    id: 'ovhcloud',
    name: 'OVHcloud',
    // The agreement names "OVH SAS, 2 rue Kellermann 59100 Roubaix (France)". Its legal notice, as customers repeat it:
    // "OVH SAS est une filiale de la société OVH Groupe SA, société immatriculée au RCS de Lille".
    legal: { entity: 'OVH SAS', country: 'FR' },
    parent: { entity: 'OVH Groupe SA', country: 'FR' },
    source: 'https://www.ovh.ie/support/termsofservice/Data%20Processing%20Agreement%20(ie).pdf',
    date: read,
    providers: [{ source: 'ovh/ovh', reaches: 'fixed' }],
    hosts: ['ovh.com', 'ovh.net', 'ovhcloud.com'],
  },
  {
    id: 'qovery',
    name: 'Qovery',
    legal: { entity: 'Qovery SAS', country: 'FR' },
    source: vendorRegister(6615),
    date: read,
    providers: [{ source: 'qovery/qovery', reaches: 'fixed' }],
    hosts: ['qovery.com'],
  },
  {
    id: 'scaleway',
    name: 'Scaleway',
    // "SCALEWAY, a simplified stock corporation", RCS Paris 433 115 904
    legal: { entity: 'Scaleway SAS', country: 'FR' },
    source: 'https://www.scaleway.com/en/cookie/',
    date: read,
    providers: [{ source: 'scaleway/scaleway', reaches: 'endpoints', endpointArguments: ['api_url'] }],
    hosts: ['scaleway.com', 'online.net', 'scw.cloud'],
    registries: ['rg.fr-par.scw.cloud', 'rg.nl-ams.scw.cloud', 'rg.pl-waw.scw.cloud'],
  },
  {
    id: 'stackit',
    name: 'STACKIT',
    legal: { entity: 'Schwarz Digits Cloud GmbH & Co. KG', country: 'DE' },
    source: 'https://stackit.com/en/data-protection-notice',
    date: read,
    providers: [{ source: 'stackitcloud/stackit', reaches: 'fixed' }],
    hosts: ['stackit.cloud', 'stackit.com', 'stackit.de'],
  },
  {
    id: 'upcloud',
    name: 'UpCloud',
    legal: { entity: 'UpCloud Oy', country: 'FI' },
    source: 'https://upcloud.com/global/privacy-notice/',
    date: read,
    providers: [{ source: 'upcloudltd/upcloud', reaches: 'fixed' }],
    hosts: ['upcloud.com', 'upcloudobjects.com'],
  },
];
