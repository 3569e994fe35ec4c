import type { Operator } from '@lukko/formats';
import { read, vendorRegister } from './sources.ts';

/** Networks that stand before other people's hosts and end their TLS. */
export const contentNetworks: readonly Operator[] = [
  {
    id: 'akamai',
    name: 'Akamai and Linode',
    // Form 10-K for 2022 as filed: a Delaware corporation with its offices in Cambridge, Massachusetts.
    legal: { entity: 'Akamai Technologies, Inc.', country: 'US' },
    source: 'https://quarterlytics.com/company/akamai_akam/annual-report-2022',
    date: read,
    providers: [
      { source: 'akamai/akamai', reaches: 'fixed' },
      { source: 'linode/linode', reaches: 'fixed' },
    ],
    hosts: [
      'akamai.com',
      'akamai.net',
      'akamaiedge.net',
      'akamaihd.net',
      'akamaized.net',
      'edgekey.net',
      'edgesuite.net',
      'linode.com',
      'linodeobjects.com',
      'linodeusercontent.com',
    ],
  },
  {
    id: 'bunny',
    name: 'bunny.net',
    legal: { entity: 'BunnyWay d.o.o.', country: 'SI' },
    source: vendorRegister(1130),
    date: read,
    providers: [{ source: 'bunnyway/bunnynet', reaches: 'fixed' }],
    hosts: ['bunny.net', 'b-cdn.net', 'bunnycdn.com'],
  },
  {
    id: 'cloudflare',
    name: 'Cloudflare',
    // The Cloudflare Group is "Cloudflare, Inc. (United States) and its subsidiaries".
    legal: { entity: 'Cloudflare, Inc.', country: 'US' },
    source: 'https://www.cloudflare.com/privacypolicy/',
    date: read,
    providers: [{ source: 'cloudflare/cloudflare', reaches: 'fixed' }],
    hosts: [
      'cloudflare.com',
      'cloudflare-dns.com',
      'cloudflare.net',
      'cloudflareinsights.com',
      'cloudflarestorage.com',
      'one.one.one.one',
      'pages.dev',
      'r2.dev',
      'trycloudflare.com',
      'workers.dev',
    ],
    addresses: ['1.0.0.0/24', '1.1.1.0/24', '2606:4700:4700::/48'],
  },
  {
    id: 'fastly',
    name: 'Fastly',
    legal: { entity: 'Fastly, Inc.', country: 'US' },
    // A participant in the EU-U.S. framework, open to organisations under the Federal Trade Commission or the Department of Transportation.
    source: 'https://www.fastly.com/data-privacy-framework',
    date: read,
    providers: [{ source: 'fastly/fastly', reaches: 'fixed' }],
    hosts: ['fastly.com', 'fastly.net', 'fastlylb.net'],
  },
  {
    id: 'gcore',
    name: 'Gcore',
    // "G-Core Labs S.A., a Luxembourg company"
    legal: { entity: 'G-Core Labs S.A.', country: 'LU' },
    source: 'https://gcore.com/referral-program-terms/',
    date: read,
    providers: [{ source: 'g-core/gcore', reaches: 'fixed' }],
    hosts: ['gcore.com', 'gcdn.co', 'gcorelabs.com'],
  },
  {
    id: 'imperva',
    name: 'Imperva',
    legal: { entity: 'Imperva, Inc.', country: 'US' },
    source: vendorRegister(3783),
    date: read,
    providers: [{ source: 'imperva/incapsula', reaches: 'fixed' }],
    hosts: ['imperva.com', 'incapdns.net', 'incapsula.com'],
  },
  {
    id: 'jsdelivr',
    name: 'jsDelivr',
    legal: { entity: 'Volentio JSD Limited', country: 'GB' },
    source: vendorRegister(4042),
    date: read,
    hosts: ['jsdelivr.net'],
  },
];
