import type { Rule, RuleSetName } from '@lukko/policy-engine';
import { addressesOutliveServers } from './addresses-outlive-servers.ts';
import { backupsExpireWithStores } from './backups-expire-with-stores.ts';
import { backupsLockedInBuckets } from './backups-locked-in-buckets.ts';
import { clocksDeclared } from './clocks-declared.ts';
import { containerImagesPinnedByDigest } from './container-images-pinned-by-digest.ts';
import { dataInFinland } from './data-in-finland.ts';
import { dataPathsOnEncryptedVolume } from './data-paths-on-encrypted-volume.ts';
import { dataRemovalGuarded } from './data-removal-guarded.ts';
import { dataVolumesBackedUp } from './data-volumes-backed-up.ts';
import { databasesOffNetwork } from './databases-off-network.ts';
import { errorTrackerClosed } from './error-tracker-closed.ts';
import { firewallsRestrictEgress } from './firewalls-restrict-egress.ts';
import { hostsDoNotSwap } from './hosts-do-not-swap.ts';
import { hostsFilterPackets } from './hosts-filter-packets.ts';
import { hostsGuardMetadata } from './hosts-guard-metadata.ts';
import { hostsInAllowedJurisdictions } from './hosts-in-allowed-jurisdictions.ts';
import { hostsUpdateThemselves } from './hosts-update-themselves.ts';
import { hstsSent } from './hsts-sent.ts';
import { imageLicencesRegistered } from './image-licences-registered.ts';
import { imagesFromAllowedRegistries } from './images-from-allowed-registries.ts';
import { journalsShipped } from './journals-shipped.ts';
import { labelsNameOwnerAndDataClass } from './labels-name-owner-and-data-class.ts';
import { loadBalancerPinsLocation } from './load-balancer-pins-location.ts';
import { loadBalancerServicesOverTls } from './load-balancer-services-over-tls.ts';
import { locationsInEu } from './locations-in-eu.ts';
import { lockFilePresent } from './lock-file-present.ts';
import { logDeletionOff } from './log-deletion-off.ts';
import { logRetentionSet } from './log-retention-set.ts';
import { logsMaskAddresses } from './logs-mask-addresses.ts';
import { modulesPinned } from './modules-pinned.ts';
import { networksKeptApart } from './networks-kept-apart.ts';
import { networksUsePrivateRanges } from './networks-use-private-ranges.ts';
import { noPlainServerBackups } from './no-plain-server-backups.ts';
import { noSecretsInConfiguration } from './no-secrets-in-configuration.ts';
import { noWorldOpenAdminPorts } from './no-world-open-admin-ports.ts';
import { objectStorageClosed } from './object-storage-closed.ts';
import { objectStorageInEu } from './object-storage-in-eu.ts';
import { onlyWebPortsWorldOpen } from './only-web-ports-world-open.ts';
import { packageSourcesDeclared } from './package-sources-declared.ts';
import { planRunsNoForeignCode } from './plan-runs-no-foreign-code.ts';
import { privateKeysStayOutOfState } from './private-keys-stay-out-of-state.ts';
import { providersPinned } from './providers-pinned.ts';
import { providersReachAllowedJurisdictions } from './providers-reach-allowed-jurisdictions.ts';
import { publicAddressesDeclared } from './public-addresses-declared.ts';
import { publicServicesOverTls } from './public-services-over-tls.ts';
import { resolversDeclared } from './resolvers-declared.ts';
import { ruleSets } from './rule-sets.ts';
import { securityTxtServed } from './security-txt-served.ts';
import { serverImagesSupported } from './server-images-supported.ts';
import { serverTypesOffered } from './server-types-offered.ts';
import { serversBehindFirewall } from './servers-behind-firewall.ts';
import { serversBootTheirOwnDisk } from './servers-boot-their-own-disk.ts';
import { serversHaveSshKeys } from './servers-have-ssh-keys.ts';
import { serversSpread } from './servers-spread.ts';
import { sshKeysStrong } from './ssh-keys-strong.ts';
import { sshdHardened } from './sshd-hardened.ts';
import { stateBackendInAllowedJurisdiction } from './state-backend-in-allowed-jurisdiction.ts';
import { stateKeepsNoSecretInPlain } from './state-keeps-no-secret-in-plain.ts';
import { statesKeptApart } from './states-kept-apart.ts';
import { storageBoxesClosed } from './storage-boxes-closed.ts';
import { tlsFloor } from './tls-floor.ts';
import { volumeEncryptedAtRest } from './volume-encrypted-at-rest.ts';
import { volumesDeleteProtected } from './volumes-delete-protected.ts';
import { zonesDeleteProtected } from './zones-delete-protected.ts';
import { zonesNameTheirAuthorities } from './zones-name-their-authorities.ts';

export { operators } from './jurisdiction/index.ts';
export { ruleSets } from './rule-sets.ts';
export { adequate } from './shared/countries.ts';

/** Every rule, in the order of its id. Written by hand, never scanned: what holds can be read here. */
export const rules: readonly Rule[] = [
  addressesOutliveServers,
  backupsExpireWithStores,
  backupsLockedInBuckets,
  clocksDeclared,
  containerImagesPinnedByDigest,
  dataInFinland,
  dataPathsOnEncryptedVolume,
  dataRemovalGuarded,
  dataVolumesBackedUp,
  databasesOffNetwork,
  errorTrackerClosed,
  firewallsRestrictEgress,
  hostsDoNotSwap,
  hostsFilterPackets,
  hostsGuardMetadata,
  hostsInAllowedJurisdictions,
  hostsUpdateThemselves,
  hstsSent,
  imageLicencesRegistered,
  imagesFromAllowedRegistries,
  journalsShipped,
  labelsNameOwnerAndDataClass,
  loadBalancerPinsLocation,
  loadBalancerServicesOverTls,
  locationsInEu,
  lockFilePresent,
  logDeletionOff,
  logRetentionSet,
  logsMaskAddresses,
  modulesPinned,
  networksKeptApart,
  networksUsePrivateRanges,
  noPlainServerBackups,
  noSecretsInConfiguration,
  noWorldOpenAdminPorts,
  objectStorageClosed,
  objectStorageInEu,
  onlyWebPortsWorldOpen,
  packageSourcesDeclared,
  planRunsNoForeignCode,
  privateKeysStayOutOfState,
  providersPinned,
  providersReachAllowedJurisdictions,
  publicAddressesDeclared,
  publicServicesOverTls,
  resolversDeclared,
  securityTxtServed,
  serverImagesSupported,
  serverTypesOffered,
  serversBehindFirewall,
  serversBootTheirOwnDisk,
  serversHaveSshKeys,
  serversSpread,
  sshKeysStrong,
  sshdHardened,
  stateBackendInAllowedJurisdiction,
  stateKeepsNoSecretInPlain,
  statesKeptApart,
  storageBoxesClosed,
  tlsFloor,
  volumeEncryptedAtRest,
  volumesDeleteProtected,
  zonesDeleteProtected,
  zonesNameTheirAuthorities,
];

/** The rules of a set, in the order of the registry. */
export function rulesOf(name: RuleSetName): readonly Rule[] {
  const { without, serves } = ruleSets[name];
  return rules.filter(
    ({ id, controls }) =>
      !Object.hasOwn(without, id) && (serves === undefined || controls.some((control) => control.startsWith(serves))),
  );
}
