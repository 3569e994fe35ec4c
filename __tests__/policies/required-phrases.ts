/**
 * What the rules must cover, phrase by phrase as it was asked for, each with the rules that answer it. A phrase is dropped from
 * `open` only when a rule answers it.
 */
export const covered: Readonly<Record<string, readonly string[]>> = {
  'every volume': ['volume-encrypted-at-rest'],
  'every data path': ['data-paths-on-encrypted-volume'],
  swap: ['hosts-do-not-swap'],
  'server backups and snapshots of plain roots': ['no-plain-server-backups'],
  'state encrypted, a local backend only where no secret is': ['state-keeps-no-secret-in-plain'],
  'state in an allowed jurisdiction': ['state-backend-in-allowed-jurisdiction'],
  'any world-open port but 80 and 443': ['only-web-ports-world-open', 'no-world-open-admin-ports'],
  'public by default': ['public-addresses-declared'],
  'private networks segregated': ['networks-kept-apart', 'networks-use-private-ranges'],
  'egress restricted': ['firewalls-restrict-egress', 'hosts-filter-packets'],
  'metadata endpoint': ['hosts-guard-metadata'],
  'load balancer services': ['load-balancer-services-over-tls', 'public-services-over-tls'],
  'TLS floor': ['tls-floor'],
  HSTS: ['hsts-sent'],
  'databases not on a network': ['databases-off-network'],
  clock: ['clocks-declared', 'hosts-in-allowed-jurisdictions'],
  resolver: ['resolvers-declared', 'hosts-in-allowed-jurisdictions'],
  mail: ['hosts-in-allowed-jurisdictions'],
  'package sources': ['package-sources-declared', 'hosts-in-allowed-jurisdictions'],
  'automatic updates': ['hosts-update-themselves'],
  'SSH hardening': ['sshd-hardened', 'servers-have-ssh-keys'],
  'SSH key strength': ['ssh-keys-strong'],
  'provider versions pinned': ['providers-pinned'],
  'module versions pinned': ['modules-pinned'],
  'logs shipped': ['journals-shipped'],
  'log retention set': ['log-retention-set'],
  'log deletion off': ['log-deletion-off'],
  'addresses in logs masked': ['logs-mask-addresses'],
  'error tracker closed': ['error-tracker-closed'],
  'security.txt': ['security-txt-served'],
  'storage box exposure': ['storage-boxes-closed'],
  'storage box location': ['locations-in-eu'],
  'object storage location': ['hosts-in-allowed-jurisdictions', 'state-backend-in-allowed-jurisdiction'],
  'DNS records that lead out': ['hosts-in-allowed-jurisdictions'],
  'environments that share no state, network or project': ['states-kept-apart'],
  certificates: ['zones-name-their-authorities', 'private-keys-stay-out-of-state', 'hosts-in-allowed-jurisdictions'],
  placement: ['servers-spread', 'locations-in-eu', 'load-balancer-pins-location'],
  'supported images': ['server-images-supported'],
  'supported types': ['server-types-offered'],
  'firewalls however they are attached': ['servers-behind-firewall'],
};

/** Asked for, and answered by no rule yet, each with what it would take. */
export const open: Readonly<Record<string, string>> = {
  'backup path for every data volume, in another location':
    'a fact that ties the repository a payload names to the place where it stands',
  'lock file present': 'examples of rules are read as a cdktf.out, whose lock file is made when it is applied',
  'object storage exposure': 'the access list of a bucket is no resource of the provider',
  'labels for owner and data class': 'a data class on every resource of the shipped stacks',
  'licences of deployed images registered': 'a field for the licence of an image in register.yaml',
};
