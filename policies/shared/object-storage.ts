interface Endpoint {
  /** One group: the name of the region. */
  readonly form: RegExp;
  /** Country of each region, ISO 3166-1 alpha-2. */
  readonly countries: Readonly<Record<string, string>>;
  readonly source: string;
}

/** Endpoints of object storage whose name says the region, and where each region lies by its operator's own pages. */
const endpoints: readonly Endpoint[] = [
  {
    form: /(?:^|\.)([a-z0-9-]+)\.your-objectstorage\.com$/,
    countries: { fsn1: 'DE', nbg1: 'DE', hel1: 'FI' },
    source: 'https://docs.hetzner.com/storage/object-storage/overview',
  },
  {
    form: /(?:^|\.)s3\.([a-z0-9-]+)\.(?:io|perf)\.cloud\.ovh\.(?:net|us)$/,
    countries: {
      gra: 'FR',
      rbx: 'FR',
      sbg: 'FR',
      'eu-west-par': 'FR',
      de: 'DE',
      waw: 'PL',
      uk: 'GB',
      bhs: 'CA',
      sgp: 'SG',
      'us-east-va': 'US',
      'us-west-or': 'US',
    },
    source: 'https://help.ovhcloud.com/csm/en-public-cloud-storage-s3-location',
  },
  {
    form: /(?:^|\.)s3\.([a-z]+-[a-z]+)\.scw\.cloud$/,
    countries: { 'fr-par': 'FR', 'nl-ams': 'NL', 'pl-waw': 'PL' },
    source: 'https://www.scaleway.com/en/docs/object-storage/concepts/',
  },
  {
    form: /(?:^|\.)sos-([a-z]+-[a-z]+-\d)\.exo\.io$/,
    countries: {
      'at-vie-1': 'AT',
      'at-vie-2': 'AT',
      'bg-sof-1': 'BG',
      'ch-dk-2': 'CH',
      'ch-gva-2': 'CH',
      'de-fra-1': 'DE',
      'de-muc-1': 'DE',
      'hr-zag-1': 'HR',
    },
    source: 'https://openapi-v2.exoscale.com/source.json',
  },
  {
    form: /(?:^|\.)s3[.-](?:dualstack\.)?([a-z]{2}-[a-z]+-\d)\.amazonaws\.com$/,
    countries: {
      'eu-central-1': 'DE',
      'eu-central-2': 'CH',
      'eu-north-1': 'SE',
      'eu-south-1': 'IT',
      'eu-south-2': 'ES',
      'eu-west-1': 'IE',
      'eu-west-2': 'GB',
      'eu-west-3': 'FR',
      'us-east-1': 'US',
      'us-east-2': 'US',
      'us-west-1': 'US',
      'us-west-2': 'US',
    },
    source: 'https://docs.aws.amazon.com/general/latest/gr/s3.html',
  },
];

/** Where an endpoint of object storage lies: undefined when a host is none, its country undefined when its region is not known. */
export function objectStorageAt(
  host: string,
): { readonly region: string; readonly country: string | undefined; readonly source: string } | undefined {
  for (const { form, countries, source } of endpoints) {
    const region = form.exec(host)?.[1];
    if (region === undefined) continue;
    return { region, country: Object.hasOwn(countries, region) ? countries[region] : undefined, source };
  }
  return undefined;
}
