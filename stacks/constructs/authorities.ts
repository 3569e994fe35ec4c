/**
 * What an authority calls itself in CAA records, by the host of its ACME directory. It is the authority's own statement in its
 * certification practice statement, section 4.2, and cannot be derived from the host: a wrong one stops issuance.
 */
const IDENTITIES: Readonly<Record<string, string>> = {
  // Actalis said so when it asked to be listed: https://github.com/SSLMate/caa_helper/issues/47. It is the one the browsers' CA
  // database (https://ccadb.my.salesforce-sites.com/ccadb/AllCAAIdentifiersReport) lists for it, though its ACME service is
  // below actalis.com.
  'acme-api.actalis.com': 'actalis.it',
  // https://letsencrypt.org/docs/caa/
  'acme-v02.api.letsencrypt.org': 'letsencrypt.org',
  'acme-staging-v02.api.letsencrypt.org': 'letsencrypt.org',
  // No identity of its own in that database: its certificates are issued below Sectigo's roots, under Sectigo's identities.
  'acme.zerossl.com': 'sectigo.com',
};

/** The identity of a configured authority; undefined where it is not known, and then no CAA record is declared. */
export function caaIdentity(authority: { readonly directory: string }): string | undefined {
  return IDENTITIES[new URL(authority.directory).host];
}
