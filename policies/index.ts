import type { Rule, RuleSetName } from '@lukko/policy-engine';
import { containerImagesPinnedByDigest } from './container-images-pinned-by-digest.ts';
import { dataInFinland } from './data-in-finland.ts';
import { dataPathsOnEncryptedVolume } from './data-paths-on-encrypted-volume.ts';
import { dataRemovalGuarded } from './data-removal-guarded.ts';
import { hostsInAllowedJurisdictions } from './hosts-in-allowed-jurisdictions.ts';
import { imagesFromAllowedRegistries } from './images-from-allowed-registries.ts';
import { loadBalancerPinsLocation } from './load-balancer-pins-location.ts';
import { locationsInEu } from './locations-in-eu.ts';
import { noSecretsInConfiguration } from './no-secrets-in-configuration.ts';
import { noWorldOpenAdminPorts } from './no-world-open-admin-ports.ts';
import { planRunsNoForeignCode } from './plan-runs-no-foreign-code.ts';
import { providersReachAllowedJurisdictions } from './providers-reach-allowed-jurisdictions.ts';
import { publicServicesOverTls } from './public-services-over-tls.ts';
import { ruleSets } from './rule-sets.ts';
import { serversBehindFirewall } from './servers-behind-firewall.ts';
import { serversHaveSshKeys } from './servers-have-ssh-keys.ts';
import { stateBackendInAllowedJurisdiction } from './state-backend-in-allowed-jurisdiction.ts';
import { volumeEncryptedAtRest } from './volume-encrypted-at-rest.ts';
import { volumesDeleteProtected } from './volumes-delete-protected.ts';

export { operators } from './jurisdiction/index.ts';
export { ruleSets } from './rule-sets.ts';
export { adequate } from './shared/countries.ts';

/** Every rule, in the order of its id. Written by hand, never scanned: what holds can be read here. */
export const rules: readonly Rule[] = [
  containerImagesPinnedByDigest,
  dataInFinland,
  dataPathsOnEncryptedVolume,
  dataRemovalGuarded,
  hostsInAllowedJurisdictions,
  imagesFromAllowedRegistries,
  loadBalancerPinsLocation,
  locationsInEu,
  noSecretsInConfiguration,
  noWorldOpenAdminPorts,
  planRunsNoForeignCode,
  providersReachAllowedJurisdictions,
  publicServicesOverTls,
  serversBehindFirewall,
  serversHaveSshKeys,
  stateBackendInAllowedJurisdiction,
  volumeEncryptedAtRest,
  volumesDeleteProtected,
];

/** The rules of a set, in the order of the registry. */
export function rulesOf(name: RuleSetName): readonly Rule[] {
  const { without, serves } = ruleSets[name];
  return rules.filter(
    ({ id, controls }) =>
      !Object.hasOwn(without, id) && (serves === undefined || controls.some((control) => control.startsWith(serves))),
  );
}
